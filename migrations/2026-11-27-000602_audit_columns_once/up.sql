-- Which columns a statement changed is asked of the columns themselves, and only those are written as JSON: turning both
-- rows whole into JSON and comparing their keys was half of what changing ten thousand people took.
set local role kith_audit;
create or replace function audit_changed_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set enable_nestloop = off as $$
declare
    me uuid := nullif(current_setting('app.current_user_id', true), '')::uuid;
    change_set text := current_setting('app.change_set_id', true);
    skip text[] := public.audit_derived_columns() || string_to_array(TG_ARGV[2], ',');
    pairs text := 'became b join was w on w.user_id = b.user_id and w.id = b.id';
    asked text; changed text[]; differs text; before text; after text;
begin
    if me is null or not exists (select from became) then return null; end if;
    select string_agg(format('case when bool_or(b.%1$I is distinct from w.%1$I) then %1$L end', attname), ', ') into asked
        from pg_attribute where attrelid = TG_RELID and attnum > 0 and not attisdropped and attname <> all (skip);
    execute format('select array_remove(array[%s], null) from %s', asked, pairs) into changed;
    if changed = '{}' then return null; end if;
    select string_agg(format('b.%1$I is distinct from w.%1$I', c), ' or '),
            string_agg(format('case when b.%1$I is distinct from w.%1$I then jsonb_build_object(%1$L, w.%1$I) else ''{}'' end', c), ' || '),
            string_agg(format('case when b.%1$I is distinct from w.%1$I then jsonb_build_object(%1$L, b.%1$I) else ''{}'' end', c), ' || ')
        into differs, before, after from unnest(changed) c;
    execute format($q$
        insert into public.audit_logs (user_id, table_name, row_key, record_id, contact_id, action, old_values, new_values, session_id, ip_address, change_set_id)
            select $1, $2, jsonb_build_object('id', b.id), b.id, %1$s, 'UPDATE', %2$s, %3$s,
                nullif(current_setting('app.session_id', true), '')::uuid, nullif(current_setting('app.client_ip', true), '')::inet, nullif($3, '')::uuid
            from %4$s where %5$s$q$,
        case when TG_ARGV[0] = 'contacts' then 'b.id'
            when exists (select from pg_attribute where attrelid = TG_RELID and attname = 'contact_id' and not attisdropped) then 'coalesce(b.contact_id, w.contact_id)'
            else 'null::uuid' end, before, after, pairs, differs)
        using me, TG_ARGV[0], change_set;
    if change_set <> '' then perform public.note_change_set(); end if;
    return null;
end $$;
set local role kith_owner;

-- What stands now is looked up once for each row, and of its columns those that the change set changed.
do $$
declare body text := pg_get_functiondef('undo_updates(uuid, text, uuid[])'::regprocedure); was text; became text;
begin
    for was, became in values
        ('found_rows jsonb;', 'found_rows jsonb; held text;'),
        ('    -- For each row the columns to restore', $q$    execute format('select string_agg(format(''%%1$L, t.%%1$I'', o), '', '') from (select distinct jsonb_object_keys(a.new_values) as o
            from %s a where a.change_set_id = $1 and a.table_name = $2 and a.action = ''UPDATE'') c
        join pg_attribute p on p.attrelid = $2::regclass and p.attname = o and p.attnum > 0', undo_log(people)) into held using change_set, name, people;
    -- For each row the columns to restore$q$),
        ('seen as (select c.*, (select to_jsonb(t) from', 'seen as materialized (select c.*, (select jsonb_build_object(%5$s) from'),
        ('undo_log(people)) into plan', $q$undo_log(people), coalesce(held, '')) into plan$q$)
    loop
        if strpos(body, was) = 0 then raise exception 'undo_updates is not as expected'; end if;
        body := replace(body, was, became);
    end loop;
    execute body;
end $$;

-- Whom the change set made is listed once, not sought for each row: of ten thousand people with a tag and a number that
-- took a minute.
do $$
declare body text := pg_get_functiondef('undo_inserts(uuid, text, uuid[])'::regprocedure);
    was text := $q$else 'exists (select from audit_logs p where p.change_set_id = $1 and p.table_name = ''contacts'' and p.action = ''INSERT'' and p.contact_id = t.contact_id)$q$;
    became text := $q$else 't.contact_id in (select p.contact_id from audit_logs p where p.change_set_id = $1 and p.table_name = ''contacts'' and p.action = ''INSERT'')$q$;
begin
    if strpos(body, was) = 0 then raise exception 'undo_inserts is not as expected'; end if;
    execute replace(body, was, became);
end $$;
