do $$
declare f text; was text; became text;
begin
    for f, was, became in values
        ('undo_inserts(uuid, text, uuid[])', $q$'exists (select from interaction_participants e where e.interaction_id = t.id)'$q$, $q$'false'$q$),
        ('undo_inserts(uuid, text, uuid[])', $q$'exists (select from audit_logs p where p.change_set_id = $1 and p.table_name = ''interactions'' and p.action = ''INSERT'' and p.record_id = t.interaction_id)
            and exists (select from audit_logs l where l.record_id = t.interaction_id and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id))'$q$, $q$'false'$q$),
        ('undo_updates(uuid, text, uuid[])', 'foreign_key_violation or check_violation then', 'foreign_key_violation then'),
        ('undo_updates(uuid, text, uuid[])', $q$exception when check_violation then
                    return query select found_rows -> 'k', (found_rows ->> 'contact')::uuid, 'it was changed since';
                when unique_violation then$q$, 'exception when unique_violation then'),
        ('undo_parents(text)', $q$ and (f.conrelid <> 'interaction_participants'::regclass or a.attname <> 'occurred_at')$q$, ''),
        ('undo_deletes(uuid, text, uuid[])', $q$ || coalesce((select jsonb_build_object('occurred_at', i.occurred_at)
                from interactions i where $2 = 'interaction_participants' and i.id = (l.k ->> 'interaction_id')::uuid), '{}') as old_values$q$, ''),
        ('undo_import_groups(uuid, uuid)', $q$delete from interactions n where n.import_id = import and not exists (select from audit_logs a left join change_sets s on s.id = a.change_set_id
            where a.record_id = n.id and a.change_set_id is distinct from change_set and s.undone_at is null and s.undoes is null);
    $q$, '')
    loop
        execute replace(pg_get_functiondef(f::regprocedure), was, became);
    end loop;
end $$;
set local role kith_jobs;
create or replace function enqueue_trash_jobs(days int) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind, payload)
    select t.user_id, 'trash.empty', jsonb_build_object('before', now() - make_interval(days => days))
    from (select user_id from public.contacts where deleted_at < now() - make_interval(days => days)
        union select user_id from public.organizations where deleted_at < now() - make_interval(days => days)) t
    where not exists (select from public.jobs j where j.user_id = t.user_id and j.kind = 'trash.empty' and j.state in ('ready', 'running')) $$;
set local role kith_search;
drop function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int);
set local role kith_owner;
revoke select (user_id, deleted_at) on interactions from kith_jobs;
drop policy jobs_reads on interactions;
revoke select on interactions, interaction_participants from kith_search;
drop policy search_reads on interactions;
drop policy search_reads on interaction_participants;
drop table interaction_search_documents;
drop index idx_interactions_direction;
drop index idx_interactions_trash;
alter table interactions drop column occurred_on, drop column is_contact;
