-- What changes by the ten thousand is logged by statement: calling audit_row for each row, its settings set and reset
-- each time, was two thirds of the time of tagging, trashing or deleting so many. Rows of a statement fired by a
-- cascade are gathered into one call as well. Where a table is partitioned, or its key may change, the rows of an
-- update could not be paired, and audit_row stays.
create function audit_changed_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set enable_nestloop = off as $$
declare
    me uuid := nullif(current_setting('app.current_user_id', true), '')::uuid;
    change_set text := current_setting('app.change_set_id', true);
    skip text[] := public.audit_derived_columns() || string_to_array(TG_ARGV[2], ',');
    about text := case when TG_ARGV[0] = 'contacts' then 'id' else 'contact_id' end;
begin
    if me is null or not exists (select from became) then return null; end if;
    insert into public.audit_logs (user_id, table_name, row_key, record_id, contact_id, action, old_values, new_values, session_id, ip_address, change_set_id)
        select me, TG_ARGV[0], jsonb_build_object('id', x.n -> 'id'), (x.n ->> 'id')::uuid, coalesce(x.n ->> about, x.o ->> about)::uuid, 'UPDATE',
            (select jsonb_object_agg(key, value) from jsonb_each(x.o) where x.n -> key is distinct from value),
            (select jsonb_object_agg(key, value) from jsonb_each(x.n) where x.o -> key is distinct from value),
            nullif(current_setting('app.session_id', true), '')::uuid, nullif(current_setting('app.client_ip', true), '')::inet,
            nullif(change_set, '')::uuid
        from (select to_jsonb(b) - skip as n, to_jsonb(w) - skip as o
            from became b join was w on w.user_id = b.user_id and w.id = b.id offset 0) x
        where x.o <> x.n;
    if found and change_set <> '' then perform public.note_change_set(); end if;
    return null;
end $$;

-- Rows that came or went. A deleted row is kept whole, so that undo puts it back as it was.
create function audit_whole_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
    me uuid := nullif(current_setting('app.current_user_id', true), '')::uuid;
    change_set text := current_setting('app.change_set_id', true);
    skip text[] := case TG_OP when 'INSERT' then public.audit_derived_columns() || string_to_array(TG_ARGV[2], ',')
        else '{user_id,search_vector,people_count,value_key}'::text[] end;
    keys text[] := string_to_array(TG_ARGV[1], ',');
    about text := case when TG_ARGV[0] = 'contacts' then 'id' else 'contact_id' end;
begin
    if me is null or not exists (select from rows_of_it) then return null; end if;
    insert into public.audit_logs (user_id, table_name, row_key, record_id, contact_id, action, old_values, new_values, session_id, ip_address, change_set_id)
        select me, TG_ARGV[0], (select jsonb_object_agg(k, x.whole -> k) from unnest(keys) k), (x.whole ->> 'id')::uuid, (x.whole ->> about)::uuid, TG_OP,
            case TG_OP when 'DELETE' then x.whole end, case TG_OP when 'INSERT' then x.whole end,
            nullif(current_setting('app.session_id', true), '')::uuid, nullif(current_setting('app.client_ip', true), '')::inet,
            nullif(change_set, '')::uuid
        from (select to_jsonb(r) - skip as whole from rows_of_it r offset 0) x;
    if change_set <> '' then perform public.note_change_set(); end if;
    return null;
end $$;

set local role kith_audit;
grant execute on function audit_row(), audit_import() to kith_owner;
set local role kith_owner;

-- Arguments as of audit_row: the logical table's name, its key columns, and further columns that are copies.
create or replace function audit_table(name text, keys text, copies text) returns void language plpgsql set search_path = pg_catalog, public as $$
declare
    arguments text := format('(%L, %L, %L)', name, keys, copies);
    is_partitioned boolean := (select relkind = 'p' from pg_class where oid = name::regclass);
begin
    execute format('create trigger audit_import after insert on %I for each statement when (app_import_id() is not null) execute function audit_import()', name);
    if is_partitioned then
        execute format('create trigger audit_insert after insert on %I for each row when (app_import_id() is null) execute function audit_row', name) || arguments;
        execute format('create trigger audit_change after update or delete on %I for each row execute function audit_row', name) || arguments;
        return;
    end if;
    execute format('create trigger audit_insert after insert on %I referencing new table as rows_of_it for each statement when (app_import_id() is null) execute function audit_whole_rows', name) || arguments;
    execute format('create trigger audit_delete after delete on %I referencing old table as rows_of_it for each statement execute function audit_whole_rows', name) || arguments;
    if keys = 'id' then
        execute format('create trigger audit_update after update on %I referencing old table as was new table as became for each statement execute function audit_changed_rows', name) || arguments;
    else
        execute format('create trigger audit_update after update on %I for each row execute function audit_row', name) || arguments;
    end if;
end $$;

do $$
declare name text; keys text; copies text;
begin
    for name, keys, copies in values ('contacts', 'id', 'email,phone,linkedin_url'), ('contact_methods', 'id', ''), ('contact_dates', 'id', ''),
        ('contact_extras', 'contact_id', ''), ('organizations', 'id', ''), ('contact_employments', 'id', ''), ('tags', 'id', ''),
        ('contact_tags', 'contact_id,tag_id', ''), ('interaction_participants', 'interaction_id,contact_id', 'occurred_at'),
        ('reminders', 'id', ''), ('ai_insights', 'id', '')
    loop
        execute format('drop trigger audit_insert on %I', name);
        execute format('drop trigger audit_import on %I', name);
        execute format('drop trigger audit_change on %I', name);
        perform audit_table(name, keys, copies);
    end loop;
end $$;

-- What an import saw last is no change of hers until it moves or goes.
drop trigger audit_change on contact_sources;
create trigger audit_update after update on contact_sources referencing old table as was new table as became
    for each statement execute function audit_changed_rows('contact_sources', 'id', '');
create trigger audit_delete after delete on contact_sources referencing old table as rows_of_it
    for each statement execute function audit_whole_rows('contact_sources', 'id', '');

-- Whether somebody is in the trash follows with her document: likewise once a statement.
drop trigger document_follows on contacts;
create or replace function contacts_document_follows() returns trigger
language plpgsql set search_path = pg_catalog, public set enable_nestloop = off as $$
declare moved uuid[]; lives boolean;
begin
    for lives, moved in select n.deleted_at is null, array_agg(n.id order by n.id) from became n join was w on w.user_id = n.user_id and w.id = n.id
        where (n.deleted_at is null) <> (w.deleted_at is null) group by 1
    loop
        update contact_search_documents d set is_live = lives where d.contact_id = any (moved);
    end loop;
    return null;
end $$;
create trigger document_follows after update on contacts referencing old table as was new table as became
    for each statement execute function contacts_document_follows();

revoke all on function audit_changed_rows(), audit_whole_rows() from public;
alter function audit_changed_rows() owner to kith_audit;
alter function audit_whole_rows() owner to kith_audit;
