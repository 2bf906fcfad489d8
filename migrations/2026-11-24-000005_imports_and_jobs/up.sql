create table imports (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    format varchar(20) not null,
    file_name text not null,
    file_size bigint not null default 0,
    upload_path text,
    state varchar(20) not null default 'reading'
        constraint imports_state_check check (state in ('reading', 'preview', 'applying', 'done', 'cancelled', 'failed', 'undone')),
    bytes_read bigint not null default 0,
    items_read int not null default 0,
    items_applied int not null default 0,
    new_count int not null default 0,
    changed_count int not null default 0,
    unchanged_count int not null default 0,
    doubtful_count int not null default 0,
    ignored_count int not null default 0,
    unreadable_count int not null default 0,
    change_set_id uuid,
    error text,
    created_at timestamptz not null default now(),
    finished_at timestamptz,
    primary key (user_id, id)
);
select secure_tenant_table('imports');
create index idx_imports_newest on imports (user_id, created_at desc, id desc);

create table import_items (
    user_id uuid not null references users on delete cascade,
    import_id uuid not null,
    position int not null,
    byte_offset bigint not null default 0,
    line bigint not null default 0,
    status varchar(20) not null
        constraint import_items_status_check check (status in ('new', 'changed', 'unchanged', 'doubtful', 'ignored', 'unreadable')),
    title text not null default '',
    source_key varchar(255),
    card jsonb,
    contact_id uuid,
    reason text,
    choice varchar(10) not null default 'apply' constraint import_items_choice_check check (choice in ('apply', 'skip')),
    applied_at timestamptz,
    primary key (user_id, import_id, position),
    constraint import_items_import_fkey foreign key (user_id, import_id) references imports on delete cascade
);
select secure_tenant_table('import_items');
create index idx_import_items_status on import_items (user_id, import_id, status, position);

create table change_sets (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    session_id uuid,
    ip_address inet,
    kind varchar(50) not null default 'edit',
    summary text not null default '',
    import_id uuid,
    created_at timestamptz not null default now(),
    undone_at timestamptz,
    undone_by uuid,
    undoes uuid,
    primary key (user_id, id)
);
select secure_tenant_table('change_sets');
create index idx_change_sets_newest on change_sets (user_id, created_at desc, id desc);

create table jobs (
    id uuid primary key default gen_random_uuid(),
    user_id uuid references users on delete cascade,
    kind varchar(50) not null,
    payload jsonb not null default '{}',
    state varchar(20) not null default 'ready' constraint jobs_state_check check (state in ('ready', 'running', 'done', 'failed')),
    run_at timestamptz not null default now(),
    attempts int not null default 0,
    lease_until timestamptz,
    error text,
    created_at timestamptz not null default now(),
    finished_at timestamptz
);
create index idx_jobs_due on jobs (run_at, id) where state in ('ready', 'running');
create index idx_jobs_user on jobs (user_id);
alter table jobs enable row level security;
alter table jobs force row level security;
alter table jobs alter column user_id set default app_user_id();
create policy tenant_isolation_jobs on jobs using (user_id = app_user_id()) with check (user_id = app_user_id());
grant select on jobs to kith_app;
grant insert (user_id, kind, payload, run_at) on jobs to kith_app;
create policy jobs_jobs on jobs to kith_jobs using (true) with check (true);
grant select, insert, update, delete on jobs to kith_jobs;
create policy jobs_sessions on sessions to kith_jobs using (true) with check (true);
grant select, delete on sessions, sign_in_attempts to kith_jobs;

create function claim_job(kinds text[], lease interval)
returns table (id uuid, user_id uuid, kind text, payload jsonb, attempts int)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.jobs j set state = 'running', attempts = j.attempts + 1, lease_until = now() + lease
    where j.id = (select c.id from public.jobs c
        where c.kind = any(kinds) and (c.state = 'ready' and c.run_at <= now() or c.state = 'running' and c.lease_until < now())
        order by c.run_at, c.id for update skip locked limit 1)
    returning j.id, j.user_id, j.kind::text, j.payload, j.attempts $$;
create function extend_job(job uuid, lease interval) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.jobs set lease_until = now() + lease where id = job and state = 'running' $$;
create function finish_job(job uuid, reason text) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.jobs set state = case when reason is null then 'done' else 'failed' end, error = reason, finished_at = now(), lease_until = null
    where id = job $$;
create function retry_job(job uuid, at timestamptz, reason text) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.jobs set state = 'ready', run_at = at, error = reason, lease_until = null where id = job $$;
create function delete_stale_rows() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    delete from public.jobs where state in ('done', 'failed') and finished_at < now() - interval '30 days';
    delete from public.sessions where created_at < now() - interval '400 days' or last_used_at < now() - interval '200 days';
    delete from public.sign_in_attempts where last_failed_at < now() - interval '2 days' $$;
do $$
declare f regprocedure;
begin
    for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
        and p.proname in ('claim_job', 'extend_job', 'finish_job', 'retry_job', 'delete_stale_rows') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_jobs', f);
    end loop;
end $$;

comment on table imports is 'One file read, previewed and applied.';
comment on column imports.upload_path is 'Where the file waits in the data folder until it is read.';
comment on column imports.state is 'Where in its life the import stands.';
comment on column imports.bytes_read is 'How far reading has come; a restarted job goes on from here.';
comment on column imports.change_set_id is 'The one change set of everything it applied.';
comment on table import_items is 'What each record of a file is to her: one of six words.';
comment on column import_items.byte_offset is 'Where the record begins in the file.';
comment on column import_items.card is 'The record as it was understood.';
comment on column import_items.choice is 'What she decided of a doubtful one.';
comment on column import_items.applied_at is 'Set in the transaction that applied it.';
comment on table change_sets is 'What one request, bulk action or import changed; written with its first audited row.';
comment on column change_sets.undoes is 'The change set that this one took back.';
comment on table jobs is 'The queue; claimed by the functions of kith_jobs.';
comment on column jobs.lease_until is 'A running job past it is taken up by another server.';
