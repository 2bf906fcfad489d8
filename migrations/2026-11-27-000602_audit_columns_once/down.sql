set local role kith_audit;
create or replace function audit_changed_rows() returns trigger
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
set local role kith_owner;
-- Restores the columns of updated rows that still have the value the set gave them. Answers with what it could not restore.
create or replace function undo_updates(change_set uuid, name text, people uuid[]) returns table (k jsonb, contact uuid, why text)
language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set enable_nestloop = off as $$
declare key text := undo_key(undo_keys(name)); plan jsonb; part jsonb; cols text; refused text; found_rows jsonb;
begin
    -- For each row the columns to restore with their old values, and the columns that were changed since.
    execute format($q$
        with logged as materialized (select a.row_key as k, coalesce(a.record_id::text, a.row_key::text) as who, a.contact_id, a.seq, a.action, a.old_values, a.new_values
                from %4$s a where a.change_set_id = $1 and a.table_name = $2),
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
        name, name, key, undo_log(people)) into plan using change_set, name, people;
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
do $$
begin
    execute replace(pg_get_functiondef('undo_inserts(uuid, text, uuid[])'::regprocedure),
        $q$else 't.contact_id in (select p.contact_id from audit_logs p where p.change_set_id = $1 and p.table_name = ''contacts'' and p.action = ''INSERT'')$q$,
        $q$else 'exists (select from audit_logs p where p.change_set_id = $1 and p.table_name = ''contacts'' and p.action = ''INSERT'' and p.contact_id = t.contact_id)$q$);
end $$;
