-- Closing one's own account. One function, called by a session of hers, marks it, forgets what she signs in with and ends
-- her sessions; a job then erases her rows a few hundred at a time. It runs as kith_erasure without a user, so that no
-- trigger logs what it erases, and its policies admit it to the rows of closed accounts and no others.
reset role;
grant usage on schema public to kith_erasure;
set local role kith_owner;
create or replace function secure_tenant_table(name text) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_isolation_%1$s on %1$I using (user_id = app_user_id()) with check (user_id = app_user_id())', name);
    execute format('alter table %I alter column user_id set default app_user_id()', name);
    execute format('grant select, insert, update, delete on %I to kith_app', name);
    perform let_erase(name);
end $$;

create function let_erase(name text) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
    execute format('create policy erasure on %I to kith_erasure using (user_id in (select id from users where deleted_at is not null)) '
        'with check (user_id in (select id from users where deleted_at is not null))', name);
    execute format('grant select, insert, update, delete on %I to kith_erasure', name);
end $$;
revoke all on function let_erase(text) from public;
comment on function let_erase(text) is 'Admits the job that erases a closed account to the rows of closed accounts; insert and update are its triggers''.';
select let_erase(name::text) from account_tables();
create policy erasure on users for all to kith_erasure using (deleted_at is not null) with check (deleted_at is not null);
grant select, update (deleted_at), delete on users to kith_erasure;

create policy auth_enqueues on jobs for insert to kith_auth with check (user_id is null and kind = 'account.erase');
grant insert on jobs to kith_auth;

-- Whether she alone administers others, and whether there are no others; nobody but an administrator learns of either.
create function closing_standing() returns table (is_last boolean, is_only boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select public.is_administrator() and others.n > 0 and others.administrators = 0, public.is_administrator() and others.n = 0
    from (select count(*) as n, count(*) filter (where is_admin and not is_disabled) as administrators
        from public.users where id <> public.app_user_id() and deleted_at is null) others $$;

-- `uploads`: the imports whose files wait in the data folder.
create function close_account(uploads uuid[]) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare me uuid := public.app_user_id();
begin
    perform pg_advisory_xact_lock(hashtext('kith create_user'));
    if not exists (select from public.sessions where id = public.app_session_id() and user_id = me) then return 'missing'; end if;
    if (select is_last from public.closing_standing()) then return 'last'; end if;
    -- Her address is free again at once.
    update public.users set deleted_at = now(), email = 'closed ' || id, full_name = '', settings = '{}', is_admin = false where id = me;
    delete from public.credentials where user_id = me;
    delete from public.sessions where user_id = me;
    update public.invitations set revoked_at = now() where user_id = me and used_at is null and revoked_at is null;
    insert into public.jobs (user_id, kind, payload) values (null, 'account.erase', jsonb_build_object('account', me, 'uploads', to_jsonb(uploads)));
    return 'done';
end $$;

-- Erases up to `most` rows of a closed account and answers with how many those were; 0 when nothing is left, the account
-- itself included. Whoever would still add a row waits for the lock on the account and then finds none; the history goes
-- last, when whoever changed a row has written what he logged.
create function erase_account(account uuid, most int) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare t record; key text; n int;
begin
    perform set_config('app.current_user_id', '', true), set_config('app.import_id', '', true);
    perform from public.users where id = account and deleted_at is not null for update;
    if not found then return 0; end if;
    for t in select * from public.account_tables() loop
        if t.is_partitioned then
            -- Rows of other partitions may have the same place; they are found by the key that follows the user in it.
            select quote_ident(a.attname) into key from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[1]
                where i.indrelid = t.name and i.indisprimary;
            execute format('delete from %1$s where user_id = $1 and %2$s = any (array(select %2$s from %1$s where user_id = $1 limit %3$s))',
                t.name, key, most) using account;
        else
            execute format('delete from %1$s where user_id = $1 and ctid = any (array(select ctid from %1$s where user_id = $1 limit %2$s))',
                t.name, most) using account;
        end if;
        get diagnostics n = row_count;
        if n > 0 then return n; end if;
    end loop;
    delete from public.users where id = account;
    return 0;
end $$;

-- Also a job for each closed account that nobody is erasing.
set local role kith_jobs;
create or replace function enqueue_account_jobs() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind) select u.id, 'account.measure'
    from public.users u left join public.account_sizes z on z.user_id = u.id
    where u.deleted_at is null and (z.measured_at is null or u.last_used_at > z.measured_at)
        and not exists (select from public.jobs j where j.user_id = u.id and j.kind = 'account.measure' and j.state in ('ready', 'running'));
    insert into public.jobs (user_id, kind, payload) select null, 'account.erase', jsonb_build_object('account', u.id, 'uploads', '[]'::jsonb)
    from public.users u where u.deleted_at is not null and not exists (select from public.jobs j where j.kind = 'account.erase'
        and j.state in ('ready', 'running') and j.payload ->> 'account' = u.id::text) $$;
comment on function enqueue_account_jobs() is 'A job for each account that was used since its storage was measured, and for each closed one that nobody is erasing.';
set local role kith_owner;

comment on function close_account(uuid[]) is 'Closes the account of the session that asks; answers done, missing, or last (it alone administers others).';
comment on function erase_account(uuid, int) is 'Erases up to so many rows of a closed account, unlogged; 0 when nothing is left of it.';
revoke all on function closing_standing(), close_account(uuid[]), erase_account(uuid, int) from public;
grant execute on function closing_standing(), close_account(uuid[]), erase_account(uuid, int) to kith_app;
alter function closing_standing() owner to kith_auth;
alter function close_account(uuid[]) owner to kith_auth;
alter function erase_account(uuid, int) owner to kith_erasure;
comment on column users.deleted_at is 'When the account was closed; its rows are being erased.';
