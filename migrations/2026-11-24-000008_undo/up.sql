-- Taking a change set back, in the transaction and the change set of whoever asks; row security is on throughout.

create function row_matches(row_key jsonb) returns text language sql immutable parallel safe set search_path = pg_catalog, public as $$
    select string_agg(format('%I = %L', key, value), ' and ' order by key) from jsonb_each_text(row_key) $$;

-- What an import inserted and nobody has edited since; returns the contacts that were edited and therefore stay.
create function undo_import_rows(import uuid, change_set uuid) returns setof uuid
language plpgsql set search_path = pg_catalog, public as $$
declare kept uuid[];
begin
    select coalesce(array_agg(c.id), '{}') into kept from contacts c where c.import_id = import and exists (
        select from audit_logs a where a.contact_id = c.id and a.change_set_id is distinct from change_set
            and not exists (select from change_sets s where s.id = a.change_set_id and (s.undone_at is not null or s.undoes is not null)));
    delete from contact_tags r where r.import_id = import and r.contact_id <> all (kept);
    delete from contact_employments r where r.import_id = import and r.contact_id <> all (kept);
    delete from contact_dates r where r.import_id = import and r.contact_id <> all (kept);
    delete from contact_methods r where r.import_id = import and r.contact_id <> all (kept);
    delete from contact_extras r where r.import_id = import and r.contact_id <> all (kept);
    delete from contacts c where c.import_id = import and c.id <> all (kept);
    delete from organizations o where o.import_id = import and not exists (select from contact_employments e where e.organization_id = o.id);
    delete from tags t where t.import_id = import and not exists (select from contact_tags ct where ct.tag_id = t.id);
    return query select unnest(kept);
end $$;

-- One logged row taken back; null, or why not.
create function undo_row(a audit_logs) returns text
language plpgsql set search_path = pg_catalog, public as $$
declare present jsonb; part jsonb; col text; cols text; conflict text; done boolean;
begin
    if a.table_name not in ('contacts', 'contact_methods', 'contact_dates', 'contact_extras', 'organizations', 'contact_employments', 'tags',
        'contact_tags', 'contact_sources', 'interactions', 'interaction_participants', 'reminders', 'ai_insights') then
        raise exception 'no undo for %', a.table_name;
    end if;
    execute format('select to_jsonb(t) from %I t where %s', a.table_name, row_matches(a.row_key)) into present;
    if a.action = 'DELETE' then
        if present is not null then return 'it is there again already'; end if;
        select string_agg(quote_ident(key), ', ') into cols from jsonb_object_keys(a.old_values) key;
        begin
            execute format('insert into %1$I (%2$s) select %2$s from jsonb_populate_record(null::%1$I, $1) on conflict do nothing returning true', a.table_name, cols)
                into done using a.old_values;
        exception when foreign_key_violation then return 'what it belonged to is gone';
        end;
        return case when done then null else 'its name is taken' end;
    end if;
    if present is null then return case when a.action = 'INSERT' then null else 'it was deleted since' end; end if;
    if a.action = 'INSERT' then
        if exists (select from jsonb_each(a.new_values) v where present -> v.key is distinct from v.value) then return 'it was changed since'; end if;
        if a.table_name = 'contacts' and exists (select from audit_logs l where l.contact_id = a.contact_id and l.seq > a.seq
            and l.change_set_id is distinct from a.change_set_id) then return 'it was changed since'; end if;
        if a.table_name = 'organizations' and exists (select from contact_employments where organization_id = a.record_id)
            or a.table_name = 'tags' and exists (select from contact_tags where tag_id = a.record_id) then return 'it is in use'; end if;
        execute format('delete from %I where %s', a.table_name, row_matches(a.row_key));
        return null;
    end if;
    part := '{}';
    for col in select jsonb_object_keys(a.new_values) loop
        if present -> col is not distinct from a.new_values -> col then
            part := part || jsonb_build_object(col, a.old_values -> col);
        else
            conflict := concat_ws(', ', conflict, col);
        end if;
    end loop;
    if part <> '{}' then
        select string_agg(quote_ident(key), ', ') into cols from jsonb_object_keys(part) key;
        begin
            execute format('update %1$I set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$I, $1)) where %3$s',
                a.table_name, case when cols like '%, %' then cols else cols || '' end, row_matches(a.row_key)) using part;
        exception when unique_violation then return 'its name is taken';
        end;
    end if;
    return case when conflict is null then null else conflict || ' changed since' end;
end $$;

create function undo_change_set(change_set uuid)
returns table (kind text, table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare undone change_sets; a audit_logs; why text; kept uuid;
begin
    select * into undone from change_sets where id = change_set for update;
    if not found or undone.undone_at is not null then return; end if;
    perform note_change_set();
    for a in select * from audit_logs where change_set_id = change_set order by seq desc loop
        why := undo_row(a);
        if why is not null then
            return query select 'conflict', a.table_name::text, a.row_key, a.contact_id, why;
        end if;
    end loop;
    if undone.import_id is not null and undone.undoes is null then
        for kept in select * from undo_import_rows(undone.import_id, change_set) loop
            return query select 'conflict', 'contacts', jsonb_build_object('id', kept), kept, 'it was changed since';
        end loop;
    end if;
    update change_sets set undone_at = now(), undone_by = app_change_set_id() where id = change_set;
    update change_sets set kind = 'undo', undoes = change_set, import_id = undone.import_id where id = app_change_set_id();
    if undone.undoes is not null then
        update change_sets set undone_at = null, undone_by = null where id = undone.undoes;
    end if;
    if undone.import_id is not null then
        update imports set state = case when undone.undoes is null then 'undone' else 'done' end where id = undone.import_id and state in ('done', 'undone', 'cancelled', 'failed');
    end if;
    return query select distinct 'touched', 'contacts', jsonb_build_object('id', l.contact_id), l.contact_id, ''
        from audit_logs l where l.change_set_id in (change_set, app_change_set_id()) and l.contact_id is not null;
end $$;
comment on function undo_change_set(uuid) is 'Takes back what still stands as the change set left it; returns a row for each conflict and for each contact touched.';
do $$
declare f regprocedure;
begin
    foreach f in array array['undo_change_set(uuid)'::regprocedure, 'undo_import_rows(uuid, uuid)'::regprocedure] loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
    end loop;
    grant execute on function undo_row(audit_logs), row_matches(jsonb) to kith_app;
end $$;
