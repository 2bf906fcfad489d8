set local role kith_auth;
drop function take_sign_in_turn(text[], int[], int[]);
drop function return_sign_in_turn(text, text);
set local role kith_owner;
comment on column sign_in_attempts.failures is null;
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
revoke all on function sign_in_blocked(text), note_sign_in_failure(text, int, int), clear_sign_in_failures(text) from public;
grant execute on function sign_in_blocked(text), note_sign_in_failure(text, int, int), clear_sign_in_failures(text) to kith_app;
alter function sign_in_blocked(text) owner to kith_auth;
alter function note_sign_in_failure(text, int, int) owner to kith_auth;
alter function clear_sign_in_failures(text) owner to kith_auth;
