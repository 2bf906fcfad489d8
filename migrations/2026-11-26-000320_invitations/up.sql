-- Invitations: a link that makes one account. Whoever administers makes, lists and revokes them, and the functions that
-- do so ask for themselves whether the session is an administrator's. Accounts are changed by one function, from the
-- command line and from the page, so that both refuse alike what would leave nobody to administer.
alter table users add column last_used_at timestamptz;
comment on column users.last_used_at is 'The last request of any of her sessions, to the minute.';

create table invitations (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    token_hash bytea not null constraint invitations_token_hash_key unique,
    note varchar(255) not null default '',
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz,
    primary key (user_id, id)
);
create index idx_invitations_newest on invitations (created_at desc, id desc);
alter table invitations enable row level security;
alter table invitations force row level security;
create policy auth_invitations on invitations to kith_auth using (true) with check (true);
grant select, insert, update on invitations to kith_auth;
comment on table invitations is 'Links that each make one account; reached by the functions of kith_auth only.';
comment on column invitations.user_id is 'The administrator who made it.';
comment on column invitations.id is 'A random UUID.';
comment on column invitations.token_hash is 'SHA-256 of the link''s token.';
comment on column invitations.note is 'Whom it is for, in the administrator''s words.';
comment on column invitations.created_at is 'When it was made.';
comment on column invitations.expires_at is 'From then on it makes no account.';
comment on column invitations.used_at is 'When it made its account.';
comment on column invitations.revoked_at is 'When an administrator took it back.';

set local role kith_auth;
drop function create_user(text, text, text, text, boolean);
drop function set_user_flag(text, text, boolean);
drop function list_users();
drop function find_session(bytea, interval, interval);
-- Who has closed her account is none of the accounts any more.
create or replace function any_user() returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$ select exists (select from public.users where deleted_at is null) $$;
create or replace function open_session(for_user uuid, hash bytea, ip inet, agent text) returns uuid
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.users set last_used_at = now() where id = for_user;
    insert into public.sessions (user_id, token_hash, ip_address, user_agent) values (for_user, hash, ip, agent) returning id $$;
set local role kith_owner;

create function find_session(hash bytea, idle interval, absolute interval)
returns table (session_id uuid, user_id uuid, email text, full_name text, time_zone text, is_admin boolean, subscription_tier text, single_keys boolean)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare live record;
begin
    select s.id, s.user_id, s.last_used_at, u.email, u.full_name, u.time_zone, u.is_admin, u.subscription_tier,
        (u.settings ->> 'single_keys') is distinct from 'off' as single_keys into live
    from public.sessions s join public.users u on u.id = s.user_id
    where s.token_hash = hash and s.last_used_at > now() - idle and s.created_at > now() - absolute
        and not u.is_disabled and u.deleted_at is null;
    if not found then return; end if;
    if live.last_used_at < now() - interval '1 minute' then
        update public.sessions s set last_used_at = now() where s.id = live.id;
        update public.users u set last_used_at = now() where u.id = live.user_id;
    end if;
    return query select live.id, live.user_id, live.email::text, live.full_name::text, live.time_zone::text, live.is_admin,
        coalesce(live.subscription_tier, 'free')::text, live.single_keys;
end $$;

create function list_users() returns table (id uuid, email text, full_name text, time_zone text, is_admin boolean, is_disabled boolean,
    subscription_tier text, created_at timestamptz, last_used_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select id, email::text, full_name::text, time_zone::text, is_admin, is_disabled, coalesce(subscription_tier, 'free')::text, created_at, last_used_at
    from public.users where deleted_at is null order by created_at, id $$;

create function create_user(email text, full_name text, time_zone text, password_hash text, only_first boolean, invitation bytea default null) returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare made uuid; is_first boolean;
begin
    -- One sign-up at a time, so that exactly one account is the first and an invitation makes exactly one.
    perform pg_advisory_xact_lock(hashtext('kith create_user'));
    is_first := not exists (select from public.users where deleted_at is null);
    if only_first and not is_first then return null; end if;
    if invitation is not null and not public.invitation_stands(invitation) then return null; end if;
    insert into public.users (email, full_name, time_zone, is_admin) values (create_user.email, create_user.full_name, create_user.time_zone, is_first)
        on conflict do nothing returning id into made;
    if made is not null then
        insert into public.credentials (user_id, password_hash) values (made, create_user.password_hash);
        update public.invitations set used_at = now() where token_hash = invitation;
    end if;
    return made;
end $$;

create function invitation_stands(hash bytea) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select exists (select from public.invitations where token_hash = hash and used_at is null and revoked_at is null and expires_at > now()) $$;

-- Whether this transaction's session is an administrator's, as the tables say now.
create function is_administrator() returns boolean language sql stable set search_path = pg_catalog, public as $$
    select exists (select from public.sessions s join public.users u on u.id = s.user_id
        where s.id = public.app_session_id() and s.user_id = public.app_user_id() and u.is_admin and not u.is_disabled and u.deleted_at is null) $$;

-- Answers with what became of it: done, same (it was so already), missing, or last (nobody would be left to administer).
create function do_to_account(account uuid, deed text) returns text language plpgsql set search_path = pg_catalog, public as $$
declare who public.users;
begin
    perform pg_advisory_xact_lock(hashtext('kith create_user'));
    select * into who from public.users where id = account and deleted_at is null for update;
    if not found then return 'missing'; end if;
    if deed in ('disable', 'demote') and who.is_admin and not who.is_disabled
        and not exists (select from public.users where id <> account and is_admin and not is_disabled and deleted_at is null) then return 'last'; end if;
    case deed
        when 'disable' then
            if who.is_disabled then return 'same'; end if;
            update public.users set is_disabled = true where id = account;
            delete from public.sessions where user_id = account;
        when 'enable' then
            if not who.is_disabled then return 'same'; end if;
            update public.users set is_disabled = false where id = account;
        when 'promote', 'demote' then
            if who.is_admin = (deed = 'promote') then return 'same'; end if;
            update public.users set is_admin = (deed = 'promote') where id = account;
        when 'free', 'pro', 'team' then
            if who.subscription_tier is not distinct from deed then return 'same'; end if;
            update public.users set subscription_tier = deed where id = account;
    end case;
    return 'done';
end $$;

-- For the command line: whoever can run it owns the instance.
create function change_account(email text, deed text) returns text
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select coalesce((select public.do_to_account(u.id, deed) from public.users u where lower(u.email) = lower(change_account.email)), 'missing') $$;

create function create_invitation(hash bytea, for_whom text, days int) returns uuid
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare made uuid;
begin
    if not public.is_administrator() then return null; end if;
    if (select count(*) from public.invitations where used_at is null and revoked_at is null and expires_at > now()) >= 100 then return null; end if;
    insert into public.invitations (user_id, token_hash, note, expires_at) values (public.app_user_id(), hash, for_whom, now() + make_interval(days => days))
        returning id into made;
    return made;
end $$;

create function list_invitations(before timestamptz, before_id uuid)
returns table (id uuid, note text, made_by text, created_at timestamptz, expires_at timestamptz, used_at timestamptz, revoked_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select i.id, i.note::text, u.full_name::text, i.created_at, i.expires_at, i.used_at, i.revoked_at
    from public.invitations i join public.users u on u.id = i.user_id
    where public.is_administrator() and (i.created_at, i.id) < (before, before_id)
    order by i.created_at desc, i.id desc limit 51 $$;

create function revoke_invitation(invitation uuid) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not public.is_administrator() then return false; end if;
    update public.invitations set revoked_at = coalesce(revoked_at, now()) where id = invitation and used_at is null;
    return found;
end $$;

comment on function change_account(text, text) is 'Disables, enables, promotes, demotes, or sets the tier; answers done, same, missing or last.';
do $$
declare f regprocedure;
begin
    for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
        and p.proname in ('find_session', 'list_users', 'create_user', 'invitation_stands', 'change_account', 'create_invitation', 'list_invitations', 'revoke_invitation') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_auth', f);
    end loop;
end $$;
revoke all on function is_administrator(), do_to_account(uuid, text) from public;
grant execute on function is_administrator(), do_to_account(uuid, text) to kith_auth;
comment on function is_administrator() is 'Whether this transaction''s session is an administrator''s; for the functions of kith_auth.';
