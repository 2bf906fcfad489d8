-- Locks everybody whom an undo is about before it changes anybody, in the order of ids as whoever else changes many does: with the job
-- that makes documents anew it locked one person each that the other wanted, and one of them had to begin again.
create or replace function undo_rows(change_set uuid, people uuid[])
 returns table(table_name text, row_key jsonb, contact_id uuid, reason text)
 language plpgsql set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare import uuid; names text[] := undo_tables(); deeds text[]; round int; kept uuid; refused jsonb; name text;
begin
    perform from contacts c where c.id = any (coalesce(people, array(select a.contact_id from audit_logs a where a.change_set_id = change_set)))
        order by c.id for no key update;
    select s.import_id into import from change_sets s where s.id = change_set and s.undoes is null;
    if import is not null and (people is null or cardinality(people) > 0) then
        for kept in select * from undo_import_rows(import, change_set, people) loop
            return query select 'contacts', jsonb_build_object('id', kept), kept, 'it was changed since';
        end loop;
    end if;
    if import is not null and (people is null or cardinality(people) = 0) then
        return query select 'interactions', jsonb_build_object('id', n.id, 'occurred_at', n.occurred_at), null::uuid, 'it was changed since'
            from undo_import_kept(import, change_set) n;
    end if;
    execute format('select array_agg(distinct a.action || '' '' || a.table_name) from %s a where a.change_set_id = $1', undo_log(people))
        into deeds using change_set, '', people;
    for round in 1..2 loop
        refused := '[]';
        for name in select n from unnest(names) with ordinality t(n, place) where 'INSERT ' || n = any (deeds) order by place desc loop
            refused := refused || coalesce((select jsonb_agg(jsonb_build_object('t', name, 'k', u.k, 'c', u.contact, 'w', u.why)) from undo_inserts(change_set, name, people) u), '[]');
        end loop;
        for name in select n from unnest(names) with ordinality t(n, place) where 'DELETE ' || n = any (deeds) order by place loop
            refused := refused || coalesce((select jsonb_agg(jsonb_build_object('t', name, 'k', u.k, 'c', u.contact, 'w', u.why)) from undo_deletes(change_set, name, people) u), '[]');
        end loop;
        for name in select n from unnest(names) with ordinality t(n, place) where 'UPDATE ' || n = any (deeds) order by place loop
            refused := refused || coalesce((select jsonb_agg(jsonb_build_object('t', name, 'k', u.k, 'c', u.contact, 'w', u.why)) from undo_updates(change_set, name, people) u), '[]');
        end loop;
        exit when refused = '[]';
    end loop;
    return query select x ->> 't', x -> 'k', (x ->> 'c')::uuid, x ->> 'w' from jsonb_array_elements(refused) x;
end $$;
