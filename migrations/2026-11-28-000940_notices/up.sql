-- A reminder that is to be told so many days before, too, was told at its own time alone. When that notice comes is kept with each
-- occurrence, and it rings as the occurrence does: what is told of it is a row of its own, once by each channel.
alter table reminder_occurrences add column notice_at timestamptz, add column noticed_at timestamptz;
comment on column reminder_occurrences.notice_at is 'When she is told before, the days of notice earlier by the same wall clock; null where she is not. Derived.';
comment on column reminder_occurrences.noticed_at is 'The notice_at of which it was seen to that she is told. Derived.';
create index idx_reminder_occurrences_noticing on reminder_occurrences (notice_at) where state = 'open' and noticed_at is distinct from notice_at;
create index idx_reminder_occurrences_noticed on reminder_occurrences (user_id, notice_at)
    where state = 'open' and snoozed_until is null and notice_at is not null;
grant select (snoozed_until, notice_at, noticed_at), update (noticed_at) on reminder_occurrences to kith_jobs;

-- A notice that was over when it was asked for is told to nobody.
create function occurrences_noticed_late() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    NEW.noticed_at := NEW.notice_at;
    return NEW;
end $$;
create trigger noticed_late before insert on reminder_occurrences for each row
    when (NEW.notice_at <= now()) execute function occurrences_noticed_late();
create trigger noticed_late_anew before update of notice_at on reminder_occurrences for each row
    when (NEW.notice_at is distinct from OLD.notice_at and NEW.notice_at <= now()) execute function occurrences_noticed_late();

alter table delivery_items add column is_notice boolean not null default false, drop constraint delivery_items_pkey;
alter table delivery_items add primary key (user_id, reminder_id, occurs_at_local, rings_at, channel, is_notice);
create unique index idx_delivery_items_notice on delivery_items (user_id, reminder_id, occurs_at_local, channel) where is_notice;
comment on table delivery_items is 'What a message tells: an occurrence is told once by each channel for each time that it rings, again where it was put off, and once before where she wants notice of it.';
comment on column delivery_items.rings_at is 'When it rang, or its notice came.';
comment on column delivery_items.is_notice is 'Whether it tells before that the occurrence comes.';

-- What was missed for more than an hour, as after an outage, is told in one message by each channel. Whatever rings needs no notice any
-- more, nor does what was put off.
set local role kith_jobs;
create or replace function ring_reminders(most int, has_mail boolean) returns int
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with due as materialized (select o.user_id, o.reminder_id, o.occurs_at_local, o.rings_at from public.reminder_occurrences o
            where o.state = 'open' and o.rung_at is distinct from o.rings_at and o.rings_at <= now()
            order by o.rings_at limit most for update skip locked),
        rung as (update public.reminder_occurrences o set rung_at = o.rings_at, noticed_at = o.notice_at from due d
            where o.user_id = d.user_id and o.reminder_id = d.reminder_id and o.occurs_at_local = d.occurs_at_local),
        near as materialized (select o.user_id, o.reminder_id, o.occurs_at_local, o.notice_at, o.snoozed_until from public.reminder_occurrences o
            where o.state = 'open' and o.noticed_at is distinct from o.notice_at and o.notice_at <= now() and o.rings_at > now()
            order by o.notice_at limit most for update skip locked),
        noticed as (update public.reminder_occurrences o set noticed_at = o.notice_at from near n
            where o.user_id = n.user_id and o.reminder_id = n.reminder_id and o.occurs_at_local = n.occurs_at_local),
        rings as (select d.user_id, d.reminder_id, d.occurs_at_local, d.rings_at, false as is_notice from due d
            union all select n.user_id, n.reminder_id, n.occurs_at_local, n.notice_at, true from near n where n.snoozed_until is null),
        wanted as (select d.*, case when d.rings_at > now() - interval '1 hour' then d.reminder_id end as alone, w.channel from rings d
            join public.reminders r on r.user_id = d.user_id and r.id = d.reminder_id and r.deleted_at is null and r.dismissed_at is null
            join public.users u on u.id = d.user_id and u.deleted_at is null and not u.is_disabled
            cross join lateral (select 'email' as channel where has_mail and u.settings ->> 'mail_reminders' is distinct from 'false'
                union all select c.kind from public.channels c where c.user_id = u.id and c.is_on and c.kind <> 'digest') w
            where not d.is_notice or not exists (select from public.delivery_items i where i.user_id = d.user_id
                and i.reminder_id = d.reminder_id and i.occurs_at_local = d.occurs_at_local and i.channel = w.channel and i.is_notice)),
        -- Alone, the notice of one time is no message about another.
        apart as (select w.*, w.is_notice and w.alone is not null as is_before from wanted w),
        messages as materialized (select user_id, channel, alone, is_before, gen_random_uuid() as id, max(rings_at) as due_at
            from apart group by user_id, channel, alone, is_before),
        made as (insert into public.deliveries (user_id, id, channel, due_at) select user_id, id, channel, due_at from messages),
        told as (insert into public.delivery_items (user_id, delivery_id, channel, reminder_id, occurs_at_local, rings_at, is_notice)
            select w.user_id, m.id, w.channel, w.reminder_id, w.occurs_at_local, w.rings_at, w.is_notice
            from apart w join messages m on m.user_id = w.user_id and m.channel = w.channel and m.alone is not distinct from w.alone
                and m.is_before = w.is_before
            on conflict do nothing)
    select (select count(*) from due)::int + (select count(*) from near)::int $$;
comment on function ring_reminders(int, boolean) is 'Makes the messages about what is due now, or of which notice is, and was not told, of at most so many occurrences each; answers how many these were.';

create or replace function delivery_alarm() returns table (failing bigint, accounts bigint, since timestamptz, answer text, minutes_late int)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select f.failing, f.accounts, f.since, f.answer, late.minutes
    from (select count(*) as failing, count(distinct d.user_id) as accounts, min(d.due_at) as since,
            (array_agg(a.answer order by a.ended_at desc))[1] as answer
            from public.deliveries d join public.delivery_attempts a on a.user_id = d.user_id and a.delivery_id = d.id and a.number = d.attempts - (d.state = 'sending')::int
            where d.state in ('waiting', 'sending') and d.attempts > 0 and a.outcome <> 'accepted') f,
        (select coalesce(extract(epoch from now() - least(
            (select min(o.rings_at) from public.reminder_occurrences o where o.state = 'open' and o.rung_at is distinct from o.rings_at and o.rings_at <= now()),
            (select min(o.notice_at) from public.reminder_occurrences o
                where o.state = 'open' and o.noticed_at is distinct from o.notice_at and o.notice_at <= now() and o.rings_at > now()),
            (select min(d.next_try_at) from public.deliveries d
                where d.state = 'waiting' and exists (select from public.users u where u.id = d.user_id and u.deleted_at is null and not u.is_disabled)))) / 60, 0)::int as minutes) late
    -- Who is signed in sees it only where she administers.
    where app_user_id() is null or exists (select from public.users u where u.id = app_user_id() and u.is_admin) $$;
set local role kith_owner;

-- What stands already gets its notices by a job for each user.
alter table reminders no force row level security;
alter table reminders disable trigger user;
update reminders set made_until = null where advance_days is not null and status = 'pending' and deleted_at is null;
alter table reminders enable trigger user;
alter table reminders force row level security;
set local role kith_jobs;
select enqueue_reminder_jobs();
set local role kith_owner;
