drop trigger last_contact_moved on interaction_participants;
drop function participants_moved();
