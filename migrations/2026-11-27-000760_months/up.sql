-- How much passed in which month, and with whom in which month, year and all in all: kept by triggers, since a page must not count
-- two million rows, and the ten with the most are then the first ten of an index, whatever the period. The month of an interaction is
-- that where she lives; her days begin at other hours in another zone, and a job counts every month anew.
create table interaction_months (
    user_id uuid not null references users on delete cascade,
    month date not null constraint interaction_months_month_check check (extract(day from month) = 1),
    interactions int not null,
    primary key (user_id, month)
);
select secure_tenant_table('interaction_months');
comment on table interaction_months is 'How much passed in each month; derived, kept by triggers.';
comment on column interaction_months.user_id is 'The owner.';
comment on column interaction_months.month is 'Its first day.';
comment on column interaction_months.interactions is 'Interactions of the month that are not in the trash, notes included.';

create table contact_periods (
    user_id uuid not null references users on delete cascade,
    contact_id uuid not null,
    period varchar(10) not null,
    interactions int not null,
    primary key (user_id, contact_id, period),
    constraint contact_periods_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('contact_periods');
create index idx_contact_periods_busiest on contact_periods (user_id, period, interactions desc, contact_id);
comment on table contact_periods is 'How often she was in touch with whom in each month, each year and all in all; derived, kept by triggers.';
comment on column contact_periods.user_id is 'The owner.';
comment on column contact_periods.contact_id is 'With whom.';
comment on column contact_periods.period is 'YYYY-MM, YYYY or all.';
comment on column contact_periods.interactions is 'Interactions that count as contact.';

-- Whoever counts shares a lock until her transaction ends; the job that counts anew takes it alone: nobody who still counts by the
-- zone before comes behind it.
create function lock_counting(alone boolean) returns void language plpgsql set search_path = pg_catalog as $$
declare key bigint := hashtextextended('months ' || public.app_user_id()::text, 0);
begin
    if alone then perform pg_advisory_xact_lock(key); else perform pg_advisory_xact_lock_shared(key); end if;
end $$;
comment on function lock_counting(boolean) is 'Lets months be counted beside others, or alone.';

-- What an update leaves in its month is not written.
create function months_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
    me uuid := app_user_id();
    more text := 'select occurred_at, occurred_on, 1 as step from became where deleted_at is null';
    less text := 'select occurred_at, occurred_on, -1 as step from was where deleted_at is null';
begin
    -- Erasing an account has no user, and erases the counts themselves.
    if me is null then return null; end if;
    perform lock_counting(false);
    execute 'insert into interaction_months as m (user_id, month, interactions)
        select $1, x.month, sum(x.step) from (select date_trunc(''month'', interaction_day(p.occurred_at, p.occurred_on, u.time_zone)::timestamp)::date as month, p.step
            from (' || case TG_OP when 'INSERT' then more when 'DELETE' then less else more || ' union all ' || less end || ') p
            cross join (select time_zone from users where id = $1) u) x group by x.month having sum(x.step) <> 0 order by x.month
        on conflict (user_id, month) do update set interactions = m.interactions + excluded.interactions' using me;
    if TG_OP = 'UPDATE' then
        perform count_contact_periods(array_agg(p.contact_id), array_agg(x.at)) from became b join was w on w.user_id = b.user_id and w.id = b.id
            join interaction_participants p on p.user_id = b.user_id and p.interaction_id = b.id
            cross join lateral (values (w.occurred_at), (b.occurred_at)) x(at)
            where b.occurred_at <> w.occurred_at or b.occurred_on is distinct from w.occurred_on
                or is_in_touch(b.interaction_type, b.is_contact, b.deleted_at) <> is_in_touch(w.interaction_type, w.is_contact, w.deleted_at);
    end if;
    return null;
end $$;
create trigger months_added after insert on interactions referencing new table as became
    for each statement execute function months_changed();
create trigger months_changed after update on interactions referencing new table as became old table as was
    for each statement execute function months_changed();
create trigger months_removed after delete on interactions referencing old table as was
    for each statement execute function months_changed();

-- By what counting a person's month says now and what is stored, in one statement: right whatever is added, moved or taken away
-- together, whoever else writes, and if done twice. Her own index is read, and of it the days about the month: a day is at most two
-- before and one after that of its moment in UTC. `offset 0` has each row sought by itself, whatever the planner believes of
-- tables that an import has just begun to fill.
create function count_contact_months(people uuid[], months date[]) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare me uuid := app_user_id();
begin
    with asked as materialized (select distinct a.contact_id, a.month, to_char(a.month::timestamp, 'YYYY-MM') as name,
                a.month::timestamp at time zone 'UTC' - interval '2 days' as since, (a.month + interval '1 month') at time zone 'UTC' + interval '2 days' as until
            from unnest(people, months) a(contact_id, month)),
        counted as materialized (select a.contact_id, a.month, a.name, (select count(*) from interaction_participants p
                cross join lateral (select n.occurred_on from interactions n where n.user_id = me and n.id = p.interaction_id and n.occurred_at = p.occurred_at
                    and is_in_touch(n.interaction_type, n.is_contact, n.deleted_at) offset 0) n
                where p.user_id = me and p.contact_id = a.contact_id and p.occurred_at >= a.since and p.occurred_at < a.until
                    and date_trunc('month', interaction_day(p.occurred_at, n.occurred_on, u.time_zone)::timestamp) = a.month)::int as n
            from asked a cross join (select time_zone from users where id = me) u)
    insert into contact_periods as s (user_id, contact_id, period, interactions)
        select me, c.contact_id, x.period, sum(c.n - coalesce(w.interactions, 0)) from counted c
        left join lateral (select w.interactions from contact_periods w where w.user_id = me and w.contact_id = c.contact_id and w.period = c.name offset 0) w on true
        cross join lateral (values (c.name), (to_char(c.month::timestamp, 'YYYY')), ('all')) x(period)
        group by c.contact_id, x.period having sum(c.n - coalesce(w.interactions, 0)) <> 0 order by c.contact_id, x.period
        on conflict (user_id, contact_id, period) do update set interactions = s.interactions + excluded.interactions;
    delete from contact_periods w where w.user_id = me and w.contact_id = any (people) and w.interactions = 0;
end $$;
comment on function count_contact_months(uuid[], date[]) is 'How often she was in touch with each of these people in the month beside her.';
create function count_contact_periods(people uuid[], times timestamptz[]) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
    if people is null or app_user_id() is null then return; end if;
    perform lock_counting(false);
    perform count_contact_months(array_agg(x.contact_id), array_agg(x.month)) from (
        select distinct p.contact_id, date_trunc('month', (p.at + d.days) at time zone 'UTC')::date as month
        from unnest(people, times) p(contact_id, at) cross join (values (interval '-2 days'), (interval '1 day')) d(days)) x;
end $$;
comment on function count_contact_periods(uuid[], timestamptz[]) is 'How often she was in touch with each of these people about the moment beside her.';
create function periods_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    if TG_OP <> 'DELETE' then
        perform count_contact_periods(array_agg(contact_id), array_agg(occurred_at)) from became;
    end if;
    if TG_OP <> 'INSERT' then
        perform count_contact_periods(array_agg(contact_id), array_agg(occurred_at)) from was;
    end if;
    return null;
end $$;
create trigger periods_added after insert on interaction_participants referencing new table as became
    for each statement execute function periods_changed();
create trigger periods_changed after update on interaction_participants referencing new table as became old table as was
    for each statement execute function periods_changed();
create trigger periods_removed after delete on interaction_participants referencing old table as was
    for each statement execute function periods_changed();

-- From one month that has something to the next, and not over all that they hold.
create function months_to_count() returns setof date language plpgsql set search_path = pg_catalog, public as $$
declare me uuid := app_user_id();
begin
    perform lock_counting(true);
    return query with recursive passed(month, next) as (
            select f.month, f.month + interval '1 month' from (select date_trunc('month', min(occurred_at), 'UTC') as month
                from interactions where user_id = me and deleted_at is null) f where f.month is not null
            union all select f.month, f.month + interval '1 month' from passed p cross join lateral (
                select date_trunc('month', min(occurred_at), 'UTC') as month from interactions
                where user_id = me and deleted_at is null and occurred_at >= p.next) f where f.month is not null)
        select distinct (date_trunc('month', p.month at time zone 'UTC') + d.months)::date from passed p
            cross join (values (interval '-1 month'), (interval '0'), (interval '1 month')) d(months)
        union select i.month from interaction_months i where i.user_id = me order by 1;
end $$;
comment on function months_to_count() is 'The months in which something may have passed, in any zone.';
create function count_month(m date) returns void
language plpgsql set search_path = pg_catalog, public set plan_cache_mode = force_custom_plan as $$
declare
    me uuid := app_user_id();
    since timestamptz := m::timestamp at time zone 'UTC' - interval '2 days';
    until timestamptz := (m + interval '1 month') at time zone 'UTC' + interval '2 days';
begin
    perform lock_counting(true);
    insert into interaction_months as s (user_id, month, interactions)
        select me, m, x.n - x.stored from (select coalesce((select interactions from interaction_months where user_id = me and month = m), 0) as stored,
            (select count(*)::int from interactions n join users u on u.id = me where n.user_id = me and n.deleted_at is null
                and n.occurred_at >= since and n.occurred_at < until
                and date_trunc('month', interaction_day(n.occurred_at, n.occurred_on, u.time_zone)::timestamp) = m) as n) x where x.n <> x.stored
        on conflict (user_id, month) do update set interactions = s.interactions + excluded.interactions;
    perform count_contact_months(array_agg(x.contact_id), array_agg(m)) from (
        select distinct p.contact_id from interactions n join interaction_participants p on p.user_id = me and p.interaction_id = n.id
            where n.user_id = me and n.deleted_at is null and n.occurred_at >= since and n.occurred_at < until
        union select w.contact_id from contact_periods w where w.user_id = me and w.period = to_char(m::timestamp, 'YYYY-MM') and w.interactions <> 0) x;
end $$;
comment on function count_month(date) is 'Counts a month anew, with whom and all in all.';

-- What stands already.
set local role kith_jobs;
insert into jobs (user_id, kind) select id, 'last contacts' from users where deleted_at is null;
set local role kith_owner;
