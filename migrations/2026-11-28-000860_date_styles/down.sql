comment on column users.settings is 'Preferences: single_keys, off where she wants no keys of one letter; country, the code of the one that she dials from.';

set local role kith_auth;
drop function list_users();
drop function find_session(bytea, interval, interval);
set local role kith_owner;
create function find_session(hash bytea, idle interval, absolute interval)
returns table (session_id uuid, user_id uuid, email text, full_name text, time_zone text, is_admin boolean, subscription_tier text,
    country text, single_keys boolean)
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare live record;
begin
    select s.id, s.user_id, s.last_used_at, u.email, u.full_name, u.time_zone, u.is_admin, u.subscription_tier, u.settings ->> 'country' as country,
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
        coalesce(live.subscription_tier, 'free')::text, live.country, live.single_keys;
end $$;
create function list_users() returns table (id uuid, email text, full_name text, time_zone text, is_admin boolean, is_disabled boolean,
    subscription_tier text, country text, created_at timestamptz, last_used_at timestamptz)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select id, email::text, full_name::text, time_zone::text, is_admin, is_disabled, coalesce(subscription_tier, 'free')::text,
        settings ->> 'country', created_at, last_used_at
    from public.users where deleted_at is null order by created_at, id $$;
do $$
declare f regprocedure;
begin
    for f in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname in ('find_session', 'list_users') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_auth', f);
    end loop;
end $$;
