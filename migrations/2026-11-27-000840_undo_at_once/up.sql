-- Takes back in one statement for each set of columns what a set did to rows that are still as it left them: parts of an
-- account by their ids alone, each changed once. Answers whether nothing is left to be done; what is judged row by row after it
-- finds as they were those that it did. Ten thousand people took twice as long by way of a JSON plan.
create function undo_at_once(change_set uuid, name text, people uuid[]) returns boolean
 language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set enable_nestloop = off as $$
declare log text := format('%s a where a.change_set_id = $1 and a.table_name = $2', undo_log(people)); shape text[]; columns text; types text;
    logged bigint; is_plain boolean; restored bigint; left_over bigint;
begin
    if undo_keys(name) <> '{id}' then return false; end if;
    -- Somebody whom it took out of the trash goes back only if nobody went on with her.
    execute format('select count(*), count(*) = count(distinct a.record_id) and bool_and(a.action = ''UPDATE'' and a.old_values ->> ''deleted_at'' is null) from %s', log)
        into logged, is_plain using change_set, name, people;
    if not is_plain then return false; end if;
    left_over := logged;
    for shape in execute format('select distinct array(select jsonb_object_keys(a.new_values) order by 1) from %s', log) using change_set, name, people loop
        select string_agg(quote_ident(attname), ', '), string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ') into columns, types
            from pg_attribute where attrelid = name::regclass and attname = any (shape) and attnum > 0 having count(*) = cardinality(shape);
        continue when columns is null;
        execute format('update %1$I t set (%2$s) = row(%3$s) from %5$s, jsonb_to_record(a.old_values) was(%4$s), jsonb_to_record(a.new_values) became(%4$s) '
            'where a.change_set_id = $1 and a.table_name = $2 and array(select jsonb_object_keys(a.new_values) order by 1) = $4 '
            'and t.id = a.record_id and t.id = any (array(select a.record_id from %6$s)) and (%7$s) is not distinct from (%8$s)', name, columns,
            regexp_replace(columns, '(^|, )', '\1was.', 'g'), types, undo_log(people) || ' a', log,
            regexp_replace(columns, '(^|, )', '\1t.', 'g'), regexp_replace(columns, '(^|, )', '\1became.', 'g')) using change_set, name, people, shape;
        get diagnostics restored = row_count;
        left_over := left_over - restored;
    end loop;
    return left_over = 0;
exception when unique_violation or foreign_key_violation or check_violation then
    return false;
end $$;

-- As before, behind that.
create or replace function undo_updates(change_set uuid, name text, people uuid[])
 returns table(k jsonb, contact uuid, why text)
 language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set enable_nestloop = off as $$
declare key text := undo_key(undo_keys(name)); plan jsonb; part jsonb; cols text; refused text; found_rows jsonb; held text;
    narrow text := case when undo_keys(name) = '{id}' then 't.id = any (array(select (p -> ''k'' ->> ''id'')::uuid from jsonb_array_elements($1) p)) and ' else '' end;
begin
    if undo_at_once(change_set, name, people) then return; end if;
    execute format('select string_agg(format(''%%1$L, t.%%1$I'', o), '', '') from (select distinct jsonb_object_keys(a.new_values) as o
            from %s a where a.change_set_id = $1 and a.table_name = $2 and a.action = ''UPDATE'') c
        join pg_attribute p on p.attrelid = $2::regclass and p.attname = o and p.attnum > 0', undo_log(people)) into held using change_set, name, people;
    -- For each row the columns to restore with their old values, and the columns that were changed since.
    execute format($q$
        with logged as materialized (select a.row_key as k, coalesce(a.record_id::text, a.row_key::text) as who, a.contact_id, a.seq, a.action, a.old_values, a.new_values
                from %4$s a where a.change_set_id = $1 and a.table_name = $2),
            made as (select who, min(seq) as seq from logged where action = 'INSERT' group by who),
            edits as (select l.who, (array_agg(l.k order by l.seq desc))[1] as k, (array_agg(l.contact_id))[1] as contact, e.key as col,
                    (array_agg(l.old_values -> e.key order by l.seq))[1] as was, (array_agg(e.value order by l.seq desc))[1] as became, max(l.seq) as seq
                from logged l left join made m on m.who = l.who, jsonb_each(l.new_values) e
                where l.action = 'UPDATE' and (m.seq is null or m.seq > l.seq) group by l.who, e.key),
            seen as materialized (select c.*, (select jsonb_build_object(%5$s) from %1$I t where %3$s) as present, %6$s as edited from
                (select who, (array_agg(k))[1] as k, (array_agg(contact))[1] as contact, jsonb_object_agg(col, was) as was, jsonb_object_agg(col, became) as became, max(seq) as seq
                    from edits group by who) c),
            judged as (select k, contact, present is null as gone, edited,
                (select jsonb_object_agg(w.key, w.value) from jsonb_each(was) w where present -> w.key = became -> w.key and not (edited and w.key = 'deleted_at')) as restore,
                (select string_agg(b.key, ', ') from jsonb_each(became) b where present -> b.key <> b.value and present -> b.key <> was -> b.key) as changed
                from seen)
        select jsonb_agg(jsonb_build_object('k', k, 'contact', contact, 'gone', gone, 'edited', edited, 'restore', restore, 'changed', changed)) from judged$q$,
        name, name, key, undo_log(people), coalesce(held, ''), case name when 'contacts' then $e$(c.was ->> 'deleted_at' is not null and exists (select from audit_logs l
                where l.contact_id = c.contact and l.seq > c.seq and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id)))$e$ else 'false' end) into plan using change_set, name, people;
    return query select p -> 'k', (p ->> 'contact')::uuid,
            case when (p ->> 'gone')::boolean then 'it was deleted since' when (p ->> 'edited')::boolean then 'it was changed since' else (p ->> 'changed') || ' changed since' end
        from jsonb_array_elements(plan) p where (p ->> 'gone')::boolean or (p ->> 'edited')::boolean or p ->> 'changed' is not null;
    -- One statement for all rows with the same columns.
    for cols, part in
        select c.names, jsonb_agg(p) from jsonb_array_elements(plan) p,
            lateral (select string_agg(quote_ident(o), ', ' order by o) as names from jsonb_object_keys(nullif(p -> 'restore', 'null')) o) c
        where c.names is not null group by c.names
    loop
        begin
            execute format('update %1$I t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$I, c.restore)) '
                'from (select p -> ''k'' as k, p -> ''restore'' as restore from jsonb_array_elements($1) p) c where %4$s%3$s', name, cols, key, narrow) using part;
        exception when unique_violation or foreign_key_violation or check_violation then
            for found_rows in select p from jsonb_array_elements(part) p loop
                begin
                    execute format('update %1$I t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$I, c.restore)) '
                        'from (select $1 -> ''k'' as k, $1 -> ''restore'' as restore) c where %3$s', name, cols, key) using found_rows;
                exception when check_violation then
                    return query select found_rows -> 'k', (found_rows ->> 'contact')::uuid, 'it was changed since';
                when unique_violation then
                    return query select found_rows -> 'k', (found_rows ->> 'contact')::uuid, 'its name is taken';
                when foreign_key_violation then
                    return query select found_rows -> 'k', (found_rows ->> 'contact')::uuid, 'what it belonged to is gone';
                end;
            end loop;
        end;
    end loop;
end $$;
revoke all on function undo_at_once(uuid, text, uuid[]) from public;
grant execute on function undo_at_once(uuid, text, uuid[]) to kith_app;
