create table users (
    id uuid primary key default gen_random_uuid(),
    email varchar(255) not null,
    full_name varchar(255) not null,
    subscription_tier varchar(50) default 'free' constraint users_subscription_tier_check check (subscription_tier in ('free', 'pro', 'team')),
    settings jsonb default '{}',
    time_zone varchar(64) not null default 'UTC',
    is_admin boolean not null default false,
    is_disabled boolean not null default false,
    created_at timestamptz not null default now(),
    deleted_at timestamptz
);
create unique index idx_users_email on users (lower(email));
create index idx_users_active on users (id) where deleted_at is null;
alter table users enable row level security;
alter table users force row level security;
create policy own_row_users on users using (id = app_user_id()) with check (id = app_user_id());
grant select on users to kith_app;
grant update (full_name, settings, time_zone) on users to kith_app;
comment on table users is 'The accounts, each a tenant of its own.';
comment on column users.email is 'What she signs in with; unique whatever its case.';
comment on column users.full_name is 'Her name, as pages greet her.';
comment on column users.subscription_tier is 'free, pro or team: set by an administrator; what each may hold the settings say.';
comment on column users.settings is 'Preferences: single_keys, off where she wants no keys of one letter.';
comment on column users.time_zone is 'IANA name; every date she sees is in it.';
comment on column users.is_admin is 'Whether she administers the instance; in no form.';
comment on column users.is_disabled is 'Whether she may not sign in; in no form.';
comment on column users.deleted_at is 'When the account was closed.';

create table credentials (
    user_id uuid primary key references users on delete cascade,
    password_hash text not null,
    changed_at timestamptz not null default now()
);
create table sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    token_hash bytea not null constraint sessions_token_hash_key unique,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    ip_address inet,
    user_agent text
);
create index idx_sessions_user on sessions (user_id);
create table sign_in_attempts (
    key text primary key,
    failures int not null default 0,
    last_failed_at timestamptz not null default now(),
    blocked_until timestamptz
);
comment on table credentials is 'Password hashes; reached by the functions of kith_auth only.';
comment on column credentials.password_hash is 'A PHC string of argon2id.';
comment on table sessions is 'Server-side sessions; reached by the functions of kith_auth only.';
comment on column sessions.token_hash is 'SHA-256 of the cookie''s token.';
comment on column sessions.last_used_at is 'To the minute.';
comment on table sign_in_attempts is 'Failed sign-ins by address and by account.';
-- No grants to kith_app: row security with no policy for it, and the owner of the functions admitted by name.
alter table credentials enable row level security;
alter table credentials force row level security;
alter table sessions enable row level security;
alter table sessions force row level security;
create policy auth_credentials on credentials to kith_auth using (true) with check (true);
create policy auth_sessions on sessions to kith_auth using (true) with check (true);
create policy auth_users on users to kith_auth using (true) with check (true);
grant select, insert, update, delete on credentials, sessions, sign_in_attempts to kith_auth;
grant select, insert, update on users to kith_auth;

create function any_user() returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$ select exists (select from public.users) $$;

create function create_user(email text, full_name text, time_zone text, password_hash text, only_first boolean) returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare made uuid; is_first boolean;
begin
    -- One sign-up at a time, so that exactly one account is the first.
    perform pg_advisory_xact_lock(hashtext('kith create_user'));
    is_first := not exists (select from public.users);
    if only_first and not is_first then return null; end if;
    insert into public.users (email, full_name, time_zone, is_admin) values (create_user.email, create_user.full_name, create_user.time_zone, is_first)
        on conflict do nothing returning id into made;
    if made is not null then
        insert into public.credentials (user_id, password_hash) values (made, create_user.password_hash);
    end if;
    return made;
end $$;

create function credential(email text) returns table (user_id uuid, password_hash text, is_disabled boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select u.id, c.password_hash, u.is_disabled or u.deleted_at is not null
    from public.users u join public.credentials c on c.user_id = u.id where lower(u.email) = lower(credential.email) $$;

create function credential_of(id uuid) returns table (user_id uuid, password_hash text, is_disabled boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select u.id, c.password_hash, u.is_disabled or u.deleted_at is not null
    from public.users u join public.credentials c on c.user_id = u.id where u.id = credential_of.id $$;

create function set_password(id uuid, hash text) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.credentials set password_hash = hash, changed_at = now() where user_id = set_password.id $$;

create function list_users() returns table (id uuid, email text, full_name text, time_zone text, is_admin boolean, is_disabled boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select id, email::text, full_name::text, time_zone::text, is_admin, is_disabled from public.users
    where deleted_at is null order by created_at, id $$;

create function set_user_flag(email text, flag text, value boolean) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare found_id uuid;
begin
    select u.id into found_id from public.users u where lower(u.email) = lower(set_user_flag.email);
    if found_id is null then return false; end if;
    case flag
        when 'is_admin' then update public.users set is_admin = value where id = found_id;
        when 'is_disabled' then
            update public.users set is_disabled = value where id = found_id;
            if value then delete from public.sessions where user_id = found_id; end if;
    end case;
    return true;
end $$;

create function open_session(for_user uuid, hash bytea, ip inet, agent text) returns uuid
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.sessions (user_id, token_hash, ip_address, user_agent) values (for_user, hash, ip, agent) returning id $$;

create function find_session(hash bytea, idle interval, absolute interval)
returns table (session_id uuid, user_id uuid, email text, full_name text, time_zone text, is_admin boolean, single_keys boolean)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare live record;
begin
    select s.id, s.user_id, s.last_used_at, u.email, u.full_name, u.time_zone, u.is_admin,
        (u.settings ->> 'single_keys') is distinct from 'off' as single_keys into live
    from public.sessions s join public.users u on u.id = s.user_id
    where s.token_hash = hash and s.last_used_at > now() - idle and s.created_at > now() - absolute
        and not u.is_disabled and u.deleted_at is null;
    if not found then return; end if;
    if live.last_used_at < now() - interval '1 minute' then
        update public.sessions s set last_used_at = now() where s.id = live.id;
    end if;
    return query select live.id, live.user_id, live.email::text, live.full_name::text, live.time_zone::text, live.is_admin, live.single_keys;
end $$;

create function close_session(hash bytea) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    delete from public.sessions where token_hash = hash $$;
create function close_other_sessions(of_user uuid, keep uuid) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    delete from public.sessions where user_id = of_user and id is distinct from keep $$;
create function list_sessions() returns table (id uuid, created_at timestamptz, last_used_at timestamptz, ip_address inet, user_agent text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select id, created_at, last_used_at, ip_address, user_agent from public.sessions where user_id = public.app_user_id() $$;
create function end_session(session uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    delete from public.sessions where id = session and user_id = public.app_user_id();
    return found;
end $$;

create function sign_in_blocked(attempt_key text) returns int
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce((select ceil(extract(epoch from blocked_until - clock_timestamp()))::int
        from public.sign_in_attempts where key = attempt_key and blocked_until > clock_timestamp()), 0) $$;
create function note_sign_in_failure(attempt_key text, free int, longest int) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare n int;
begin
    insert into public.sign_in_attempts as a (key, failures) values (attempt_key, 1)
        on conflict (key) do update set last_failed_at = now(),
            failures = case when a.last_failed_at < now() - interval '1 day' then 1 else a.failures + 1 end
        returning failures into n;
    if n >= free then
        update public.sign_in_attempts set blocked_until = clock_timestamp() + make_interval(secs => least(longest, 2 ^ least(n - free, 20)))
            where key = attempt_key;
    end if;
end $$;
create function clear_sign_in_failures(attempt_key text) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    delete from public.sign_in_attempts where key = attempt_key $$;

-- Handed over to kith_auth, callable by the program only.
do $$
declare f regprocedure;
begin
    for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_auth', f);
    end loop;
end $$;
