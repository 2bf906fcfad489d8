-- Ways to tell her besides a mail for each reminder: a call to a program of hers (webhook), a push message (ntfy), and once a day a
-- mail of all that there is (digest). Each has its own messages, so that what one of them loses or delays the others do not.
create table channels (
    user_id uuid not null references users on delete cascade,
    kind varchar(20) not null constraint channels_kind_check check (kind in ('webhook', 'ntfy', 'digest')),
    is_on boolean not null default true,
    url varchar(2000),
    secret varchar(500),
    time_of_day time,
    created_at timestamptz not null default now(),
    primary key (user_id, kind),
    constraint channels_url_check check (kind = 'digest' or url is not null)
);
select secure_tenant_table('channels');
create index idx_channels_secret on channels (secret) where kind = 'digest';
comment on table channels is 'Ways to tell her besides a mail for each reminder. In no export, for they hold secrets.';
comment on column channels.user_id is 'Whom.';
comment on column channels.kind is 'webhook, ntfy or digest.';
comment on column channels.is_on is 'Whether it is used; what is off keeps its settings.';
comment on column channels.url is 'Of a webhook where it is called; of ntfy the topic.';
comment on column channels.secret is 'Of a webhook the key that signs; of ntfy the access token, if it has one; of the digest what its link to stop it ends with.';
comment on column channels.time_of_day is 'When the digest is due, by her clock; 07:00 where null.';
comment on column channels.created_at is 'When she first saved it.';

alter table deliveries drop constraint deliveries_channel_check,
    add constraint deliveries_channel_check check (channel in ('email', 'webhook', 'ntfy', 'digest')),
    add column day date,
    add constraint deliveries_day_check check ((channel = 'digest') = (day is not null));
comment on column deliveries.channel is 'How she is told: email, webhook, ntfy, or digest, which is a mail too.';
comment on column deliveries.day is 'Of a digest the day that it tells of.';
create unique index idx_deliveries_digest on deliveries (user_id, day) where channel = 'digest';
create index idx_deliveries_lane on deliveries (user_id, channel) where state = 'sending';
create index idx_deliveries_newest on deliveries (user_id, due_at desc, id);

create policy jobs_reads on channels for select to kith_jobs using (true);
create policy jobs_stops on channels for update to kith_jobs using (kind = 'digest') with check (kind = 'digest');
grant select, update (is_on) on channels to kith_jobs;
grant select (time_zone, created_at, is_admin) on users to kith_jobs;

-- What was missed for more than an hour, as after an outage, is told in one message by each channel.
set local role kith_jobs;
drop function ring_reminders(int), claim_delivery(interval);
set local role kith_owner;
create function ring_reminders(most int, has_mail boolean) returns int
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

-- A zone that this PostgreSQL does not know would otherwise keep the digest from everybody.
create function wall_clock(at timestamptz, zone text) returns timestamp language plpgsql stable set search_path = pg_catalog as $$
begin
    return at at time zone zone;
exception when invalid_parameter_value then
    return at at time zone 'UTC';
end $$;
comment on function wall_clock(timestamptz, text) is 'What a clock in this zone shows then; in an unknown one that of UTC.';

create function begin_digests() returns int
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with wanted as (select u.id, here.at, coalesce(c.time_of_day, time '07:00') as hour
            from public.users u left join public.channels c on c.user_id = u.id and c.kind = 'digest'
            cross join lateral (select public.wall_clock(now(), u.time_zone) as at) here
            where u.deleted_at is null and not u.is_disabled and coalesce(c.is_on, true)
                and public.wall_clock(u.created_at, u.time_zone)::date < here.at::date),
        made as (insert into public.deliveries (user_id, id, channel, day, due_at)
            select w.id, gen_random_uuid(), 'digest', w.at::date, now() - (w.at - (w.at::date + w.hour)) from wanted w
            where w.at::time >= w.hour
                and not exists (select from public.deliveries d where d.user_id = w.id and d.day = w.at::date and d.channel = 'digest')
            on conflict do nothing returning 1)
    select count(*)::int from made $$;
comment on function begin_digests() is 'Makes the digest of today for each whose hour is over and who has none yet; not on the day that she signed up.';

create function claim_delivery(lease interval) returns table (id uuid, user_id uuid, channel text, day date, attempt int)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with chosen as (select d.user_id, d.id, d.state from public.deliveries d
            where (d.state = 'waiting' and d.next_try_at <= now() or d.state = 'sending' and d.lease_until < now())
                -- Nobody acts for an account that is disabled or closing: what waits for it waits on.
                and exists (select from public.users u where u.id = d.user_id and u.deleted_at is null and not u.is_disabled)
                -- A receiver of hers that hangs keeps one hand, and not all of them.
                and (d.channel in ('email', 'digest') or not exists (select from public.deliveries s
                    where s.user_id = d.user_id and s.channel = d.channel and s.state = 'sending' and s.lease_until >= now()))
            order by d.next_try_at limit 1 for update skip locked),
        lost as (update public.delivery_attempts a set outcome = 'unknown', ended_at = now(), answer = 'Kith stopped while it was sending this.'
            from chosen c where c.state = 'sending' and a.user_id = c.user_id and a.delivery_id = c.id and a.outcome is null),
        taken as (update public.deliveries d set state = 'sending', lease_until = now() + lease, attempts = d.attempts + 1,
                maybe_sent = d.maybe_sent + (c.state = 'sending')::int
            from chosen c where d.user_id = c.user_id and d.id = c.id returning d.id, d.user_id, d.channel, d.day, d.attempts),
        begun as (insert into public.delivery_attempts (user_id, delivery_id, number) select t.user_id, t.id, t.attempts from taken t)
    select t.id, t.user_id, t.channel, t.day, t.attempts from taken t $$;
comment on function claim_delivery(interval) is 'Takes the next message that is to be sent, or whose sender died; it is the caller''s for so long.';

create function stop_digest(token text) returns boolean
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with stopped as (update public.channels set is_on = false where kind = 'digest' and secret = token returning 1)
    select exists (select from stopped) $$;
comment on function stop_digest(text) is 'Turns off the digest whose link to stop it ends so; false where none does.';

create function delivery_alarm() returns table (failing bigint, accounts bigint, since timestamptz, answer text, minutes_late int)
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
comment on function delivery_alarm() is 'How messages fare in the whole instance: how many fail, of how many accounts, since when, what was said last, and how late the scheduler is.';
do $$
declare f regprocedure;
begin
    foreach f in array array['ring_reminders(int, boolean)', 'begin_digests()', 'claim_delivery(interval)', 'stop_digest(text)', 'delivery_alarm()']::regprocedure[] loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_jobs', f);
    end loop;
end $$;
