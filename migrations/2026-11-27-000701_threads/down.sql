do $$
declare
    new regprocedure := 'matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int, boolean)';
    body text := pg_get_functiondef(new); was text; became text;
begin
    for was, became in values
        ('cut integer, by_thread boolean)', 'cut integer)'),
        (' latest timestamptz := until;', ''),
        ($q$    if by_thread then
        wanted := wanted || ' and (n.thread_id is null or not exists (select from public.interactions w where w.user_id = $1 and w.thread_id = n.thread_id'
            || ' and w.deleted_at is null and (w.occurred_at, w.id) > (n.occurred_at, n.id) and w.occurred_at < $11'
            || case when person is null then '' else ' and (select true from public.interaction_participants q where q.user_id = $1'
                || ' and q.interaction_id = w.id and q.contact_id = any ($8))' end || '))';
    end if;
$q$, ''),
        ('cut, latest;', 'cut;')
    loop
        body := replace(body, was, became);
    end loop;
    execute body;
end $$;
comment on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int) is
    'The newest `cut` interactions before a place that match; a null filter means all.';
revoke all on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int) from public;
grant execute on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int) to kith_app;
alter function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int) owner to kith_search;
set local role kith_search;
drop function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int, boolean);
set local role kith_owner;
drop index idx_interactions_thread;
create index idx_interactions_thread on interactions (user_id, thread_id, occurred_at desc, id desc) where thread_id is not null;
