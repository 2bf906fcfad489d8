set local role kith_jobs;
delete from jobs where kind = 'last contacts';
set local role kith_owner;
drop trigger last_contact_changed on interactions;
drop trigger last_contact_removed on interaction_participants;
drop trigger last_contact_added on interaction_participants;
drop function interactions_changed();
drop function participants_removed();
drop function participants_added();
create or replace function participants_moved() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan set enable_nestloop = off as $$
declare ids uuid[];
begin
    select array_agg(x.contact_id) into ids from (select contact_id from changed union select contact_id from was) x;
    update contacts c set last_contact_date = p.day
    from (select i.id, max((n.occurred_at at time zone u.time_zone)::date) as day from unnest(ids) i(id)
        left join interaction_participants p on p.contact_id = i.id and p.contact_id = any (ids)
        left join interactions n on n.user_id = p.user_id and n.id = p.interaction_id and n.occurred_at = p.occurred_at and n.deleted_at is null
        left join users u on u.id = n.user_id
        group by i.id order by i.id) p
    where c.id = p.id and c.id = any (ids) and c.last_contact_date is distinct from p.day;
    return null;
end $$;
drop function refresh_last_contacts(uuid[]);
drop function is_in_touch(text, boolean, timestamptz);
drop function interaction_day(timestamptz, date, text);
