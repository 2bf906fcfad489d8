-- Taking back what concerns a hundred thousand people takes minutes: it is a job that works through a list of them, each
-- batch in a transaction of its own, so that nobody waits for its locks, it says how far it is, and a killed one goes on.
-- What concerns a few thousand is taken back within the request, by the same functions in one go.
-- A change set with `undone_by` and without `undone_at` is being taken back.
create table undo_people (
    user_id uuid not null,
    change_set_id uuid not null,
    contact_id uuid not null,
    primary key (user_id, change_set_id, contact_id),
    constraint undo_people_change_set_fkey foreign key (user_id, change_set_id) references change_sets on delete cascade
);
select secure_tenant_table('undo_people');
comment on table undo_people is 'Whom a change set that is being taken back still has to be taken back for.';
comment on column undo_people.user_id is 'The owner.';
comment on column undo_people.change_set_id is 'What is being taken back.';
comment on column undo_people.contact_id is 'Whom one of the next batches is about; she may be gone already.';
alter table change_sets add column refused jsonb not null default '[]';
alter table change_sets add column refused_count int not null default 0;
comment on column change_sets.refused is 'Of an undo: what it could not take back, as names and reasons; the first few hundred.';
comment on column change_sets.refused_count is 'Of an undo: how many it could not take back.';

drop function undo_conflicts(uuid);
drop function undo_change_set(uuid);
drop function undo_import_rows(uuid, uuid);
drop function undo_inserts(uuid, text);
drop function undo_deletes(uuid, text);
drop function undo_updates(uuid, text);

create function undo_keys(name text) returns text[] language sql immutable parallel safe
    as $$ select case name when 'contact_tags' then '{contact_id,tag_id}' when 'interaction_participants' then '{interaction_id,contact_id}'
        when 'contact_extras' then '{contact_id}' when 'interactions' then '{id,occurred_at}' else '{id}' end::text[] $$;

-- Which rows of the log are meant: null for all, an empty array for those about nobody, else those about these people,
-- who are sought by the log's index of people and not among the million rows of the change set.
create function undo_log(people uuid[]) returns text language sql immutable parallel safe
    as $$ select case when people is null then 'audit_logs'
        when cardinality(people) = 0 then '(select * from audit_logs where change_set_id = $1 and contact_id is null)'
        else '(select * from audit_logs where contact_id = any ($3) offset 0)' end $$;

-- Deletes what the set inserted and is as it left it. Answers with the keys that it could not delete.
create function undo_inserts(change_set uuid, name text, people uuid[]) returns table (k jsonb, contact uuid, why text)
language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set enable_nestloop = off as $$
declare key text := undo_key(undo_keys(name)); in_use text;
begin
    in_use := case name
        when 'contacts' then 'exists (select from audit_logs l where l.contact_id = t.id and l.seq > c.seq and l.change_set_id is distinct from $1 and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id))'
        when 'organizations' then 'exists (select from contact_employments e where e.organization_id = t.id)'
        when 'tags' then 'exists (select from contact_tags e where e.tag_id = t.id)'
        when 'interactions' then 'false'
        when 'interaction_participants' then 'false'
        -- The parts of a person whom the set made and who stays, since somebody went on with her, stay with her.
        else 'exists (select from audit_logs p where p.change_set_id = $1 and p.table_name = ''contacts'' and p.action = ''INSERT'' and p.contact_id = t.contact_id)
            and exists (select from audit_logs l where l.contact_id = t.contact_id and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id))' end;
    return query execute format($q$
        with logged as materialized (select a.row_key as k, a.contact_id, a.seq, a.action, a.new_values from %4$s a
                where a.change_set_id = $1 and a.table_name = $2),
            edits as (select l.k, jsonb_object_agg(e.key, e.value order by l.seq) as v from logged l, jsonb_each(l.new_values) e where l.action = 'UPDATE' group by l.k),
            c as materialized (select distinct on (l.k) l.k, l.contact_id, l.seq, l.new_values || coalesce(e.v, '{}') as expected
                from logged l left join edits e on e.k = l.k where l.action = 'INSERT' order by l.k, l.seq desc),
            fate as materialized (select c.k, c.contact_id, case when not still_holds(to_jsonb(t), c.expected) then 'it was changed since'
                when %2$s then 'it is in use' end as why from c join %1$I t on %3$s),
            gone as (delete from %1$I t using fate where %3$s and fate.why is null)
        select fate.k, fate.contact_id, fate.why from fate where fate.why is not null$q$, name, in_use, key, undo_log(people)) using change_set, name, people;
end $$;

-- Inserts what the set deleted, if all that it pointed at is there. Answers with the keys that it could not insert.
create function undo_deletes(change_set uuid, name text, people uuid[]) returns table (k jsonb, contact uuid, why text)
language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set enable_nestloop = off as $$
declare key text := undo_key(undo_keys(name)); cols text;
begin
    execute format($q$select (select string_agg(quote_ident(o), ', ') from jsonb_object_keys(a.old_values) o
            where exists (select from pg_attribute p where p.attrelid = $2::regclass and p.attname = o and p.attnum > 0))
        from %s a where a.change_set_id = $1 and a.table_name = $2 and a.action = 'DELETE' limit 1$q$, undo_log(people))
        into cols using change_set, name, people;
    if cols is null then return; end if;
    return query execute format($q$
        with logged as materialized (select a.row_key as k, a.contact_id, a.seq, a.action, a.old_values from %6$s a
                where a.change_set_id = $1 and a.table_name = $2),
            made as (select l.k, min(l.seq) as seq from logged l where l.action = 'INSERT' group by l.k),
            c as materialized (select distinct on (l.k) l.k, l.contact_id, l.old_values from logged l left join made m on m.k = l.k
                where l.action = 'DELETE' and (m.seq is null or m.seq > l.seq)
                and not exists (select from %1$I t where %3$s) order by l.k, l.seq),
            fate as materialized (select c.k, c.contact_id, c.old_values, %4$s as whole from c, jsonb_populate_record(null::%1$I, c.old_values) r),
            back as (insert into %1$I (%5$s) select %5$s from (select r.* from fate, jsonb_populate_record(null::%1$I, fate.old_values) r where fate.whole) r
                on conflict do nothing returning to_jsonb(%1$I) as row)
        select fate.k, fate.contact_id, case when fate.whole then 'its name is taken' else 'what it belonged to is gone' end
        from fate left join (select (select jsonb_object_agg(n, back.row -> n) from unnest($4) n) as k from back) b on b.k = fate.k
        where b.k is null$q$, name, name, replace(key, '(k ', '(l.k '), undo_parents(name), cols, undo_log(people))
        using change_set, name, people, undo_keys(name);
end $$;

-- Restores the columns of updated rows that still have the value the set gave them. Answers with what it could not restore.
create function undo_updates(change_set uuid, name text, people uuid[]) returns table (k jsonb, contact uuid, why text)
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

-- Deletes what an import inserted for these people, or for all, and nobody edited since; whoever it added goes whole, and
-- where she was last seen stays, so that no later file revives her. Answers with those who were edited and stay.
create function undo_import_rows(import uuid, change_set uuid, people uuid[]) returns setof uuid
language plpgsql set search_path = pg_catalog, public set enable_nestloop = off as $$
declare touched uuid[]; edited uuid[]; kept uuid[]; since timestamptz; t text;
begin
    select created_at into since from imports where id = import;
    -- What other change sets, which stand, have changed.
    execute format($q$select coalesce(array_agg(distinct a.contact_id), '{}'), coalesce(array_agg(distinct a.record_id), '{}')
        from %s a left join change_sets s on s.id = a.change_set_id
        where a.created_at >= coalesce($2, '-infinity') and a.change_set_id is distinct from $1
            and s.undone_at is null and s.undoes is null$q$, undo_log(people)) into touched, edited using change_set, since, people;
    select coalesce(array_agg(c.id), '{}') into kept from contacts c
        where c.import_id = import and c.id = any (touched) and (people is null or c.id = any (people));
    delete from contacts c where c.import_id = import and (people is null or c.id = any (people))
        and not exists (select from unnest(kept) k where k = c.id);
    foreach t in array array['contact_tags', 'contact_employments', 'contact_dates', 'contact_methods', 'contact_extras'] loop
        execute format('delete from %I r where r.import_id = $1 and ($4 is null or r.contact_id = any ($4)) and not exists (select from unnest($2) k where k = r.contact_id)%s', t,
            case when t in ('contact_tags', 'contact_extras') then '' else ' and not exists (select from unnest($3) k where k = r.id)' end)
            using import, kept, edited, people;
    end loop;
    return query select unnest(kept);
end $$;

-- Begins to take a change set back by the change set of this transaction. False where there is nothing to take back, or
-- it is being done.
create function undo_begin(change_set uuid) returns boolean
language plpgsql set search_path = pg_catalog, public as $$
declare undone change_sets; mine uuid := app_change_set_id();
begin
    select * into undone from change_sets where id = change_set for update;
    if not found or undone.undone_by is not null or mine is null or mine = change_set then return false; end if;
    perform note_change_set();
    update change_sets set undone_by = mine where id = change_set;
    update change_sets set kind = 'undo', undoes = change_set, import_id = undone.import_id where id = mine;
    return true;
end $$;

-- Lists whom it is about, and puts back what the rows of people will point at.
create function undo_list_people(change_set uuid) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare import uuid := (select import_id from change_sets where id = change_set and undoes is null);
begin
    insert into undo_people (change_set_id, contact_id)
        select change_set, x.contact_id from (
            select a.contact_id from audit_logs a where a.change_set_id = change_set and a.contact_id is not null
            union select c.id from contacts c where c.import_id = import
            union select r.contact_id from contact_tags r where r.import_id = import
            union select r.contact_id from contact_employments r where r.import_id = import
            union select r.contact_id from contact_dates r where r.import_id = import
            union select r.contact_id from contact_methods r where r.import_id = import
            union select r.contact_id from contact_extras r where r.import_id = import) x
        on conflict do nothing;
    perform undo_deletes(change_set, 'organizations', '{}');
    perform undo_deletes(change_set, 'tags', '{}');
end $$;

-- Takes back what concerns these people, or nobody (`{}`), or all (null), as far as nobody went on from it. Answers with
-- what stays. What did not go because something else of the same set stood in its way is tried a second time.
create function undo_rows(change_set uuid, people uuid[])
returns table (table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare import uuid; names text[] := undo_tables(); deeds text[]; round int; kept uuid; refused jsonb; name text;
begin
    select s.import_id into import from change_sets s where s.id = change_set and s.undoes is null;
    if import is not null and (people is null or cardinality(people) > 0) then
        for kept in select * from undo_import_rows(import, change_set, people) loop
            return query select 'contacts', jsonb_build_object('id', kept), kept, 'it was changed since';
        end loop;
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

create function undo_end(change_set uuid) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare undone change_sets; is_import boolean;
begin
    update change_sets set undone_at = now() where id = change_set and undone_by = app_change_set_id() and undone_at is null returning * into undone;
    if not found then return; end if;
    is_import := undone.import_id is not null and undone.undoes is null;
    if is_import then perform undo_import_groups(undone.import_id, change_set); end if;
    update change_sets set undone_at = null, undone_by = null where id = undone.undoes;
    -- One that was cancelled was never whole: taken back, it stays cancelled.
    update imports set state = case when is_import then 'undone' else 'done' end
        where id = undone.import_id and state in ('done', 'undone', 'failed', case when not is_import then 'cancelled' end);
end $$;

-- All of it in one transaction.
create function undo_change_set(change_set uuid)
returns table (kind text, table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
#variable_conflict use_column
begin
    if not undo_begin(change_set) then return; end if;
    return query select 'conflict', u.table_name, u.row_key, u.contact_id, u.reason from undo_rows(change_set, null) u;
    perform undo_end(change_set);
    return query select distinct 'touched', 'contacts', jsonb_build_object('id', l.contact_id), l.contact_id, ''
        from audit_logs l where l.change_set_id = app_change_set_id() and l.contact_id is not null;
end $$;
comment on function undo_change_set(uuid) is 'Takes back what still stands as the change set left it; returns a row for each conflict and for each contact touched.';

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
comment on function undo_conflicts(uuid) is 'What undo_change_set could not take back now; changes nothing.';
do $$
declare f regprocedure;
begin
    for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
        and p.proname in ('undo_change_set', 'undo_conflicts', 'undo_begin', 'undo_list_people', 'undo_rows', 'undo_end', 'undo_import_rows',
            'undo_inserts', 'undo_deletes', 'undo_updates') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
    end loop;
end $$;
