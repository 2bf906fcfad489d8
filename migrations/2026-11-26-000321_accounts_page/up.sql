-- What administrators see of accounts: how much they hold and when they were used, never a row of theirs. The storage is
-- measured by a job as the account's own user, table by table, and stands here for pages and limits.
create table account_sizes (
    user_id uuid primary key references users on delete cascade,
    bytes bigint not null default 0,
    measured_at timestamptz not null default now()
);
select secure_tenant_table('account_sizes');
comment on table account_sizes is 'How much storage each account takes: measured by a job, since a sum would scan.';
comment on column account_sizes.user_id is 'The owner.';
comment on column account_sizes.bytes is 'Of all her rows, the history included and indexes not.';
comment on column account_sizes.measured_at is 'When that was so.';

-- The tables that hold a user's rows, children before parents, the history last.
create function account_tables() returns table (name regclass, is_partitioned boolean)
language sql stable set search_path = pg_catalog, public as $$
    with recursive t as (select c.oid, c.relkind = 'p' as is_partitioned from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition),
        links as (select distinct conrelid as child, confrelid as parent from pg_constraint
            where contype = 'f' and conrelid <> confrelid and conrelid in (select oid from t) and confrelid in (select oid from t)),
        depths as (select oid, 0 as depth from t union select l.child, d.depth + 1 from depths d join links l on l.parent = d.oid where d.depth < 20)
    select d.oid::regclass, bool_or(t.is_partitioned) from depths d join t on t.oid = d.oid
    group by d.oid order by d.oid = 'audit_logs'::regclass, max(d.depth) desc, d.oid $$;

-- What the rows of one table take that the transaction's user sees.
create function table_bytes(name regclass) returns bigint language plpgsql stable set search_path = pg_catalog, public as $$
declare n bigint;
begin
    execute format('select coalesce(sum(pg_column_size(t.*)), 0) from %s t where user_id = app_user_id()', name) into n;
    return n;
end $$;

create policy auth_reads on contact_counts for select to kith_auth using (true);
create policy auth_reads on account_sizes for select to kith_auth using (true);
grant select on contact_counts, account_sizes to kith_auth;

create function admin_accounts(before timestamptz, before_id uuid, only_this uuid)
returns table (id uuid, email text, full_name text, is_admin boolean, is_disabled boolean, subscription_tier text, created_at timestamptz,
    last_used_at timestamptz, contacts int, bytes bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select u.id, u.email::text, u.full_name::text, u.is_admin, u.is_disabled, coalesce(u.subscription_tier, 'free')::text, u.created_at,
        u.last_used_at, coalesce(k.live, 0), z.bytes
    from public.users u left join public.contact_counts k on k.user_id = u.id left join public.account_sizes z on z.user_id = u.id
    where public.is_administrator() and u.deleted_at is null and (u.created_at, u.id) < (before, before_id) and (only_this is null or u.id = only_this)
    order by u.created_at desc, u.id desc limit 51 $$;
create index idx_users_newest on users (created_at desc, id desc);

create function admin_change_account(account uuid, deed text) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not public.is_administrator() then return 'missing'; end if;
    -- Nobody shuts herself out by a slip: another administrator can.
    if account = public.app_user_id() and deed in ('disable', 'demote') then return 'own'; end if;
    return public.do_to_account(account, deed);
end $$;

-- Jobs that the hourly housekeeping leaves for accounts: to measure those that were used since.
create policy jobs_reads on users for select to kith_jobs using (true);
create policy jobs_reads on account_sizes for select to kith_jobs using (true);
grant select (id, last_used_at, deleted_at) on users to kith_jobs;
grant select on account_sizes to kith_jobs;
create function enqueue_account_jobs() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind) select u.id, 'account.measure'
    from public.users u left join public.account_sizes z on z.user_id = u.id
    where u.deleted_at is null and (z.measured_at is null or u.last_used_at > z.measured_at)
        and not exists (select from public.jobs j where j.user_id = u.id and j.kind = 'account.measure' and j.state in ('ready', 'running')) $$;
comment on function enqueue_account_jobs() is 'A job for each account that was used since its storage was measured.';

do $$
declare f regprocedure;
begin
    foreach f in array array['admin_accounts(timestamptz,uuid,uuid)'::regprocedure, 'admin_change_account(uuid,text)'::regprocedure] loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_auth', f);
    end loop;
end $$;
revoke all on function enqueue_account_jobs() from public;
grant execute on function enqueue_account_jobs() to kith_app;
alter function enqueue_account_jobs() owner to kith_jobs;
