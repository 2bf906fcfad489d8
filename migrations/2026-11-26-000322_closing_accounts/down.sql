comment on column users.deleted_at is 'When the account was closed.';
set local role kith_erasure;
drop function erase_account(uuid, int);
set local role kith_jobs;
create or replace function enqueue_account_jobs() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind) select u.id, 'account.measure'
    from public.users u left join public.account_sizes z on z.user_id = u.id
    where u.deleted_at is null and (z.measured_at is null or u.last_used_at > z.measured_at)
        and not exists (select from public.jobs j where j.user_id = u.id and j.kind = 'account.measure' and j.state in ('ready', 'running')) $$;
comment on function enqueue_account_jobs() is 'A job for each account that was used since its storage was measured.';
set local role kith_auth;
drop function close_account(uuid[]);
drop function closing_standing();
set local role kith_owner;
revoke insert on jobs from kith_auth;
drop policy auth_enqueues on jobs;
revoke select, update (deleted_at), delete on users from kith_erasure;
drop policy erasure on users;
do $$
declare t record;
begin
    for t in select name from account_tables() loop
        execute format('drop policy erasure on %s', t.name);
        execute format('revoke select, insert, update, delete on %s from kith_erasure', t.name);
    end loop;
end $$;
create or replace function secure_tenant_table(name text) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_isolation_%1$s on %1$I using (user_id = app_user_id()) with check (user_id = app_user_id())', name);
    execute format('alter table %I alter column user_id set default app_user_id()', name);
    execute format('grant select, insert, update, delete on %I to kith_app', name);
end $$;
drop function let_erase(text);
reset role;
revoke usage on schema public from kith_erasure;
set local role kith_owner;
