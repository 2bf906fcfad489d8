-- A large table of interactions becomes one partitioned by month, and flat again: `kith db partition`. Everything that hangs
-- on the table is read from the catalog, so that what later migrations add goes with it.

-- What is logged of interactions is logged by statement: a row that moves from month to month is, for the triggers of rows, deleted
-- in one and inserted in the other, and for those of a statement updated. Rows before and after are told apart by their id, which is
-- their key in the log.
create or replace function audit_table(name text, keys text, copies text) returns void language plpgsql set search_path = pg_catalog, public as $$
declare
    arguments text := format('(%L, %L, %L)', name, keys, copies);
begin
    execute format('create trigger audit_import after insert on %I for each statement when (app_import_id() is not null) execute function audit_import()', name);
    execute format('create trigger audit_insert after insert on %I referencing new table as rows_of_it for each statement when (app_import_id() is null) execute function audit_whole_rows', name) || arguments;
    execute format('create trigger audit_delete after delete on %I referencing old table as rows_of_it for each statement execute function audit_whole_rows', name) || arguments;
    if keys = 'id' then
        execute format('create trigger audit_update after update on %I referencing old table as was new table as became for each statement execute function audit_changed_rows', name) || arguments;
    else
        execute format('create trigger audit_update after update on %I for each row execute function audit_row', name) || arguments;
    end if;
end $$;
drop trigger audit_insert on interactions;
drop trigger audit_import on interactions;
drop trigger audit_change on interactions;
select audit_table('interactions', 'id', '');
do $$
declare body text := pg_get_functiondef('undo_keys(text)'::regprocedure); was text := $q$ when 'interactions' then '{id,occurred_at}'$q$;
begin
    if strpos(body, was) = 0 then raise exception 'undo_keys is not as expected'; end if;
    execute replace(body, was, '');
end $$;
alter table audit_logs no force row level security;
update audit_logs set row_key = row_key - 'occurred_at' where table_name = 'interactions';
alter table audit_logs force row level security;

-- The foreign keys that point at a table, as statements that make them; they are checked afterwards, in their own time.
create function table_links(name regclass) returns setof text language sql stable set search_path = pg_catalog, public as $$
    select format('alter table %s add constraint %I %s%s', f.conrelid::regclass, f.conname, pg_get_constraintdef(f.oid),
        case when f.convalidated then ' not valid' else '' end)
    from pg_constraint f where f.contype = 'f' and f.confrelid = name and f.conparentid = 0 order by f.oid $$;
comment on function table_links(regclass) is 'The foreign keys that point at a table, as statements that make them without a check.';

-- Row security, policies, grants, triggers and the comment of a table, as statements that make them.
create function table_guards(name regclass) returns setof text language sql stable set search_path = pg_catalog, public as $$
    with roles as (select 0::oid as oid, 'public' as role union all select oid, quote_ident(rolname) from pg_roles)
    select format('alter table %s enable row level security, force row level security', name)
    union all select format('create policy %I on %s as %s for %s to %s', p.polname, name, case when p.polpermissive then 'permissive' else 'restrictive' end,
            case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
            (select string_agg(r.role, ', ') from unnest(p.polroles) u join roles r on r.oid = u))
        || coalesce(' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
        from pg_policy p where p.polrelid = name
    union all select format('grant %s on %s to %s', g.privilege_type, name, r.role)
        from pg_class c, aclexplode(c.relacl) g, roles r where c.oid = name and r.oid = g.grantee and g.grantee <> c.relowner
    union all select format('grant %s (%I) on %s to %s', g.privilege_type, a.attname, name, r.role)
        from pg_attribute a, aclexplode(a.attacl) g, roles r where a.attrelid = name and r.oid = g.grantee
    union all select pg_get_triggerdef(t.oid) from pg_trigger t where t.tgrelid = name and not t.tgisinternal
    union all select format('comment on table %s is %L', name, obj_description(name, 'pg_class')) $$;
comment on function table_guards(regclass) is 'Row security, policies, grants, triggers and the comment of a table, as statements that make them.';

-- Takes off what table_links and table_guards name.
create function bare_table(name regclass) returns void language plpgsql set search_path = pg_catalog, public as $$
declare statement text;
begin
    for statement in
        select format('alter table %s drop constraint %I', f.conrelid::regclass, f.conname) from pg_constraint f
            where f.contype = 'f' and f.confrelid = name and f.conparentid = 0
        union all select format('drop trigger %I on %s', t.tgname, name) from pg_trigger t where t.tgrelid = name and not t.tgisinternal
        union all select format('drop policy %I on %s', p.polname, name) from pg_policy p where p.polrelid = name
        union all select format('revoke all on %s from %s', name, case g.grantee when 0 then 'public' else g.grantee::regrole::text end)
            from pg_class c, aclexplode(c.relacl) g where c.oid = name and g.grantee <> c.relowner
        union all select format('revoke all (%I) on %s from %s', a.attname, name, case g.grantee when 0 then 'public' else g.grantee::regrole::text end)
            from pg_attribute a, aclexplode(a.attacl) g where a.attrelid = name
    loop
        execute statement;
    end loop;
end $$;
comment on function bare_table(regclass) is 'Takes the foreign keys that point at a table, its triggers, policies and grants off.';

-- The switch: in the transaction that calls it writers wait, for as long as a few dozen changes of the catalog take. The table
-- is known by its constraint interactions_cutoff, checked beforehand, to hold nothing from `cutoff` on, so none of it is read.
create function partition_interactions(cutoff timestamptz) returns void
language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' set client_min_messages = warning as $$
declare links text[]; guards text[]; indexes text[]; owned text[]; statement text;
begin
    lock table interactions in access exclusive mode;
    links := array(select table_links('interactions'));
    guards := array(select table_guards('interactions'));
    indexes := array(select pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = 'interactions'::regclass and not i.indisprimary order by 1);
    owned := array(select format('alter table interactions add constraint %I %s', f.conname, pg_get_constraintdef(f.oid)) from pg_constraint f
        where f.conrelid = 'interactions'::regclass and f.contype = 'f');
    perform bare_table('interactions');
    for statement in select format('alter index %s rename to %I', i.indexrelid::regclass, c.relname || '_before')
        from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'interactions'::regclass
    loop
        execute statement;
    end loop;
    alter table interactions rename to interactions_before;
    create table public.interactions (like interactions_before including defaults including constraints including comments including storage)
        partition by range (occurred_at);
    alter table interactions drop constraint interactions_cutoff, add constraint interactions_pkey primary key (user_id, id, occurred_at);
    foreach statement in array indexes || owned || guards loop
        execute statement;
    end loop;
    execute format('alter table interactions attach partition interactions_before for values from (minvalue) to (%L)', cutoff);
    alter table interactions_before drop constraint interactions_cutoff;
    create table public.interactions_later partition of interactions default;
    alter table interactions_later enable row level security, force row level security;
    perform ensure_month_partitions('interactions', cutoff, greatest(cutoff, now()) + interval '3 months');
    foreach statement in array links loop
        execute statement;
    end loop;
end $$;
comment on function partition_interactions(timestamptz) is 'Makes the table of interactions one by month from `cutoff` on; what there is becomes its first partition.';

-- Flat again. What the months since hold is copied into the first partition; writers wait meanwhile.
create function unpartition_interactions() returns void
language plpgsql set search_path = pg_catalog, public set client_min_messages = warning as $$
declare links text[]; guards text[]; names text[][]; columns text; statement text; part regclass;
begin
    lock table interactions in access exclusive mode;
    links := array(select table_links('interactions'));
    guards := array(select table_guards('interactions'));
    -- How each index is called, and will be.
    names := array(select array[p.inhrelid::regclass::text, c.relname::text] from pg_inherits p join pg_index i on i.indexrelid = p.inhrelid
        join pg_class c on c.oid = p.inhparent where i.indrelid = 'interactions_before'::regclass);
    columns := (select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
        where attrelid = 'interactions'::regclass and attnum > 0 and not attisdropped);
    perform bare_table('interactions');
    alter table interactions detach partition interactions_before;
    -- The owner copies what is everybody's.
    alter table interactions_before no force row level security;
    for part in select inhrelid::regclass from pg_inherits where inhparent = 'interactions'::regclass loop
        execute format('alter table %s no force row level security', part);
        execute format('insert into interactions_before (%1$s) select %1$s from %2$s', columns, part);
    end loop;
    drop table interactions;
    alter table interactions_before rename to interactions;
    for i in 1 .. cardinality(names) / 2 loop
        execute format('alter index %s rename to %I', names[i][1], names[i][2]);
    end loop;
    foreach statement in array guards || links loop
        execute statement;
    end loop;
end $$;
comment on function unpartition_interactions() is 'Makes the table of interactions flat again.';
revoke all on function table_links(regclass), table_guards(regclass), bare_table(regclass), partition_interactions(timestamptz), unpartition_interactions() from public;

-- Months ahead, of the log and of interactions where they are by month. What is there already, or what the first or the last
-- partition holds, stays where it is; so does a month while somebody reads for long, whom everybody else would wait behind.
-- How many months are new. While interactions are being switched, whoever writes far ahead waits for the end of that; where it was
-- killed, its bound is taken away.
create or replace function ensure_month_partitions(parent text, from_ts timestamptz, to_ts timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set client_min_messages = warning as $$
declare
    m timestamp := date_trunc('month', from_ts at time zone 'UTC'); made int := 0; nm text;
    patience text := current_setting('lock_timeout');
begin
    if parent not in ('audit_logs', 'interactions') then raise exception 'not a monthly table'; end if;
    if from_ts < '1970-01-01+00' or to_ts > now() + interval '10 years' then raise exception 'date out of bounds' using errcode = '22008'; end if;
    if exists (select from pg_constraint where conrelid = 'public.interactions'::regclass and conname = 'interactions_cutoff') and parent = 'interactions' then
        perform pg_advisory_xact_lock_shared(hashtext('kith partition interactions'));
        alter table public.interactions drop constraint if exists interactions_cutoff;
    end if;
    if (select relkind from pg_class where oid = ('public.' || parent)::regclass) <> 'p' then return 0; end if;
    while m <= to_ts at time zone 'UTC' loop
        nm := parent || to_char(m, '"_p"YYYYMM');
        if to_regclass('public.' || quote_ident(nm)) is null then
            perform pg_advisory_xact_lock(hashtext('kith partition ' || nm));
            if to_regclass('public.' || quote_ident(nm)) is null then
                begin
                    perform set_config('lock_timeout', '1s', true);
                    execute format('create table public.%I (like public.%I including defaults including constraints including storage)', nm, parent);
                    execute format('alter table public.%I enable row level security', nm);
                    execute format('alter table public.%I force row level security', nm);
                    execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, nm,
                        m::text || '+00', (m + interval '1 month')::text || '+00');
                    made := made + 1;
                exception when invalid_object_definition or check_violation or lock_not_available then null;
                end;
                perform set_config('lock_timeout', patience, true);
            end if;
        end if;
        m := m + interval '1 month';
    end loop;
    return made;
end $$;

-- A foreign key that points at a partitioned table is one for each partition besides.
do $$
declare body text := pg_get_functiondef('undo_parents(text)'::regprocedure); was text := $q$where f.contype = 'f' and$q$;
begin
    if strpos(body, was) = 0 then raise exception 'undo_parents is not as expected'; end if;
    execute replace(body, was, was || ' f.conparentid = 0 and');
end $$;
