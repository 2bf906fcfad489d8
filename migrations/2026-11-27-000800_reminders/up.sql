-- Reminders that repeat. What she entered is the wall clock, a rule and a zone; what follows from it, each time that it comes,
-- is made ahead as rows of their own, so that one of them can be done, skipped or put off without moving the others.
alter table reminders
    add column note text,
    add column starts_at timestamp,
    add column is_day boolean not null default false,
    add column zone text,
    add column exdates timestamp[] not null default '{}',
    add column series_id uuid,
    add column advance_days smallint constraint reminders_advance_days_check check (advance_days between 1 and 365),
    add column dismissed_at timestamptz,
    add column deleted_at timestamptz,
    add column made_until timestamptz,
    add column import_id uuid default app_import_id();
alter table reminders no force row level security;
alter table users no force row level security;
update reminders r set starts_at = r.due_at at time zone u.time_zone from users u where u.id = r.user_id;
alter table reminders force row level security;
alter table users force row level security;
alter table reminders alter column starts_at set not null;
comment on column reminders.note is 'What else to know about it.';
comment on column reminders.due_at is 'When the next one that is open is due, as it was put off; of one that is over when the last one was. Derived.';
comment on column reminders.status is 'pending while one is open or to come; dismissed where she ended it; else completed. Derived.';
comment on column reminders.recurrence_rule is 'An RFC 5545 RRULE, by the wall clock; null of what comes once.';
comment on column reminders.starts_at is 'The wall clock, without a zone, that the rule starts from (DTSTART); midnight of a day alone.';
comment on column reminders.is_day is 'Whether it is a date alone, which is due at the hour that she set.';
comment on column reminders.zone is 'Whose wall clock; null for hers, wherever she lives.';
comment on column reminders.exdates is 'When the rule does not count (EXDATE).';
comment on column reminders.series_id is 'Shared by reminders that were one until some of it was edited apart: the id of the first.';
comment on column reminders.advance_days is 'So many days before it she is told, too.';
comment on column reminders.dismissed_at is 'When she ended it.';
comment on column reminders.deleted_at is 'Since when it is in the trash.';
comment on column reminders.made_until is 'Until when its occurrences are made; null where they are to be made anew. Derived.';
comment on column reminders.import_id is 'The import that made the row.';
create index idx_reminders_open on reminders (user_id, due_at, id) where status = 'pending' and deleted_at is null;
create index idx_reminders_trash on reminders (user_id, deleted_at desc, id desc) where deleted_at is not null;
create index idx_reminders_import on reminders (user_id, import_id) where import_id is not null;

create table reminder_occurrences (
    user_id uuid not null references users on delete cascade,
    reminder_id uuid not null,
    occurs_at_local timestamp not null,
    due_at timestamptz not null,
    state varchar(20) not null default 'open' constraint reminder_occurrences_state_check
        check (state in ('open', 'completed', 'skipped', 'dismissed', 'moved')),
    snoozed_until timestamptz,
    settled_at timestamptz,
    rings_at timestamptz not null generated always as (coalesce(snoozed_until, due_at)) stored,
    primary key (user_id, reminder_id, occurs_at_local),
    constraint reminder_occurrences_settled_check check ((state = 'open') = (settled_at is null)),
    constraint reminder_occurrences_reminder_fkey foreign key (user_id, reminder_id) references reminders on delete cascade
);
select secure_tenant_table('reminder_occurrences');
create index idx_reminder_occurrences_open on reminder_occurrences (user_id, reminder_id, rings_at) where state = 'open';
create index idx_reminder_occurrences_settled on reminder_occurrences (user_id, settled_at desc, reminder_id, occurs_at_local) where settled_at is not null;
comment on table reminder_occurrences is 'Each time that a reminder comes: those of the next 400 days, and what became of those before. Those that are open and to come follow from their reminder and are made anew with it.';
comment on column reminder_occurrences.user_id is 'The owner.';
comment on column reminder_occurrences.reminder_id is 'Of which reminder.';
comment on column reminder_occurrences.occurs_at_local is 'Which one, by the wall clock (RECURRENCE-ID).';
comment on column reminder_occurrences.due_at is 'When that is: in her zone or the reminder''s, behind the gap of a clock change.';
comment on column reminder_occurrences.state is 'open, completed, skipped, dismissed, or moved where it was edited apart and is a reminder of its own.';
comment on column reminder_occurrences.snoozed_until is 'Until when it was put off.';
comment on column reminder_occurrences.settled_at is 'Since when it is no longer open.';
comment on column reminder_occurrences.rings_at is 'When it is due, as it was put off. Derived.';

-- Whoever says only when, as an older program's document does, means that wall clock where she lives.
create function reminders_derive() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    NEW.starts_at := NEW.due_at at time zone coalesce(NEW.zone, (select u.time_zone from users u where u.id = NEW.user_id), 'UTC');
    return NEW;
end $$;
create trigger derive before insert on reminders for each row when (NEW.starts_at is null) execute function reminders_derive();

-- When the next one is due, and whether there is one, is no edit.
drop trigger touch on reminders;
create trigger touch before update on reminders for each row
    when ((OLD.title, OLD.note, OLD.contact_id, OLD.starts_at, OLD.is_day, OLD.zone, OLD.recurrence_rule, OLD.exdates, OLD.advance_days, OLD.dismissed_at, OLD.deleted_at)
        is distinct from (NEW.title, NEW.note, NEW.contact_id, NEW.starts_at, NEW.is_day, NEW.zone, NEW.recurrence_rule, NEW.exdates, NEW.advance_days, NEW.dismissed_at, NEW.deleted_at))
    execute function touch_version();

create function refresh_reminders(ids uuid[]) returns void
language sql set search_path = pg_catalog, public as $$
    update reminders r set due_at = coalesce(n.rings_at, r.due_at), status = n.status
    from unnest(ids) i(id) join reminders q on q.id = i.id
        left join lateral (select o.rings_at from reminder_occurrences o
            where o.user_id = q.user_id and o.reminder_id = q.id and o.state = 'open' order by o.rings_at limit 1) o on true
        cross join lateral (select o.rings_at,
            case when q.dismissed_at is not null then 'dismissed' when o.rings_at is null then 'completed' else 'pending' end as status) n
    where r.user_id = q.user_id and r.id = q.id and (r.due_at, r.status) is distinct from (coalesce(n.rings_at, r.due_at), n.status) $$;
comment on function refresh_reminders(uuid[]) is 'When these reminders are due next, and whether they are.';

-- What is logged of occurrences is what she did with them: what follows from the reminder is made anew.
create policy audit_reads on reminders for select to kith_audit using (true);
grant select (user_id, id, contact_id) on reminders to kith_audit;
create function audit_occurrences() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
    me uuid := nullif(current_setting('app.current_user_id', true), '')::uuid;
    change_set text := current_setting('app.change_set_id', true);
    logged jsonb;
begin
    if me is null or (TG_OP = 'INSERT' and public.app_import_id() is not null) then return null; end if;
    if TG_OP = 'UPDATE' then
        select jsonb_agg(jsonb_build_object('r', b.reminder_id, 'l', b.occurs_at_local,
                'o', c.o, 'n', c.n) order by b.occurs_at_local)
            into logged from became b join was w on w.user_id = b.user_id and w.reminder_id = b.reminder_id and w.occurs_at_local = b.occurs_at_local
            cross join lateral (select jsonb_object_agg(k.key, k.before) as o, jsonb_object_agg(k.key, k.after) as n
                from (values ('state', to_jsonb(w.state), to_jsonb(b.state)), ('snoozed_until', to_jsonb(w.snoozed_until), to_jsonb(b.snoozed_until)),
                    ('settled_at', to_jsonb(w.settled_at), to_jsonb(b.settled_at))) k(key, before, after) where k.before is distinct from k.after) c
            where c.o is not null;
    elsif TG_OP = 'INSERT' then
        select jsonb_agg(jsonb_build_object('r', b.reminder_id, 'l', b.occurs_at_local, 'n', to_jsonb(b) - '{user_id,rings_at,due_at}'::text[]))
            into logged from became b where b.state <> 'open' or b.snoozed_until is not null;
    else
        select jsonb_agg(jsonb_build_object('r', w.reminder_id, 'l', w.occurs_at_local, 'o', to_jsonb(w) - '{user_id,rings_at}'::text[]))
            into logged from was w where w.state <> 'open' or w.snoozed_until is not null;
    end if;
    if logged is null then return null; end if;
    insert into public.audit_logs (user_id, table_name, row_key, contact_id, action, old_values, new_values, session_id, ip_address, change_set_id)
        select me, 'reminder_occurrences', jsonb_build_object('reminder_id', x -> 'r', 'occurs_at_local', x -> 'l'),
            (select r.contact_id from public.reminders r where r.user_id = me and r.id = (x ->> 'r')::uuid), TG_OP, x -> 'o', x -> 'n',
            nullif(current_setting('app.session_id', true), '')::uuid, nullif(current_setting('app.client_ip', true), '')::inet, nullif(change_set, '')::uuid
        from jsonb_array_elements(logged) x;
    if change_set <> '' then perform public.note_change_set(); end if;
    return null;
end $$;
revoke all on function audit_occurrences() from public;
create trigger audit_insert after insert on reminder_occurrences referencing new table as became for each statement execute function audit_occurrences();
create trigger audit_update after update on reminder_occurrences referencing old table as was new table as became for each statement execute function audit_occurrences();
create trigger audit_delete after delete on reminder_occurrences referencing old table as was for each statement execute function audit_occurrences();
alter function audit_occurrences() owner to kith_audit;

-- When it is due, and whether, follows from its occurrences; with its undo a reminder goes unless something was done about it.
set local role kith_audit;
grant execute on function audit_row(), audit_import(), audit_changed_rows(), audit_whole_rows() to kith_owner;
set local role kith_owner;
do $$
declare body text; f text; was text; became text; t text;
begin
    foreach t in array array['audit_insert', 'audit_import', 'audit_update', 'audit_delete'] loop
        execute format('drop trigger %I on reminders', t);
    end loop;
    perform audit_table('reminders', 'id', 'due_at,status,made_until,import_id');
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        undo_tables() || '{reminder_occurrences}'::text[]);
    for f, was, became in values
        ('undo_keys(text)', $q$when 'contact_extras' then '{contact_id}'$q$,
            $q$when 'contact_extras' then '{contact_id}' when 'reminder_occurrences' then '{reminder_id,occurs_at_local}'$q$),
        ('undo_key(text[])', $q$case key when 'namespace' then 'text'$q$, $q$case key when 'occurs_at_local' then 'timestamp' when 'namespace' then 'text'$q$),
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interaction_participants' then$q$,
            $q$when 'reminder_occurrences' then 'false'
        when 'reminders' then 'exists (select from reminder_occurrences o where o.user_id = t.user_id and o.reminder_id = t.id and o.settled_at is not null)'
        when 'interaction_participants' then$q$),
        ('undo_import_groups(uuid, uuid)', 'delete from tags t where t.import_id = import',
            $q$delete from reminders r where r.import_id = import and not exists (select from audit_logs a left join change_sets s on s.id = a.change_set_id
            where (a.record_id = r.id or a.row_key ->> 'reminder_id' = r.id::text) and a.change_set_id is distinct from change_set and s.undone_at is null and s.undoes is null);
    delete from tags t where t.import_id = import$q$)
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for reminders', f; end if;
        execute replace(body, was, became);
    end loop;
end $$;

-- The trash holds them too, and what is made ahead is kept so far ahead.
create policy jobs_reads on reminders for select to kith_jobs using (true);
grant select (user_id, deleted_at, status, made_until) on reminders to kith_jobs;
set local role kith_jobs;
create or replace function enqueue_trash_jobs(days int) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind, payload)
    select t.user_id, 'trash.empty', jsonb_build_object('before', now() - make_interval(days => days))
    from (select user_id from public.contacts where deleted_at < now() - make_interval(days => days)
        union select user_id from public.organizations where deleted_at < now() - make_interval(days => days)
        union select user_id from public.interactions where deleted_at < now() - make_interval(days => days)
        union select user_id from public.reminders where deleted_at < now() - make_interval(days => days)) t
    where not exists (select from public.jobs j where j.user_id = t.user_id and j.kind = 'trash.empty' and j.state in ('ready', 'running')) $$;
set local role kith_owner;
create function enqueue_reminder_jobs() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind)
    select distinct r.user_id, 'reminders' from public.reminders r
    where r.status = 'pending' and r.deleted_at is null and (r.made_until is null or r.made_until < now() + interval '399 days')
        and not exists (select from public.jobs j where j.user_id = r.user_id and j.kind = 'reminders' and j.state in ('ready', 'running')) $$;
comment on function enqueue_reminder_jobs() is 'A job for each user who has reminders whose occurrences are not made for the next 399 days.';
revoke all on function enqueue_reminder_jobs() from public;
grant execute on function enqueue_reminder_jobs() to kith_app;
alter function enqueue_reminder_jobs() owner to kith_jobs;

-- What stands already is made by a job for each user.
set local role kith_jobs;
select enqueue_reminder_jobs();
set local role kith_owner;
