set local role kith_auth;
drop function revoke_invitation(uuid);
drop function list_invitations(timestamptz, uuid);
drop function create_invitation(bytea, text, int);
drop function change_account(text, text);
drop function create_user(text, text, text, text, boolean, bytea);
drop function invitation_stands(bytea);
drop function list_users();
drop function find_session(bytea, interval, interval);
create or replace function any_user() returns boolean language sql stable security definer set search_path = pg_catalog, public, pg_temp
    as $$ select exists (select from public.users) $$;
create or replace function open_session(for_user uuid, hash bytea, ip inet, agent text) returns uuid
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.sessions (user_id, token_hash, ip_address, user_agent) values (for_user, hash, ip, agent) returning id $$;
set local role kith_owner;
drop function do_to_account(uuid, text);
drop function is_administrator();
drop table invitations;
alter table users drop column last_used_at;

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
do $$
declare f regprocedure;
begin
    for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
        and p.proname in ('find_session', 'list_users', 'create_user', 'set_user_flag') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_auth', f);
    end loop;
end $$;
