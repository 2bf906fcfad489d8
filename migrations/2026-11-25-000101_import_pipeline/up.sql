-- A job whose file waits in one data folder is done by the server of that folder.
alter table jobs add column place text;
grant insert (place) on jobs to kith_app;
comment on column jobs.place is 'The data folder that alone can do it; null: any.';

set local role kith_jobs;
drop function claim_job(text[], interval);
set local role kith_owner;
create function claim_job(kinds text[], here text, lease interval)
returns table (id uuid, user_id uuid, kind text, payload jsonb, attempts int)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.jobs j set state = 'running', attempts = j.attempts + 1, lease_until = now() + lease
    where j.id = (select c.id from public.jobs c
        where c.kind = any(kinds) and (c.place is null or c.place = here)
            and (c.state = 'ready' and c.run_at <= now() or c.state = 'running' and c.lease_until < now())
        order by c.run_at, c.id for update skip locked limit 1)
    returning j.id, j.user_id, j.kind::text, j.payload, j.attempts $$;
-- What a server that stops in order gives back: the next one goes on at once, and it was no failure.
create function release_job(job uuid) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update public.jobs set state = 'ready', attempts = attempts - 1, lease_until = null where id = job and state = 'running' $$;
do $$
declare f regprocedure;
begin
    foreach f in array array['claim_job(text[],text,interval)'::regprocedure, 'release_job(uuid)'::regprocedure] loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_jobs', f);
    end loop;
end $$;

-- What she decides of a doubtful card: nothing yet, the card's values, her own, or that it is somebody else.
alter table import_items drop constraint import_items_choice_check;
alter table import_items alter column choice drop not null, alter column choice drop default;
update import_items set choice = null;
alter table import_items add constraint import_items_choice_check check (choice in ('card', 'mine', 'new'));
alter table import_items add column twin_of int;
comment on column import_items.twin_of is 'The position of an earlier card of the same person in the same file.';
alter table imports add column items_to_apply int not null default 0;
comment on column imports.items_to_apply is 'How many cards applying has to do, for its progress.';
alter table imports add column lines_read bigint not null default 0;
comment on column imports.lines_read is 'The lines before bytes_read.';

-- A card for a page that compares: a photo in its extras is shortened to what tells it from another.
create function glimpse(card jsonb) returns jsonb language sql immutable parallel safe
    as $$ select case when jsonb_array_length(card -> 'extras') > 0 then jsonb_set(card, '{extras}',
        (select jsonb_agg(case when length(e) > 200 then left(e, 100) || '…' || md5(e) else e end order by n)
            from jsonb_array_elements_text(card -> 'extras') with ordinality x(e, n))) else card end $$;
