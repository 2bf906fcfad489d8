-- What only the newer channels told is forgotten.
set local role kith_jobs;
drop function ring_reminders(int, boolean), begin_digests(), claim_delivery(interval), stop_digest(text), delivery_alarm();
set local role kith_owner;
drop function wall_clock(timestamptz, text);
delete from deliveries where channel <> 'email';
drop index idx_deliveries_digest, idx_deliveries_lane, idx_deliveries_newest;
alter table deliveries drop constraint deliveries_day_check, drop column day, drop constraint deliveries_channel_check,
    add constraint deliveries_channel_check check (channel in ('email'));
comment on column deliveries.channel is 'How she is told: email.';
drop table channels;
revoke select (time_zone, created_at, is_admin) on users from kith_jobs;
create function ring_reminders(most int) returns int
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with due as materialized (select o.user_id, o.reminder_id, o.occurs_at_local, o.rings_at from public.reminder_occurrences o
            where o.state = 'open' and o.rung_at is distinct from o.rings_at and o.rings_at <= now()
            order by o.rings_at limit most for update skip locked),
        rung as (update public.reminder_occurrences o set rung_at = o.rings_at from due d
            where o.user_id = d.user_id and o.reminder_id = d.reminder_id and o.occurs_at_local = d.occurs_at_local),
        wanted as (select d.*, case when d.rings_at > now() - interval '1 hour' then d.reminder_id end as alone from due d
            join public.reminders r on r.user_id = d.user_id and r.id = d.reminder_id and r.deleted_at is null and r.dismissed_at is null
            join public.users u on u.id = d.user_id and u.deleted_at is null and not u.is_disabled
                and u.settings ->> 'mail_reminders' is distinct from 'false'),
        messages as materialized (select user_id, alone, gen_random_uuid() as id, max(rings_at) as due_at from wanted group by user_id, alone),
        made as (insert into public.deliveries (user_id, id, channel, due_at) select user_id, id, 'email', due_at from messages),
        told as (insert into public.delivery_items (user_id, delivery_id, channel, reminder_id, occurs_at_local, rings_at)
            select w.user_id, m.id, 'email', w.reminder_id, w.occurs_at_local, w.rings_at
            from wanted w join messages m on m.user_id = w.user_id and m.alone is not distinct from w.alone on conflict do nothing)
    select count(*)::int from due $$;
comment on function ring_reminders(int) is 'Makes the messages about what is due now and was not told, of at most so many occurrences; answers how many these were.';

create function claim_delivery(lease interval) returns table (id uuid, user_id uuid, attempt int)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with chosen as (select d.user_id, d.id, d.state from public.deliveries d
            where (d.state = 'waiting' and d.next_try_at <= now() or d.state = 'sending' and d.lease_until < now())
                -- Nobody acts for an account that is disabled or closing: what waits for it waits on.
                and exists (select from public.users u where u.id = d.user_id and u.deleted_at is null and not u.is_disabled)
            order by d.next_try_at limit 1 for update skip locked),
        lost as (update public.delivery_attempts a set outcome = 'unknown', ended_at = now(), answer = 'Kith stopped while it was sending this.'
            from chosen c where c.state = 'sending' and a.user_id = c.user_id and a.delivery_id = c.id and a.outcome is null),
        taken as (update public.deliveries d set state = 'sending', lease_until = now() + lease, attempts = d.attempts + 1,
                maybe_sent = d.maybe_sent + (c.state = 'sending')::int
            from chosen c where d.user_id = c.user_id and d.id = c.id returning d.id, d.user_id, d.attempts),
        begun as (insert into public.delivery_attempts (user_id, delivery_id, number) select t.user_id, t.id, t.attempts from taken t)
    select t.id, t.user_id, t.attempts from taken t $$;
comment on function claim_delivery(interval) is 'Takes the next message that is to be sent, or whose sender died; it is the caller''s for so long.';

do $$
declare f regprocedure;
begin
    foreach f in array array['ring_reminders(int)', 'claim_delivery(interval)']::regprocedure[] loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_jobs', f);
    end loop;
end $$;
