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
