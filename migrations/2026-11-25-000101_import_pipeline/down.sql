drop function glimpse(jsonb);
alter table imports drop column lines_read;
alter table imports drop column items_to_apply;
alter table import_items drop column twin_of;
alter table import_items drop constraint import_items_choice_check;
update import_items set choice = 'apply';
alter table import_items alter column choice set not null, alter column choice set default 'apply';
alter table import_items add constraint import_items_choice_check check (choice in ('apply', 'skip'));
set local role kith_jobs;
drop function release_job(uuid);
drop function claim_job(text[], text, interval);
set local role kith_owner;
create function claim_job(kinds text[], lease interval)
returns table (id uuid, user_id uuid, kind text, payload jsonb, attempts int)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.jobs j set state = 'running', attempts = j.attempts + 1, lease_until = now() + lease
    where j.id = (select c.id from public.jobs c
        where c.kind = any(kinds) and (c.state = 'ready' and c.run_at <= now() or c.state = 'running' and c.lease_until < now())
        order by c.run_at, c.id for update skip locked limit 1)
    returning j.id, j.user_id, j.kind::text, j.payload, j.attempts $$;
revoke all on function claim_job(text[], interval) from public;
grant execute on function claim_job(text[], interval) to kith_app;
alter function claim_job(text[], interval) owner to kith_jobs;
alter table jobs drop column place;
