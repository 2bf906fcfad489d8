-- Of one user's jobs of a kind one runs at a time: a second would take the hand that somebody else's job waits for.
set local role kith_jobs;
drop function claim_job(text[], text, interval);
set local role kith_owner;
create function claim_job(kinds text[], here text, lease interval)
returns table (id uuid, user_id uuid, kind text, payload jsonb, attempts int)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.jobs j set state = 'running', attempts = j.attempts + 1, lease_until = now() + lease
    where j.id = (select c.id from public.jobs c
        where c.kind = any(kinds) and (c.place is null or c.place = here)
            and (c.state = 'ready' and c.run_at <= now() or c.state = 'running' and c.lease_until < now())
            and not exists (select from public.jobs r where r.state = 'running' and r.lease_until >= now()
                and r.user_id = c.user_id and r.kind = c.kind)
        order by c.run_at, c.id for update skip locked limit 1)
    returning j.id, j.user_id, j.kind::text, j.payload, j.attempts $$;
revoke all on function claim_job(text[], text, interval) from public;
grant execute on function claim_job(text[], text, interval) to kith_app;
alter function claim_job(text[], text, interval) owner to kith_jobs;
create index idx_jobs_running on jobs (user_id, kind) where state = 'running';
