set local role kith_jobs;
drop function enqueue_reminder_jobs();
create or replace function enqueue_trash_jobs(days int) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind, payload)
    select t.user_id, 'trash.empty', jsonb_build_object('before', now() - make_interval(days => days))
    from (select user_id from public.contacts where deleted_at < now() - make_interval(days => days)
        union select user_id from public.organizations where deleted_at < now() - make_interval(days => days)
        union select user_id from public.interactions where deleted_at < now() - make_interval(days => days)) t
    where not exists (select from public.jobs j where j.user_id = t.user_id and j.kind = 'trash.empty' and j.state in ('ready', 'running')) $$;
set local role kith_owner;
drop policy jobs_reads on reminders;
drop policy audit_reads on reminders;
revoke select (user_id, deleted_at, status, made_until) on reminders from kith_jobs;
revoke select (user_id, id, contact_id) on reminders from kith_audit;
set local role kith_audit;
grant execute on function audit_row(), audit_import(), audit_changed_rows(), audit_whole_rows() to kith_owner;
set local role kith_owner;
do $$
declare f text; was text; became text; t text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        array_remove(undo_tables(), 'reminder_occurrences'));
    for f, was, became in values
        ('undo_keys(text)', $q$ when 'reminder_occurrences' then '{reminder_id,occurs_at_local}'$q$, ''),
        ('undo_key(text[])', $q$when 'occurs_at_local' then 'timestamp' $q$, ''),
        ('undo_inserts(uuid, text, uuid[])', $q$when 'reminder_occurrences' then 'false'
        when 'reminders' then 'exists (select from reminder_occurrences o where o.user_id = t.user_id and o.reminder_id = t.id and o.settled_at is not null)'
        $q$, ''),
        ('undo_import_groups(uuid, uuid)', $q$delete from reminders r where r.import_id = import and not exists (select from audit_logs a left join change_sets s on s.id = a.change_set_id
            where (a.record_id = r.id or a.row_key ->> 'reminder_id' = r.id::text) and a.change_set_id is distinct from change_set and s.undone_at is null and s.undoes is null);
    $q$, '')
    loop
        execute replace(pg_get_functiondef(f::regprocedure), was, became);
    end loop;
    foreach t in array array['audit_insert', 'audit_import', 'audit_update', 'audit_delete'] loop
        execute format('drop trigger %I on reminders', t);
    end loop;
    perform audit_table('reminders', 'id', '');
end $$;
drop table reminder_occurrences;
set local role kith_audit;
drop function audit_occurrences();
set local role kith_owner;
drop function refresh_reminders(uuid[]);
drop trigger derive on reminders;
drop function reminders_derive();
drop trigger touch on reminders;
create trigger touch before update on reminders for each row execute function touch_version();
alter table reminders no force row level security;
delete from reminders where deleted_at is not null;
alter table reminders force row level security;
drop index idx_reminders_open;
alter table reminders drop column note, drop column starts_at, drop column is_day, drop column zone, drop column exdates, drop column series_id,
    drop column advance_days, drop column dismissed_at, drop column deleted_at, drop column made_until, drop column import_id;
comment on column reminders.due_at is 'When.';
comment on column reminders.status is 'pending, completed or dismissed.';
comment on column reminders.recurrence_rule is 'An RFC 5545 RRULE.';
