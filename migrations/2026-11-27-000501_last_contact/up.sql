-- contacts.last_contact_date is the latest day, where she lives, on which an interaction with somebody counted as contact:
-- neither a note, nor what an import marked, nor what lies in the trash. By statement triggers, once for each person and batch.

create function interaction_day(occurred_at timestamptz, occurred_on date, zone text) returns date language sql stable parallel safe
    as $$ select coalesce(occurred_on, (occurred_at at time zone zone)::date) $$;
comment on function interaction_day(timestamptz, date, text) is 'The day of an interaction in a zone.';
create function is_in_touch(interaction_type text, is_contact boolean, deleted_at timestamptz) returns boolean language sql immutable parallel safe
    as $$ select is_contact and interaction_type <> 'note' and deleted_at is null $$;
comment on function is_in_touch(text, boolean, timestamptz) is 'Whether an interaction counts as contact.';

-- From all that there is: each person's own interactions are read by her index, never everybody's.
create function refresh_last_contacts(ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    if ids is null then return; end if;
    update contacts c set last_contact_date = l.day
    from contacts i join users u on u.id = i.user_id cross join lateral (
        select max(interaction_day(n.occurred_at, n.occurred_on, u.time_zone)) as day from interaction_participants p
        join interactions n on n.user_id = p.user_id and n.id = p.interaction_id and n.occurred_at = p.occurred_at
        where p.user_id = i.user_id and p.contact_id = i.id and is_in_touch(n.interaction_type, n.is_contact, n.deleted_at)) l
    where i.id = any (ids) and c.user_id = i.user_id and c.id = i.id and c.last_contact_date is distinct from l.day;
end $$;
comment on function refresh_last_contacts(uuid[]) is 'When she was last in touch with these people.';

-- What is added can only make it later: an import of a million mails reads none of those that are there.
create function participants_added() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    update contacts c set last_contact_date = l.day
    from (select a.user_id, a.contact_id, max(interaction_day(n.occurred_at, n.occurred_on, u.time_zone)) as day from changed a
        join interactions n on n.user_id = a.user_id and n.id = a.interaction_id and n.occurred_at = a.occurred_at
        join users u on u.id = a.user_id
        where is_in_touch(n.interaction_type, n.is_contact, n.deleted_at)
        group by a.user_id, a.contact_id order by a.contact_id) l
    where c.user_id = l.user_id and c.id = l.contact_id and (c.last_contact_date is null or c.last_contact_date < l.day);
    return null;
end $$;
create trigger last_contact_added after insert on interaction_participants referencing new table as changed
    for each statement execute function participants_added();

create or replace function participants_moved() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform refresh_last_contacts((select array_agg(x.contact_id) from (select contact_id from changed union select contact_id from was) x));
    return null;
end $$;

create function participants_removed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform refresh_last_contacts((select array_agg(distinct contact_id) from was));
    return null;
end $$;
create trigger last_contact_removed after delete on interaction_participants referencing old table as was
    for each statement execute function participants_removed();

-- Another time of an interaction comes to its participants by their foreign key.
create function interactions_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform refresh_last_contacts((select array_agg(distinct p.contact_id) from became b
        join was w on w.user_id = b.user_id and w.id = b.id
        join interaction_participants p on p.user_id = b.user_id and p.interaction_id = b.id
        where b.occurred_on is distinct from w.occurred_on
            or is_in_touch(b.interaction_type, b.is_contact, b.deleted_at) <> is_in_touch(w.interaction_type, w.is_contact, w.deleted_at)));
    return null;
end $$;
create trigger last_contact_changed after update on interactions referencing new table as became old table as was
    for each statement execute function interactions_changed();

-- What stands already is counted by a job for each user.
set local role kith_jobs;
insert into jobs (user_id, kind) select id, 'last contacts' from users where deleted_at is null;
set local role kith_owner;
