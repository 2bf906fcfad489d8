-- Whoever chose is counted by a job as before.
set local role kith_jobs;
insert into jobs (user_id, kind) select id, 'last contacts' from users where deleted_at is null and settings ?| '{not_contact,received_is_contact}';
set local role kith_owner;

create or replace function refresh_last_contacts(ids uuid[]) returns void
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

create or replace function participants_added() returns trigger
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

create or replace function interactions_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform refresh_last_contacts((select array_agg(distinct p.contact_id) from became b
        join was w on w.user_id = b.user_id and w.id = b.id
        join interaction_participants p on p.user_id = b.user_id and p.interaction_id = b.id
        where b.occurred_on is distinct from w.occurred_on
            or is_in_touch(b.interaction_type, b.is_contact, b.deleted_at) <> is_in_touch(w.interaction_type, w.is_contact, w.deleted_at)));
    if app_user_id() is not null then
        perform count_correspondents((select array_agg(distinct a.address) from became b
            join was w on w.user_id = b.user_id and w.id = b.id
            join interaction_addresses a on a.user_id = b.user_id and a.interaction_id = b.id
            where (b.deleted_at is null) <> (w.deleted_at is null)));
    end if;
    return null;
end $$;

drop function counts_as_contact(text, text, boolean, timestamptz, jsonb, boolean);
drop function received_is_contact(jsonb);
drop function not_contact(jsonb);
comment on function is_in_touch(text, boolean, timestamptz) is 'Whether an interaction counts as contact.';
comment on column contact_periods.interactions is 'Interactions that count as contact.';
comment on column interactions.is_contact is 'Whether it says that the two were in touch: false of what an import brings besides, such as drafts, mail to a list, or what is still to come. Notes never do.';
