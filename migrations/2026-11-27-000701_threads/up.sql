-- A thread of mail is one entry of a list that nothing but a person and a period narrows: of its messages the newest within
-- these stands for it.
drop index idx_interactions_thread;
create index idx_interactions_thread on interactions (user_id, thread_id, occurred_at desc, id desc) where thread_id is not null and deleted_at is null;
do $$
declare
    old regprocedure := 'matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int)';
    body text := pg_get_functiondef(old); was text; became text;
begin
    for was, became in values
        ('cut integer)', 'cut integer, by_thread boolean)'),
        ('walk text; asked text;', 'walk text; asked text; latest timestamptz := until;'),
        ('    if kind is not null then wanted', $q$    if by_thread then
        wanted := wanted || ' and (n.thread_id is null or not exists (select from public.interactions w where w.user_id = $1 and w.thread_id = n.thread_id'
            || ' and w.deleted_at is null and (w.occurred_at, w.id) > (n.occurred_at, n.id) and w.occurred_at < $11'
            || case when person is null then '' else ' and (select true from public.interaction_participants q where q.user_id = $1'
                || ' and q.interaction_id = w.id and q.contact_id = any ($8))' end || '))';
    end if;
    if kind is not null then wanted$q$),
        ('people, null::tsquery, cut;', 'people, null::tsquery, cut, latest;'),
        ('people, query::tsquery, cut;', 'people, query::tsquery, cut, latest;')
    loop
        if strpos(body, was) = 0 then raise exception 'matching_interaction_ids is not as expected'; end if;
        body := replace(body, was, became);
    end loop;
    execute body;
end $$;
comment on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int, boolean) is
    'The newest `cut` interactions before a place that match, or the newest of each thread; a null filter means all.';
revoke all on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int, boolean) from public;
grant execute on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int, boolean) to kith_app;
alter function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int, boolean) owner to kith_search;
set local role kith_search;
drop function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int);
set local role kith_owner;
