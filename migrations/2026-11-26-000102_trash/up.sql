-- The trash is emptied by a job for each user who has something in it for longer than the setting says.
create policy jobs_reads on contacts for select to kith_jobs using (true);
create policy jobs_reads on organizations for select to kith_jobs using (true);
grant select (user_id, deleted_at) on contacts to kith_jobs;
grant select (user_id, deleted_at) on organizations to kith_jobs;

create function enqueue_trash_jobs(days int) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind, payload)
    select t.user_id, 'trash.empty', jsonb_build_object('before', now() - make_interval(days => days))
    from (select user_id from public.contacts where deleted_at < now() - make_interval(days => days)
        union select user_id from public.organizations where deleted_at < now() - make_interval(days => days)) t
    where not exists (select from public.jobs j where j.user_id = t.user_id and j.kind = 'trash.empty' and j.state in ('ready', 'running')) $$;
comment on function enqueue_trash_jobs(int) is 'A job for each user whose trash holds something longer than so many days.';
revoke all on function enqueue_trash_jobs(int) from public;
grant execute on function enqueue_trash_jobs(int) to kith_app;
alter function enqueue_trash_jobs(int) owner to kith_jobs;
