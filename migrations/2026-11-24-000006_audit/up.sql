create sequence audit_logs_seq;
create table audit_logs (
    user_id uuid not null,
    id uuid not null default gen_random_uuid(),
    created_at timestamptz not null default now(),
    seq bigint not null default nextval('audit_logs_seq'),
    table_name varchar(100) not null,
    row_key jsonb not null,
    record_id uuid,
    contact_id uuid,
    action varchar(20) not null constraint audit_logs_action_check check (action in ('INSERT', 'UPDATE', 'DELETE')),
    old_values jsonb,
    new_values jsonb,
    session_id uuid,
    ip_address inet,
    change_set_id uuid,
    primary key (user_id, id, created_at)
) partition by range (created_at);
create index idx_audit_logs_change_set on audit_logs (user_id, change_set_id, table_name, seq);
create index idx_audit_logs_contact on audit_logs (user_id, contact_id, created_at desc);
create index idx_audit_logs_record on audit_logs (user_id, record_id, created_at desc) where record_id <> contact_id or contact_id is null;
alter table audit_logs enable row level security;
alter table audit_logs force row level security;
create policy tenant_isolation_audit_logs on audit_logs using (user_id = app_user_id()) with check (user_id = app_user_id());
grant select on audit_logs to kith_app;
create policy audit_writes on audit_logs for insert to kith_audit with check (true);
grant insert on audit_logs to kith_audit;
grant usage on sequence audit_logs_seq to kith_audit;
create policy audit_writes on change_sets for insert to kith_audit with check (true);
create policy audit_reads on change_sets for select to kith_audit using (true);
grant select, insert on change_sets to kith_audit;

comment on table audit_logs is 'What changed, row by row; partitioned by month.';
comment on column audit_logs.seq is 'The order of changes within a transaction.';
comment on column audit_logs.row_key is 'All key columns of the changed row but user_id.';
comment on column audit_logs.contact_id is 'Whom the change is about.';
comment on column audit_logs.old_values is 'Of the changed columns; of a deleted row all.';
comment on column audit_logs.new_values is 'Of the changed columns; of an inserted row all.';
comment on column audit_logs.session_id is 'Whose device did it; the user agent stands in the sessions row.';
comment on column audit_logs.change_set_id is 'Groups all rows of one request, bulk action or import.';

-- Months are attached, not created as partitions: ATTACH locks the parent less. No grants on partitions, and row
-- security without a policy on each, so that reading one directly shows nothing.
create function ensure_month_partitions(parent text, from_ts timestamptz, to_ts timestamptz) returns int
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
revoke all on function ensure_month_partitions(text, timestamptz, timestamptz) from public;
grant execute on function ensure_month_partitions(text, timestamptz, timestamptz) to kith_app;
select ensure_month_partitions('audit_logs', now(), now() + interval '3 months');

-- The change set's row, once a transaction, with its first audited change.
create function note_change_set() returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if public.app_change_set_id() is null
        or current_setting('app.change_set_noted', true) = current_setting('app.change_set_id', true) then return; end if;
    insert into public.change_sets (user_id, id, session_id, ip_address, import_id)
        values (public.app_user_id(), public.app_change_set_id(), public.app_session_id(),
            nullif(current_setting('app.client_ip', true), '')::inet, public.app_import_id())
        on conflict do nothing;
    perform set_config('app.change_set_noted', current_setting('app.change_set_id', true), true);
end $$;

-- Columns that follow from others, or from time: never logged of an edit, never taken back by themselves.
create function audit_derived_columns() returns text[] language sql immutable parallel safe
    as $$ select array['user_id', 'search_vector', 'last_contact_date', 'next_contact_due', 'effective_frequency_days', 'cadence_since',
        'sort_key', 'people_count', 'value_key', 'updated_at', 'version', 'last_seen_at'] $$;

-- Arguments: the logical table's name, its key columns, and further columns that are copies. A deleted row is kept
-- whole, so that undo puts it back as it was.
create function audit_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
    me uuid := nullif(current_setting('app.current_user_id', true), '')::uuid;
    change_set text := current_setting('app.change_set_id', true);
    o jsonb; n jsonb; whole jsonb; skip text[]; record_key jsonb;
begin
    if me is null then return null; end if;
    if TG_OP = 'DELETE' then
        whole := to_jsonb(OLD) - '{user_id,search_vector,people_count,value_key}'::text[];
        o := whole;
    else
        skip := public.audit_derived_columns() || string_to_array(TG_ARGV[2], ',');
        whole := to_jsonb(NEW);
        n := whole - skip;
        if TG_OP = 'UPDATE' then
            o := to_jsonb(OLD) - skip;
            if o = n then return null; end if;
            -- What a detached row was about is in its old values.
            if whole ->> 'contact_id' is null then whole := whole || jsonb_build_object('contact_id', o -> 'contact_id'); end if;
            select jsonb_object_agg(key, value), jsonb_object_agg(key, n -> key) into o, n
                from jsonb_each(o) where n -> key is distinct from value;
        end if;
    end if;
    if strpos(TG_ARGV[1], ',') = 0 then
        record_key := jsonb_build_object(TG_ARGV[1], whole -> TG_ARGV[1]);
    else
        select jsonb_object_agg(k, whole -> k) into record_key from unnest(string_to_array(TG_ARGV[1], ',')) k;
    end if;
    if change_set <> '' and change_set is distinct from current_setting('app.change_set_noted', true) then
        perform public.note_change_set();
    end if;
    insert into public.audit_logs (user_id, table_name, row_key, record_id, contact_id, action, old_values, new_values, session_id, ip_address, change_set_id)
    values (me, TG_ARGV[0], record_key, (whole ->> 'id')::uuid,
        (whole ->> case when TG_ARGV[0] = 'contacts' then 'id' else 'contact_id' end)::uuid, TG_OP, o, n,
        nullif(current_setting('app.session_id', true), '')::uuid, nullif(current_setting('app.client_ip', true), '')::inet,
        nullif(change_set, '')::uuid);
    return null;
end $$;

-- What an import inserts is not logged one by one: the rows carry its id, and its change set stands for them.
create function audit_import() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform public.note_change_set();
    return null;
end $$;

create function audit_table(name text, keys text, copies text) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
    execute format('create trigger audit_insert after insert on %I for each row when (app_import_id() is null) execute function audit_row(%L, %L, %L)', name, name, keys, copies);
    execute format('create trigger audit_import after insert on %I for each statement when (app_import_id() is not null) execute function audit_import()', name);
    execute format('create trigger audit_change after update or delete on %I for each row execute function audit_row(%L, %L, %L)', name, name, keys, copies);
end $$;
revoke all on function audit_table(text, text, text) from public;
select audit_table('contacts', 'id', 'email,phone,linkedin_url');
select audit_table('contact_methods', 'id', '');
select audit_table('contact_dates', 'id', '');
select audit_table('contact_extras', 'contact_id', '');
select audit_table('organizations', 'id', '');
select audit_table('contact_employments', 'id', '');
select audit_table('tags', 'id', '');
select audit_table('contact_tags', 'contact_id,tag_id', '');
select audit_table('interactions', 'id,occurred_at', '');
select audit_table('interaction_participants', 'interaction_id,contact_id', 'occurred_at');
select audit_table('reminders', 'id', '');
select audit_table('ai_insights', 'id', '');
create trigger audit_change after update or delete on contact_sources for each row execute function audit_row('contact_sources', 'id', '');

grant execute on function note_change_set() to kith_app;
do $$
declare f regprocedure;
begin
    foreach f in array array['note_change_set()'::regprocedure, 'audit_row()'::regprocedure, 'audit_import()'::regprocedure] loop
        execute format('revoke all on function %s from public', f);
        execute format('alter function %s owner to kith_audit', f);
    end loop;
end $$;
