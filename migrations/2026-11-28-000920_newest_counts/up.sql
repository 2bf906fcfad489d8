-- The newest that counts is looked for from the newest on, and only what may fall on a later day beside it is read (the check of
-- occurred_on lets a day lie two before and one behind its moment): not all that somebody ever had a part in, which took 2 s for an edit
-- where five million interactions lie by month, for there a join of many is planned as a reading of every month.
create or replace function refresh_last_contacts(ids uuid[]) returns void language plpgsql
    set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
begin
    if ids is null then return; end if;
    if app_user_id() is not null then perform lock_counting(false); end if;
    with rules as materialized (select u.id, u.time_zone, not_contact(u.settings) as skipped, received_is_contact(u.settings) as received
            from users u where u.id in (select i.user_id from contacts i where i.id = any (ids)))
    update contacts c set last_contact_date = l.day
    from contacts i join rules r on r.id = i.user_id cross join lateral (
        select max(interaction_day(p.occurred_at, n.occurred_on, r.time_zone)) as day
        from (select p.occurred_at from interaction_participants p
            cross join lateral (select from interactions n where n.user_id = p.user_id and n.id = p.interaction_id and n.occurred_at = p.occurred_at
                and counts_as_contact(n.interaction_type, n.direction, n.is_contact, n.deleted_at, r.skipped, r.received) offset 0) n
            where p.user_id = i.user_id and p.contact_id = i.id order by p.occurred_at desc limit 1) newest
        join interaction_participants p on p.user_id = i.user_id and p.contact_id = i.id and p.occurred_at >= newest.occurred_at - interval '4 days'
        cross join lateral (select n.occurred_on from interactions n where n.user_id = p.user_id and n.id = p.interaction_id and n.occurred_at = p.occurred_at
            and counts_as_contact(n.interaction_type, n.direction, n.is_contact, n.deleted_at, r.skipped, r.received) offset 0) n) l
    where i.id = any (ids) and c.user_id = i.user_id and c.id = i.id and c.last_contact_date is distinct from l.day;
end $$;
