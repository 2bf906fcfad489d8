-- What is told of reminders, and how it went. Who claims a message says so in a short transaction before it is sent, and what
-- came of it afterwards: of a message whose server died in between nobody knows, so it goes out again and is counted.
alter table reminder_occurrences add column rung_at timestamptz;
comment on column reminder_occurrences.rung_at is 'The rings_at of which it was seen to that she is told. Derived.';
-- What was over when this came, or when it was entered, is told to nobody.
update reminder_occurrences set rung_at = rings_at where rings_at <= now();
create index idx_reminder_occurrences_ringing on reminder_occurrences (rings_at) where state = 'open' and rung_at is distinct from rings_at;
create function occurrences_made_late() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    NEW.rung_at := coalesce(NEW.snoozed_until, NEW.due_at);
    return NEW;
end $$;
create trigger made_late before insert on reminder_occurrences for each row
    when (coalesce(NEW.snoozed_until, NEW.due_at) <= now()) execute function occurrences_made_late();

create table deliveries (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    channel varchar(20) not null constraint deliveries_channel_check check (channel in ('email')),
    state varchar(20) not null default 'waiting' constraint deliveries_state_check check (state in ('waiting', 'sending', 'sent', 'needless')),
    due_at timestamptz not null,
    next_try_at timestamptz not null default now(),
    lease_until timestamptz,
    attempts int not null default 0,
    maybe_sent int not null default 0,
    sent_at timestamptz,
    primary key (user_id, id),
    constraint deliveries_lease_check check ((state = 'sending') = (lease_until is not null)),
    constraint deliveries_sent_check check ((state = 'sent') = (sent_at is not null))
);
select secure_tenant_table('deliveries');
create index idx_deliveries_open on deliveries (next_try_at) where state in ('waiting', 'sending');
create index idx_deliveries_failing on deliveries (user_id, due_at) where state in ('waiting', 'sending') and attempts > 0;
create index idx_deliveries_ended on deliveries (due_at) where state in ('sent', 'needless');
comment on table deliveries is 'A message about reminders: one for each way to tell her, sent until it is accepted.';
comment on column deliveries.user_id is 'To whom.';
comment on column deliveries.id is 'Names it in the Message-ID, which is the same each time that it is sent.';
comment on column deliveries.channel is 'How she is told: email.';
comment on column deliveries.state is 'waiting, sending while somebody holds its lease, sent, or needless where nothing in it was open any more.';
comment on column deliveries.due_at is 'When the last of what it tells was due.';
comment on column deliveries.next_try_at is 'From when it may be sent.';
comment on column deliveries.lease_until is 'Until when whoever is sending it has to say what came of it.';
comment on column deliveries.attempts is 'How often its sending was begun.';
comment on column deliveries.maybe_sent is 'How many of these may have been accepted though nobody heard so.';
comment on column deliveries.sent_at is 'When it was accepted.';

create table delivery_items (
    user_id uuid not null references users on delete cascade,
    delivery_id uuid not null,
    channel varchar(20) not null,
    reminder_id uuid not null,
    occurs_at_local timestamp not null,
    rings_at timestamptz not null,
    primary key (user_id, reminder_id, occurs_at_local, rings_at, channel),
    constraint delivery_items_delivery_fkey foreign key (user_id, delivery_id) references deliveries on delete cascade,
    constraint delivery_items_reminder_fkey foreign key (user_id, reminder_id) references reminders on delete cascade
);
select secure_tenant_table('delivery_items');
create index idx_delivery_items_delivery on delivery_items (user_id, delivery_id);
comment on table delivery_items is 'What a message tells: an occurrence is told once by each channel for each time that it rings, again where it was put off.';
comment on column delivery_items.user_id is 'The owner.';
comment on column delivery_items.delivery_id is 'The message.';
comment on column delivery_items.channel is 'That of the message.';
comment on column delivery_items.reminder_id is 'Of which reminder.';
comment on column delivery_items.occurs_at_local is 'Which time of it (reminder_occurrences).';
comment on column delivery_items.rings_at is 'When it rang.';

create table delivery_attempts (
    user_id uuid not null references users on delete cascade,
    delivery_id uuid not null,
    number int not null,
    began_at timestamptz not null default now(),
    ended_at timestamptz,
    outcome varchar(20) constraint delivery_attempts_outcome_check check (outcome in ('accepted', 'refused', 'unknown')),
    answer text,
    primary key (user_id, delivery_id, number),
    constraint delivery_attempts_ended_check check ((outcome is null) = (ended_at is null)),
    constraint delivery_attempts_delivery_fkey foreign key (user_id, delivery_id) references deliveries on delete cascade
);
select secure_tenant_table('delivery_attempts');
comment on table delivery_attempts is 'Each time that a message was sent.';
comment on column delivery_attempts.user_id is 'The owner.';
comment on column delivery_attempts.delivery_id is 'The message.';
comment on column delivery_attempts.number is 'The how manieth, from 1.';
comment on column delivery_attempts.began_at is 'When its sending was begun.';
comment on column delivery_attempts.ended_at is 'When somebody said what came of it.';
comment on column delivery_attempts.outcome is 'accepted; refused, where it was surely not; unknown, where it may have been; null while it is being sent.';
comment on column delivery_attempts.answer is 'What the server said, or what went wrong.';

create policy jobs_rings on reminder_occurrences to kith_jobs using (true) with check (true);
grant select (user_id, reminder_id, occurs_at_local, state, rings_at, rung_at), update (rung_at) on reminder_occurrences to kith_jobs;
grant select (id, dismissed_at) on reminders to kith_jobs;
grant select (is_disabled, settings) on users to kith_jobs;
create policy jobs_delivers on deliveries to kith_jobs using (true) with check (true);
create policy jobs_delivers on delivery_items to kith_jobs using (true) with check (true);
create policy jobs_delivers on delivery_attempts to kith_jobs using (true) with check (true);
grant select, insert, update, delete on deliveries, delivery_items, delivery_attempts to kith_jobs;

-- What was missed for more than an hour, as after an outage, is told in one message.
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

create function forget_deliveries() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    delete from public.deliveries where state in ('sent', 'needless') and due_at < now() - interval '400 days' $$;
comment on function forget_deliveries() is 'Deletes what was told more than 400 days ago.';
do $$
declare f regprocedure;
begin
    foreach f in array array['ring_reminders(int)', 'claim_delivery(interval)', 'forget_deliveries()']::regprocedure[] loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_jobs', f);
    end loop;
end $$;
