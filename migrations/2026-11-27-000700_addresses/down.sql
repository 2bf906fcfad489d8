do $$
declare f text; was text; became text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        array_remove(array_remove(undo_tables(), 'interaction_addresses'), 'ignored_addresses'));
    for f, was, became in values
        ('undo_keys(text)', $q$ when 'interaction_addresses' then '{interaction_id,position}'$q$, ''),
        ('undo_key(text[])', $q$format('t.%1$I = (k ->> %1$L)::%2$s', key, case key when 'position' then 'smallint' else 'uuid' end)$q$,
            $q$format('t.%1$I = (k ->> %1$L)::uuid', key)$q$),
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interaction_addresses' then 'exists (select from interaction_participants e where e.interaction_id = t.interaction_id)'
        when 'ignored_addresses' then 'false' $q$, ''),
        ('undo_inserts(uuid, text, uuid[])', $q$then 't.contact_id in (select p.contact_id from audit_logs p where p.change_set_id = $1 and p.table_name = ''contacts'' and p.action = ''INSERT'')
            and exists (select from audit_logs l where l.contact_id = t.contact_id and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id)) or exists$q$, $q$then 'exists$q$),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$'interaction_participants', $q$, ''),
        ('undo_list_people(uuid)', $q$union select r.contact_id from interaction_participants r where r.import_id = import
            $q$, ''),
        ('contacts_document_follows()', '
        perform people_addresses_moved(moved, lives);', ''),
        ('interactions_changed()', $q$    if app_user_id() is not null then
        perform count_correspondents((select array_agg(distinct a.address) from became b
            join was w on w.user_id = b.user_id and w.id = b.id
            join interaction_addresses a on a.user_id = b.user_id and a.interaction_id = b.id
            where (b.deleted_at is null) <> (w.deleted_at is null)));
    end if;
    return null;$q$, '    return null;')
    loop
        execute replace(pg_get_functiondef(f::regprocedure), was, became);
    end loop;
end $$;
create or replace function audit_derived_columns() returns text[] language sql immutable parallel safe
    as $$ select array['user_id', 'search_vector', 'last_contact_date', 'next_contact_due', 'effective_frequency_days', 'cadence_since',
        'sort_key', 'people_count', 'value_key', 'updated_at', 'version', 'last_seen_at'] $$;
drop trigger addresses_added on contact_methods;
drop trigger addresses_changed on contact_methods;
drop trigger addresses_removed on contact_methods;
drop function method_addresses_added();
drop function method_addresses_changed();
drop function method_addresses_removed();
drop function people_addresses_moved(uuid[], boolean);
drop function refresh_mail_statistics();
drop table ignored_addresses;
drop table interaction_addresses;
drop table correspondents;
drop table mail_threads;
drop function ignored_addresses_changed();
drop function addresses_added();
drop function addresses_changed();
drop function takes_part(text);
drop function link_addresses(uuid[], text[]);
drop function count_correspondents(text[]);
drop function correspondent_people(text[]);
drop function refresh_correspondent_states(uuid[]);
drop function refresh_correspondent_people(uuid[]);
alter table interaction_participants drop column import_id;
alter table interactions drop column thread_id;
