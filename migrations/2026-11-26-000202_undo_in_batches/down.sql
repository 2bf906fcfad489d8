drop function undo_conflicts(uuid);
drop function undo_change_set(uuid);
drop function undo_end(uuid);
drop function undo_rows(uuid, uuid[]);
drop function undo_list_people(uuid);
drop function undo_begin(uuid);
drop function undo_import_rows(uuid, uuid, uuid[]);
drop function undo_inserts(uuid, text, uuid[]);
drop function undo_deletes(uuid, text, uuid[]);
drop function undo_updates(uuid, text, uuid[]);
drop function undo_log(uuid[]);
drop function undo_keys(text);
alter table change_sets drop column refused, drop column refused_count;
drop table undo_people;
create function undo_inserts(change_set uuid, name text) returns table (k jsonb, contact uuid, why text)
language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set enable_nestloop = off as $$
declare key text; in_use text;
begin
    select undo_key(array(select jsonb_object_keys(a.row_key))) into key from audit_logs a
        where a.change_set_id = change_set and a.table_name = name and a.action = 'INSERT' limit 1;
    if key is null then return; end if;
    in_use := case name
        when 'contacts' then 'exists (select from audit_logs l where l.contact_id = t.id and l.seq > c.seq and l.change_set_id is distinct from $1 and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id))'
        when 'organizations' then 'exists (select from contact_employments e where e.organization_id = t.id)'
        when 'tags' then 'exists (select from contact_tags e where e.tag_id = t.id)'
        when 'interactions' then 'false'
        when 'interaction_participants' then 'false'
        -- The parts of a person whom the set made and who stays, since somebody went on with her, stay with her.
        else 'exists (select from audit_logs p where p.change_set_id = $1 and p.table_name = ''contacts'' and p.action = ''INSERT'' and p.record_id = t.contact_id)
            and exists (select from audit_logs l where l.contact_id = t.contact_id and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id))' end;
    return query execute format($q$
        with logged as materialized (select a.row_key as k, a.contact_id, a.seq, a.action, a.new_values from audit_logs a
                where a.change_set_id = $1 and a.table_name = $2),
            edits as (select l.k, jsonb_object_agg(e.key, e.value order by l.seq) as v from logged l, jsonb_each(l.new_values) e where l.action = 'UPDATE' group by l.k),
            c as materialized (select distinct on (l.k) l.k, l.contact_id, l.seq, l.new_values || coalesce(e.v, '{}') as expected
                from logged l left join edits e on e.k = l.k where l.action = 'INSERT' order by l.k, l.seq desc),
            fate as materialized (select c.k, c.contact_id, case when not still_holds(to_jsonb(t), c.expected) then 'it was changed since'
                when %2$s then 'it is in use' end as why from c join %1$I t on %3$s),
            gone as (delete from %1$I t using fate where %3$s and fate.why is null)
        select fate.k, fate.contact_id, fate.why from fate where fate.why is not null$q$, name, in_use, key) using change_set, name;
end $$;
create function undo_deletes(change_set uuid, name text) returns table (k jsonb, contact uuid, why text)
language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set enable_nestloop = off as $$
declare key text; cols text;
begin
    select undo_key(array(select jsonb_object_keys(a.row_key))),
        (select string_agg(quote_ident(o), ', ') from jsonb_object_keys(a.old_values) o
            where exists (select from pg_attribute p where p.attrelid = name::regclass and p.attname = o and p.attnum > 0))
        into key, cols from audit_logs a
        where a.change_set_id = change_set and a.table_name = name and a.action = 'DELETE' limit 1;
    if key is null then return; end if;
    return query execute format($q$
        with logged as materialized (select a.row_key as k, a.contact_id, a.seq, a.action, a.old_values from audit_logs a
                where a.change_set_id = $1 and a.table_name = $2),
            made as (select l.k, min(l.seq) as seq from logged l where l.action = 'INSERT' group by l.k),
            c as materialized (select distinct on (l.k) l.k, l.contact_id, l.old_values from logged l left join made m on m.k = l.k
                where l.action = 'DELETE' and (m.seq is null or m.seq > l.seq)
                and not exists (select from %1$I t where %3$s) order by l.k, l.seq),
            fate as materialized (select c.k, c.contact_id, c.old_values, %4$s as whole from c, jsonb_populate_record(null::%1$I, c.old_values) r),
            back as (insert into %1$I (%5$s) select %5$s from (select r.* from fate, jsonb_populate_record(null::%1$I, fate.old_values) r where fate.whole) r
                on conflict do nothing returning to_jsonb(%1$I) as row)
        select fate.k, fate.contact_id, case when fate.whole then 'its name is taken' else 'what it belonged to is gone' end
        from fate left join (select (select jsonb_object_agg(n, back.row -> n) from unnest($3) n) as k from back) b on b.k = fate.k
        where b.k is null$q$, name, name, replace(key, '(k ', '(l.k '), undo_parents(name), cols)
        using change_set, name, (select array(select jsonb_object_keys(a.row_key)) from audit_logs a
            where a.change_set_id = change_set and a.table_name = name and a.action = 'DELETE' limit 1);
end $$;
create function undo_updates(change_set uuid, name text) returns table (k jsonb, contact uuid, why text)
language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set enable_nestloop = off as $$
declare key text; plan jsonb; part jsonb; cols text; refused text; found_rows jsonb;
begin
    select undo_key(array(select jsonb_object_keys(a.row_key))) into key from audit_logs a
        where a.change_set_id = change_set and a.table_name = name and a.action = 'UPDATE' limit 1;
    if key is null then return; end if;
    -- For each row the columns to restore with their old values, and the columns that were changed since.
    execute format($q$
        with logged as materialized (select a.row_key as k, coalesce(a.record_id::text, a.row_key::text) as who, a.contact_id, a.seq, a.action, a.old_values, a.new_values
                from audit_logs a where a.change_set_id = $1 and a.table_name = $2),
            made as (select who, min(seq) as seq from logged where action = 'INSERT' group by who),
            edits as (select l.who, (array_agg(l.k order by l.seq desc))[1] as k, (array_agg(l.contact_id))[1] as contact, e.key as col,
                    (array_agg(l.old_values -> e.key order by l.seq))[1] as was, (array_agg(e.value order by l.seq desc))[1] as became
                from logged l left join made m on m.who = l.who, jsonb_each(l.new_values) e
                where l.action = 'UPDATE' and (m.seq is null or m.seq > l.seq) group by l.who, e.key),
            seen as (select c.*, (select to_jsonb(t) from %1$I t where %3$s) as present from
                (select who, (array_agg(k))[1] as k, (array_agg(contact))[1] as contact, jsonb_object_agg(col, was) as was, jsonb_object_agg(col, became) as became
                    from edits group by who) c),
            judged as (select k, contact, present is null as gone,
                (select jsonb_object_agg(w.key, w.value) from jsonb_each(was) w where present -> w.key = became -> w.key) as restore,
                (select string_agg(b.key, ', ') from jsonb_each(became) b where present -> b.key <> b.value and present -> b.key <> was -> b.key) as changed
                from seen)
        select jsonb_agg(jsonb_build_object('k', k, 'contact', contact, 'gone', gone, 'restore', restore, 'changed', changed)) from judged$q$,
        name, name, key) into plan using change_set, name;
    return query select p -> 'k', (p ->> 'contact')::uuid,
            case when (p ->> 'gone')::boolean then 'it was deleted since' else (p ->> 'changed') || ' changed since' end
        from jsonb_array_elements(plan) p where (p ->> 'gone')::boolean or p ->> 'changed' is not null;
    -- One statement for all rows with the same columns.
    for cols, part in
        select c.names, jsonb_agg(p) from jsonb_array_elements(plan) p,
            lateral (select string_agg(quote_ident(o), ', ' order by o) as names from jsonb_object_keys(nullif(p -> 'restore', 'null')) o) c
        where c.names is not null group by c.names
    loop
        begin
            execute format('update %1$I t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$I, c.restore)) '
                'from (select p -> ''k'' as k, p -> ''restore'' as restore from jsonb_array_elements($1) p) c where %3$s', name, cols, key) using part;
        exception when unique_violation or foreign_key_violation then
            for found_rows in select p from jsonb_array_elements(part) p loop
                begin
                    execute format('update %1$I t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$I, c.restore)) '
                        'from (select $1 -> ''k'' as k, $1 -> ''restore'' as restore) c where %3$s', name, cols, key) using found_rows;
                exception when unique_violation then
                    return query select found_rows -> 'k', (found_rows ->> 'contact')::uuid, 'its name is taken';
                when foreign_key_violation then
                    return query select found_rows -> 'k', (found_rows ->> 'contact')::uuid, 'what it belonged to is gone';
                end;
            end loop;
        end;
    end loop;
end $$;
create function undo_import_rows(import uuid, change_set uuid) returns setof uuid
language plpgsql set search_path = pg_catalog, public set enable_nestloop = off as $$
declare kept uuid[]; edited uuid[]; since timestamptz; t text; rest uuid[];
begin
    select created_at into since from imports where id = import;
    -- Rows about somebody that other change sets, which stand, have changed.
    select coalesce(array_agg(distinct a.contact_id), '{}'), coalesce(array_agg(distinct a.record_id), '{}') into kept, edited
        from audit_logs a left join change_sets s on s.id = a.change_set_id
        where a.created_at >= coalesce(since, '-infinity') and a.change_set_id is distinct from change_set
            and s.undone_at is null and s.undoes is null;
    select coalesce(array_agg(c.id), '{}') into kept from contacts c where c.import_id = import and c.id = any (kept);
    select array_agg(c.id) into rest from contacts c where c.import_id = import and c.id <> all (kept);
    foreach t in array array['contact_tags', 'contact_employments', 'contact_dates', 'contact_methods', 'contact_extras'] loop
        execute format('delete from %I r where r.import_id = $1 and not exists (select from unnest($2) k where k = r.contact_id)%s', t,
            case when t in ('contact_tags', 'contact_extras') then '' else ' and not exists (select from unnest($3) k where k = r.id)' end)
            using import, kept, edited;
    end loop;
    update contact_sources set contact_id = null where contact_id = any (rest);
    delete from contacts c where c.id = any (rest);
    return query select unnest(kept);
end $$;
create function undo_change_set(change_set uuid)
returns table (kind text, table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare undone change_sets; import uuid; name text; names text[] := undo_tables(); round int; kept uuid; refused jsonb; r record; mine uuid := app_change_set_id();
begin
    select * into undone from change_sets where id = change_set for update;
    if not found or undone.undone_at is not null or mine is null or mine = change_set then return; end if;
    perform note_change_set();
    import := case when undone.undoes is null then undone.import_id end;
    if import is not null then
        for kept in select * from undo_import_rows(import, change_set) loop
            return query select 'conflict', 'contacts', jsonb_build_object('id', kept), kept, 'it was changed since';
        end loop;
    end if;
    for round in 1..2 loop
        refused := '[]';
        for r in select t.name, t.place from unnest(names) with ordinality t(name, place)
            where exists (select from audit_logs a where a.change_set_id = change_set and a.table_name = t.name and a.action = 'INSERT') order by t.place desc loop
            refused := refused || coalesce((select jsonb_agg(jsonb_build_object('t', r.name, 'k', u.k, 'c', u.contact, 'w', u.why)) from undo_inserts(change_set, r.name) u), '[]');
        end loop;
        for r in select t.name, t.place from unnest(names) with ordinality t(name, place)
            where exists (select from audit_logs a where a.change_set_id = change_set and a.table_name = t.name and a.action = 'DELETE') order by t.place loop
            refused := refused || coalesce((select jsonb_agg(jsonb_build_object('t', r.name, 'k', u.k, 'c', u.contact, 'w', u.why)) from undo_deletes(change_set, r.name) u), '[]');
        end loop;
        for r in select t.name, t.place from unnest(names) with ordinality t(name, place)
            where exists (select from audit_logs a where a.change_set_id = change_set and a.table_name = t.name and a.action = 'UPDATE') order by t.place loop
            refused := refused || coalesce((select jsonb_agg(jsonb_build_object('t', r.name, 'k', u.k, 'c', u.contact, 'w', u.why)) from undo_updates(change_set, r.name) u), '[]');
        end loop;
        exit when refused = '[]';
    end loop;
    if import is not null then perform undo_import_groups(import, change_set); end if;
    return query select 'conflict', x ->> 't', x -> 'k', (x ->> 'c')::uuid, x ->> 'w' from jsonb_array_elements(refused) x;
    update change_sets set undone_at = now(), undone_by = mine where id = change_set;
    update change_sets set kind = 'undo', undoes = change_set, import_id = undone.import_id where id = mine;
    if undone.undoes is not null then
        update change_sets set undone_at = null, undone_by = null where id = undone.undoes;
    end if;
    if undone.import_id is not null then
        update imports set state = case when import is not null then 'undone' else 'done' end where id = undone.import_id and state in ('done', 'undone', 'cancelled', 'failed');
    end if;
    return query select distinct 'touched', 'contacts', jsonb_build_object('id', l.contact_id), l.contact_id, ''
        from audit_logs l where l.change_set_id = mine and l.contact_id is not null;
end $$;
-- What an undo could not take back, found out by doing it and leaving nothing of it: the variable outlives the
-- subtransaction, its changes do not.
create function undo_conflicts(change_set uuid)
returns table (table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
declare found_conflicts jsonb;
begin
    begin
        select jsonb_agg(to_jsonb(u)) into found_conflicts from undo_change_set(change_set) u where u.kind = 'conflict';
        raise exception 'nothing of it is to stay' using errcode = 'KT000';
    exception when sqlstate 'KT000' then null;
    end;
    return query select c ->> 'table_name', c -> 'row_key', (c ->> 'contact_id')::uuid, c ->> 'reason'
        from jsonb_array_elements(found_conflicts) c;
end $$;
do $$
declare f regprocedure;
begin
    for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
        and p.proname in ('undo_change_set', 'undo_conflicts', 'undo_import_rows', 'undo_inserts', 'undo_deletes', 'undo_updates') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
    end loop;
end $$;
