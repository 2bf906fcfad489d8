do $$ begin
    if (select relkind from pg_class where oid = 'interactions'::regclass) = 'p' then perform unpartition_interactions(); end if;
end $$;
drop function partition_interactions(timestamptz);
drop function unpartition_interactions();
drop function bare_table(regclass);
drop function table_guards(regclass);
drop function table_links(regclass);
do $$
declare body text := pg_get_functiondef('undo_parents(text)'::regprocedure);
begin
    execute replace(body, ' f.conparentid = 0 and', '');
end $$;
create or replace function ensure_month_partitions(parent text, from_ts timestamptz, to_ts timestamptz) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare m timestamp := date_trunc('month', from_ts at time zone 'UTC'); made int := 0; nm text;
begin
    if parent <> 'audit_logs' then raise exception 'not a monthly table'; end if;
    if from_ts < '1970-01-01+00' or to_ts > now() + interval '5 years' then raise exception 'date out of bounds' using errcode = '22008'; end if;
    while m <= to_ts at time zone 'UTC' loop
        nm := parent || to_char(m, '"_p"YYYYMM');
        if to_regclass('public.' || quote_ident(nm)) is null then
            perform pg_advisory_xact_lock(hashtext('kith partition ' || nm));
            if to_regclass('public.' || quote_ident(nm)) is null then
                execute format('create table public.%I (like public.%I including defaults including constraints including storage)', nm, parent);
                execute format('alter table public.%I enable row level security', nm);
                execute format('alter table public.%I force row level security', nm);
                execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, nm,
                    m::text || '+00', (m + interval '1 month')::text || '+00');
                made := made + 1;
            end if;
        end if;
        m := m + interval '1 month';
    end loop;
    return made;
end $$;

-- The log's keys of interactions stay what they are: what is undone finds them by id.
do $$
declare body text := pg_get_functiondef('undo_keys(text)'::regprocedure);
begin
    execute replace(body, $q$else '{id}'$q$, $q$when 'interactions' then '{id,occurred_at}' else '{id}'$q$);
end $$;
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
drop trigger audit_import on interactions;
drop trigger audit_insert on interactions;
drop trigger audit_delete on interactions;
drop trigger audit_update on interactions;
create trigger audit_insert after insert on interactions for each row when (app_import_id() is null) execute function audit_row('interactions', 'id,occurred_at', '');
create trigger audit_import after insert on interactions for each statement when (app_import_id() is not null) execute function audit_import();
create trigger audit_change after update or delete on interactions for each row execute function audit_row('interactions', 'id,occurred_at', '');
