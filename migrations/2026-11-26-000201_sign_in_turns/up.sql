-- A try at signing in is counted before its password is looked at, in one step with the question whether it may be
-- made at all: many at once would else all be asked before the first of them is counted.
set local role kith_auth;
drop function sign_in_blocked(text);
drop function note_sign_in_failure(text, int, int);
drop function clear_sign_in_failures(text);
set local role kith_owner;

create function take_sign_in_turn(keys text[], free int[], longest int[]) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare seconds int;
begin
    -- In the order of the keys, so that two tries never wait for each other.
    insert into public.sign_in_attempts (key) select k from unnest(keys) k order by k on conflict do nothing;
    perform from public.sign_in_attempts a where a.key = any (keys) order by a.key for update;
    select max(ceil(extract(epoch from a.blocked_until - clock_timestamp())))::int into seconds
        from public.sign_in_attempts a where a.key = any (keys) and a.blocked_until > clock_timestamp();
    if seconds > 0 then return seconds; end if;
    update public.sign_in_attempts a set failures = tried.n, last_failed_at = now(), blocked_until = case when tried.n >= tried.free
            then clock_timestamp() + make_interval(secs => least(tried.longest, 2 ^ least(tried.n - tried.free, 20))) end
        from (select k.key, k.free, k.longest, case when b.last_failed_at < now() - interval '1 day' then 1 else b.failures + 1 end as n
            from unnest(keys, free, longest) as k(key, free, longest) join public.sign_in_attempts b on b.key = k.key) tried
        where a.key = tried.key;
    return 0;
end $$;
comment on function take_sign_in_turn(text[], int[], int[]) is
    'Counts a try under each key and returns 0, or counts nothing and returns the seconds to wait.';

create function return_sign_in_turn(account text, address text) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.sign_in_attempts set failures = 0, blocked_until = null where key = account;
    update public.sign_in_attempts set failures = greatest(failures - 1, 0), blocked_until = null where key = address $$;
comment on function return_sign_in_turn(text, text) is 'Takes a try that went well back: the account''s failures are forgotten, the address''s stay.';

revoke all on function take_sign_in_turn(text[], int[], int[]), return_sign_in_turn(text, text) from public;
grant execute on function take_sign_in_turn(text[], int[], int[]), return_sign_in_turn(text, text) to kith_app;
alter function take_sign_in_turn(text[], int[], int[]) owner to kith_auth;
alter function return_sign_in_turn(text, text) owner to kith_auth;
comment on column sign_in_attempts.failures is 'Tries that failed or are under way.';
