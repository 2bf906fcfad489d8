-- Notices are told no more; what was told of them is forgotten.
set local role kith_jobs;
create or replace function ring_reminders(most int, has_mail boolean) returns int
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with due as materialized (select o.user_id, o.reminder_id, o.occurs_at_local, o.rings_at from public.reminder_occurrences o
            where o.state = 'open' and o.rung_at is distinct from o.rings_at and o.rings_at <= now()
            order by o.rings_at limit most for update skip locked),
        rung as (update public.reminder_occurrences o set rung_at = o.rings_at from due d
            where o.user_id = d.user_id and o.reminder_id = d.reminder_id and o.occurs_at_local = d.occurs_at_local),
        wanted as (select d.*, case when d.rings_at > now() - interval '1 hour' then d.reminder_id end as alone, w.channel from due d
            join public.reminders r on r.user_id = d.user_id and r.id = d.reminder_id and r.deleted_at is null and r.dismissed_at is null
            join public.users u on u.id = d.user_id and u.deleted_at is null and not u.is_disabled
            cross join lateral (select 'email' as channel where has_mail and u.settings ->> 'mail_reminders' is distinct from 'false'
                union all select c.kind from public.channels c where c.user_id = u.id and c.is_on and c.kind <> 'digest') w),
        messages as materialized (select user_id, channel, alone, gen_random_uuid() as id, max(rings_at) as due_at
            from wanted group by user_id, channel, alone),
        made as (insert into public.deliveries (user_id, id, channel, due_at) select user_id, id, channel, due_at from messages),
        told as (insert into public.delivery_items (user_id, delivery_id, channel, reminder_id, occurs_at_local, rings_at)
            select w.user_id, m.id, w.channel, w.reminder_id, w.occurs_at_local, w.rings_at
            from wanted w join messages m on m.user_id = w.user_id and m.channel = w.channel and m.alone is not distinct from w.alone
            on conflict do nothing)
    select count(*)::int from due $$;
comment on function ring_reminders(int, boolean) is 'Makes the messages about what is due now and was not told, of at most so many occurrences; answers how many these were.';

create or replace function delivery_alarm() returns table (failing bigint, accounts bigint, since timestamptz, answer text, minutes_late int)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select f.failing, f.accounts, f.since, f.answer, late.minutes
    from (select count(*) as failing, count(distinct d.user_id) as accounts, min(d.due_at) as since,
            (array_agg(a.answer order by a.ended_at desc))[1] as answer
            from public.deliveries d join public.delivery_attempts a on a.user_id = d.user_id and a.delivery_id = d.id and a.number = d.attempts - (d.state = 'sending')::int
            where d.state in ('waiting', 'sending') and d.attempts > 0 and a.outcome <> 'accepted') f,
        (select coalesce(extract(epoch from now() - least(
            (select min(o.rings_at) from public.reminder_occurrences o where o.state = 'open' and o.rung_at is distinct from o.rings_at and o.rings_at <= now()),
            (select min(d.next_try_at) from public.deliveries d
                where d.state = 'waiting' and exists (select from public.users u where u.id = d.user_id and u.deleted_at is null and not u.is_disabled)))) / 60, 0)::int as minutes) late
    -- Who is signed in sees it only where she administers.
    where app_user_id() is null or exists (select from public.users u where u.id = app_user_id() and u.is_admin) $$;
set local role kith_owner;
alter table delivery_items no force row level security;
delete from delivery_items where is_notice;
alter table delivery_items force row level security;
drop index idx_delivery_items_notice;
alter table delivery_items drop constraint delivery_items_pkey;
alter table delivery_items drop column is_notice;
alter table delivery_items add primary key (user_id, reminder_id, occurs_at_local, rings_at, channel);
comment on table delivery_items is 'What a message tells: an occurrence is told once by each channel for each time that it rings, again where it was put off.';
comment on column delivery_items.rings_at is 'When it rang.';
drop trigger noticed_late on reminder_occurrences;
drop trigger noticed_late_anew on reminder_occurrences;
drop function occurrences_noticed_late();
revoke select (snoozed_until, notice_at, noticed_at), update (noticed_at) on reminder_occurrences from kith_jobs;
drop index idx_reminder_occurrences_noticing, idx_reminder_occurrences_noticed;
alter table reminder_occurrences drop column notice_at, drop column noticed_at;
