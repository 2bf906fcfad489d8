drop trigger tally_insert on contacts;
drop trigger tally_update on contacts;
drop trigger tally_delete on contacts;
drop function contacts_counted();
drop function contacts_recounted();
drop table contact_counts;
