-- What counts as contact is hers to say: which types don't (`not_contact` of her settings; a note where she never said so), and
-- whether what she only received does (`received_is_contact`). A type that nobody thought of counts. A call or a meeting has two
-- sides whoever began it. What an import marked and what lies in the trash never counts.
create function not_contact(settings jsonb) returns jsonb language sql immutable parallel safe
    as $$ select coalesce(settings -> 'not_contact', '["note"]') $$;
comment on function not_contact(jsonb) is 'The types that by these settings are no contact.';
create function received_is_contact(settings jsonb) returns boolean language sql immutable parallel safe
    as $$ select settings -> 'received_is_contact' is distinct from 'false' $$;
comment on function received_is_contact(jsonb) is 'Whether by these settings what she only received is contact.';
create function counts_as_contact(interaction_type text, direction text, is_contact boolean, deleted_at timestamptz, skipped jsonb, received boolean)
    returns boolean language sql immutable parallel safe
    as $$ select is_contact and deleted_at is null and not jsonb_exists(skipped, interaction_type)
        and (received or direction is distinct from 'inbound' or interaction_type in ('call', 'meeting')) $$;
comment on function counts_as_contact(text, text, boolean, timestamptz, jsonb, boolean) is 'Whether an interaction counts as contact where these types do not, and what she received does or does not.';
comment on function is_in_touch(text, boolean, timestamptz) is 'Whether an interaction is of what heat maps and months tell: neither a note nor set aside nor in the trash, whatever counts as contact.';
comment on column contact_periods.interactions is 'Interactions of the period but for notes, what an import set aside, and the trash.';
comment on column interactions.is_contact is 'Whether it may say that the two were in touch: false of what an import brings besides, such as drafts, mail to a list, or what is still to come. Which types do is a setting.';

-- As before, but by her settings, which each statement reads once: nobody who still goes by those before comes behind the job that
-- counts anew, for it waits for whoever holds this lock.
create or replace function refresh_last_contacts(ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    if ids is null then return; end if;
    if app_user_id() is not null then perform lock_counting(false); end if;
    with rules as materialized (select u.id, u.time_zone, not_contact(u.settings) as skipped, received_is_contact(u.settings) as received
        from users u where u.id in (select i.user_id from contacts i where i.id = any (ids)))
    update contacts c set last_contact_date = l.day
    from contacts i join rules r on r.id = i.user_id cross join lateral (
        select max(interaction_day(n.occurred_at, n.occurred_on, r.time_zone)) as day from interaction_participants p
        join interactions n on n.user_id = p.user_id and n.id = p.interaction_id and n.occurred_at = p.occurred_at
        where p.user_id = i.user_id and p.contact_id = i.id
            and counts_as_contact(n.interaction_type, n.direction, n.is_contact, n.deleted_at, r.skipped, r.received)) l
    where i.id = any (ids) and c.user_id = i.user_id and c.id = i.id and c.last_contact_date is distinct from l.day;
end $$;

create or replace function participants_added() returns trigger
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    if app_user_id() is not null then perform lock_counting(false); end if;
    with rules as materialized (select u.id, u.time_zone, not_contact(u.settings) as skipped, received_is_contact(u.settings) as received
        from users u where u.id in (select a.user_id from changed a))
    update contacts c set last_contact_date = l.day
    from (select a.user_id, a.contact_id, max(interaction_day(n.occurred_at, n.occurred_on, r.time_zone)) as day from changed a
        join interactions n on n.user_id = a.user_id and n.id = a.interaction_id and n.occurred_at = a.occurred_at
        join rules r on r.id = a.user_id
        where counts_as_contact(n.interaction_type, n.direction, n.is_contact, n.deleted_at, r.skipped, r.received)
        group by a.user_id, a.contact_id order by a.contact_id) l
    where c.user_id = l.user_id and c.id = l.contact_id and (c.last_contact_date is null or c.last_contact_date < l.day);
    return null;
end $$;

create or replace function interactions_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    perform refresh_last_contacts((with rules as materialized (select u.id, not_contact(u.settings) as skipped, received_is_contact(u.settings) as received
            from users u where u.id in (select b.user_id from became b))
        select array_agg(distinct p.contact_id) from became b
        join was w on w.user_id = b.user_id and w.id = b.id
        join rules r on r.id = b.user_id
        join interaction_participants p on p.user_id = b.user_id and p.interaction_id = b.id
        where b.occurred_on is distinct from w.occurred_on
            or counts_as_contact(b.interaction_type, b.direction, b.is_contact, b.deleted_at, r.skipped, r.received)
                <> counts_as_contact(w.interaction_type, w.direction, w.is_contact, w.deleted_at, r.skipped, r.received)));
    if app_user_id() is not null then
        perform count_correspondents((select array_agg(distinct a.address) from became b
            join was w on w.user_id = b.user_id and w.id = b.id
            join interaction_addresses a on a.user_id = b.user_id and a.interaction_id = b.id
            where (b.deleted_at is null) <> (w.deleted_at is null)));
    end if;
    return null;
end $$;
