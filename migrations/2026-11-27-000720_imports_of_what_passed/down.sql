do $$
declare body text; f text; was text; became text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        array_remove(undo_tables(), 'interaction_external_refs'));
    for f, was, became in values
        ('undo_keys(text)', $q$ when 'interaction_external_refs' then '{namespace,external_id}'$q$, ''),
        ('undo_key(text[])', $q$when 'namespace' then 'text' when 'external_id' then 'text' $q$, ''),
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interaction_external_refs' then 'false' $q$, ''),
        ('undo_rows(uuid, uuid[])', $q$    if import is not null and (people is null or cardinality(people) = 0) then
        return query select 'interactions', jsonb_build_object('id', n.id, 'occurred_at', n.occurred_at), null::uuid, 'it was changed since'
            from undo_import_kept(import, change_set) n;
    end if;
$q$, ''),
        ('undo_import_groups(uuid, uuid)', 'perform undo_import_interactions(import, change_set, null);', $q$delete from interactions n where n.import_id = import and not exists (select from audit_logs a left join change_sets s on s.id = a.change_set_id
            where a.record_id = n.id and a.change_set_id is distinct from change_set and s.undone_at is null and s.undoes is null);$q$)
    loop
        execute replace(pg_get_functiondef(f::regprocedure), was, became);
    end loop;
end $$;
drop trigger audit_import on interaction_external_refs;
drop trigger audit_insert on interaction_external_refs;
drop trigger audit_update on interaction_external_refs;
drop trigger audit_delete on interaction_external_refs;
drop function undo_import_interactions(uuid, uuid, int);
drop function undo_import_kept(uuid, uuid);
drop index idx_interactions_import;
alter table import_items drop column interaction_id;
delete from import_parts where format in ('mbox', 'message', 'messages');
alter table import_parts drop constraint import_parts_format_check;
alter table import_parts add constraint import_parts_format_check check (format in ('vcard', 'table', 'ldif', 'other'));
alter table imports drop column passing;
update imports set state = 'failed' where state in ('asking', 'paused');
alter table imports drop constraint imports_state_check;
alter table imports add constraint imports_state_check
    check (state in ('reading', 'mapping', 'preview', 'applying', 'done', 'cancelled', 'failed', 'undone'));
comment on column imports.format is 'vcard, csv, ldif, zip or account; auto until the upload was looked at.';
