-- What passed between her and people, as its pages need it: a day without an hour, what counts as contact, words to search by.

-- A date alone is kept as that date, whatever zone she lives in later: an hour of it in one zone may be another day in the
-- next. It takes its place in the order at noon where she was when it was entered.
alter table interactions add column occurred_on date,
    add column is_contact boolean not null default true,
    add constraint interactions_occurred_on_check check ((occurred_at at time zone 'UTC')
        between occurred_on - interval '1 day' and occurred_on + interval '2 days');
comment on column interactions.occurred_on is 'The day, where no hour of it is known; occurred_at is then its place in the order: noon of that day where she was.';
comment on column interactions.is_contact is 'Whether it says that the two were in touch: false of what an import brings besides, such as drafts, mail to a list, or what is still to come. Notes never do.';
comment on column interactions.interaction_type is 'email, meeting, call, message, linkedin, note, other, or another word that a program stored.';
comment on column interactions.direction is 'inbound, outbound or mutual; null where that says nothing.';
comment on column interactions.subject is 'What about.';
comment on column interactions.summary is 'What was said, in Markdown.';
create index idx_interactions_direction on interactions (user_id, direction, occurred_at desc, id desc) where deleted_at is null;
create index idx_interactions_trash on interactions (user_id, deleted_at desc, id desc) where deleted_at is not null;

-- What a search looks at, written by the program's tokeniser.
create table interaction_search_documents (
    user_id uuid not null references users on delete cascade,
    interaction_id uuid not null,
    occurred_at timestamptz not null,
    document tsvector not null,
    primary key (user_id, interaction_id),
    constraint interaction_search_documents_interaction_fkey foreign key (user_id, interaction_id, occurred_at)
        references interactions on update cascade on delete cascade
);
select secure_tenant_table('interaction_search_documents');
create index idx_interaction_search_documents on interaction_search_documents using gin (user_id, document);
comment on table interaction_search_documents is 'What interactions are found by; derived, and kept by the program in the transaction that changes its sources.';
comment on column interaction_search_documents.user_id is 'The owner.';
comment on column interaction_search_documents.interaction_id is 'Which interaction.';
comment on column interaction_search_documents.occurred_at is 'A copy of the interaction''s, kept by the foreign key.';
comment on column interaction_search_documents.document is 'The words of its subject (A) and summary (D).';

-- A page of a list behind a row, newest first, with every filter inside: as kith_search, since an operator that is not
-- leakproof can't be an index condition under row security. Planned anew for each question: what is common, a word or the
-- people of a tag, is met soon among the newest; what is not met there is rare, and has few rows that its own index names.
-- `offset 0` keeps the planner to that, which knows of no word how rare it is.
create policy search_reads on interactions for select to kith_search using (true);
create policy search_reads on interaction_participants for select to kith_search using (true);
create policy search_reads on interaction_search_documents for select to kith_search using (true);
grant select on interactions, interaction_participants, interaction_search_documents to kith_search;
create function matching_interaction_ids(query text, kind text, direction text, person uuid, organization uuid, tag uuid,
    since timestamptz, until timestamptz, before timestamptz, before_id uuid, cut int)
returns table (id uuid, occurred_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
    mine uuid := public.app_user_id();
    people uuid[];
    is_few boolean := false;
    bounds text := '%1$s.user_id = $1 and %1$s.occurred_at >= $2 and %1$s.occurred_at < $3 and (%1$s.occurred_at, %1$s.%2$s) < ($4, $5)';
    wanted text := ' and n.deleted_at is null';
    theirs text := '';
    says text := '';
    walk text; asked text;
    ids uuid[]; times timestamptz[];
begin
    if mine is null then return; end if;
    until := least(until, before + interval '1 microsecond');
    if kind is not null then wanted := wanted || ' and n.interaction_type = $6'; end if;
    if direction is not null then wanted := wanted || ' and n.direction = $7'; end if;
    if query is not null then
        says := ' and (select d.document @@ $9 from public.interaction_search_documents d where d.user_id = $1 and d.interaction_id = n.id)';
    end if;
    if coalesce(person, organization, tag) is not null then
        people := array(select c.id from public.contacts c where c.user_id = mine and c.deleted_at is null and (person is null or c.id = person)
            and (organization is null or exists (select from public.contact_employments e
                where e.user_id = mine and e.contact_id = c.id and e.organization_id = organization))
            and (tag is null or exists (select from public.contact_tags t where t.user_id = mine and t.contact_id = c.id and t.tag_id = tag)));
        if cardinality(people) = 0 then return; end if;
        is_few := cardinality(people) <= 2000;
        theirs := ' and exists (select from public.interaction_participants p where p.user_id = $1 and p.interaction_id = n.id and p.contact_id = any ($8))';
    end if;
    walk := 'select n.id, n.occurred_at from public.interactions n where ' || format(bounds, 'n', 'id') || wanted;
    if query is null and people is null then
        return query execute walk || ' order by n.occurred_at desc, n.id desc limit $10'
            using mine, since, until, before, before_id, kind, direction, people, null::tsquery, cut;
        return;
    end if;
    if person is null then
        execute 'select array_agg(x.id), array_agg(x.occurred_at) from (select n.id, n.occurred_at from (' || walk
                || ' order by n.occurred_at desc, n.id desc limit 2000) n where true' || theirs || says || ' order by n.occurred_at desc, n.id desc limit $10) x'
            into ids, times using mine, since, until, before, before_id, kind, direction, people, query::tsquery, cut;
        if cardinality(ids) = cut then
            return query select x.id, x.at from unnest(ids, times) x(id, at) order by 2 desc, 1 desc;
            return;
        end if;
    end if;
    if is_few then
        asked := 'select distinct x.interaction_id, x.occurred_at from unnest($8) w(id) cross join lateral ('
            || 'select p.interaction_id, p.occurred_at from (select p.interaction_id, p.occurred_at from public.interaction_participants p'
            || ' where p.contact_id = w.id and ' || format(bounds, 'p', 'interaction_id')
            || ' order by p.occurred_at desc, p.interaction_id desc offset 0) p cross join lateral (select from public.interactions n'
            || ' where n.user_id = $1 and n.id = p.interaction_id and n.occurred_at = p.occurred_at' || wanted || says || ' offset 0) n'
            || ' order by p.occurred_at desc, p.interaction_id desc limit $10) x order by 2 desc, 1 desc limit $10';
    elsif query is null then
        asked := walk || theirs || ' order by n.occurred_at desc, n.id desc limit $10';
    else
        asked := 'select d.interaction_id, d.occurred_at from (select d.interaction_id, d.occurred_at from public.interaction_search_documents d where '
            || format(bounds, 'd', 'interaction_id') || ' and d.document @@ $9 order by d.occurred_at desc, d.interaction_id desc offset 0) d'
            || ' cross join lateral (select from public.interactions n where n.user_id = $1 and n.id = d.interaction_id and n.occurred_at = d.occurred_at'
            || wanted || theirs || ' offset 0) n order by d.occurred_at desc, d.interaction_id desc limit $10';
    end if;
    return query execute asked using mine, since, until, before, before_id, kind, direction, people, query::tsquery, cut;
end $$;
comment on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int) is
    'The newest `cut` interactions before a place that match; a null filter means all.';
revoke all on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int) from public;
grant execute on function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int) to kith_app;
alter function matching_interaction_ids(text, text, text, uuid, uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, int) owner to kith_search;

-- The trash holds them too.
create policy jobs_reads on interactions for select to kith_jobs using (true);
grant select (user_id, deleted_at) on interactions to kith_jobs;
set local role kith_jobs;
create or replace function enqueue_trash_jobs(days int) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind, payload)
    select t.user_id, 'trash.empty', jsonb_build_object('before', now() - make_interval(days => days))
    from (select user_id from public.contacts where deleted_at < now() - make_interval(days => days)
        union select user_id from public.organizations where deleted_at < now() - make_interval(days => days)
        union select user_id from public.interactions where deleted_at < now() - make_interval(days => days)) t
    where not exists (select from public.jobs j where j.user_id = t.user_id and j.kind = 'trash.empty' and j.state in ('ready', 'running')) $$;
set local role kith_owner;

-- Undo. Whoever is put back into an interaction finds it wherever it was moved meanwhile. One with which somebody went on stays,
-- with those who took part; so does one that others joined. What an import brought goes with its undo, unless somebody went on
-- with it. An hour and a day that no longer fit each other are left as they are.
do $$
declare body text; f text; was text; became text;
begin
    for f, was, became in values
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interactions' then 'false'$q$,
            $q$when 'interactions' then 'exists (select from interaction_participants e where e.interaction_id = t.id)'$q$),
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interaction_participants' then 'false'$q$,
            $q$when 'interaction_participants' then 'exists (select from audit_logs p where p.change_set_id = $1 and p.table_name = ''interactions'' and p.action = ''INSERT'' and p.record_id = t.interaction_id)
            and exists (select from audit_logs l where l.record_id = t.interaction_id and l.change_set_id is distinct from $1
                and l.change_set_id is distinct from app_change_set_id() and stands(l.change_set_id))'$q$),
        ('undo_updates(uuid, text, uuid[])', 'exception when unique_violation or foreign_key_violation then',
            'exception when unique_violation or foreign_key_violation or check_violation then'),
        ('undo_updates(uuid, text, uuid[])', 'exception when unique_violation then', $q$exception when check_violation then
                    return query select found_rows -> 'k', (found_rows ->> 'contact')::uuid, 'it was changed since';
                when unique_violation then$q$),
        ('undo_parents(text)', $q$where a.attname <> 'user_id')), ' and ')$q$,
            $q$where a.attname <> 'user_id' and (f.conrelid <> 'interaction_participants'::regclass or a.attname <> 'occurred_at'))), ' and ')$q$),
        ('undo_deletes(uuid, text, uuid[])', $q$c as materialized (select distinct on (l.k) l.k, l.contact_id, l.old_values from$q$,
            $q$c as materialized (select distinct on (l.k) l.k, l.contact_id, l.old_values || coalesce((select jsonb_build_object('occurred_at', i.occurred_at)
                from interactions i where $2 = 'interaction_participants' and i.id = (l.k ->> 'interaction_id')::uuid), '{}') as old_values from$q$),
        ('undo_import_groups(uuid, uuid)', 'delete from tags t where t.import_id = import',
            $q$delete from interactions n where n.import_id = import and not exists (select from audit_logs a left join change_sets s on s.id = a.change_set_id
            where a.record_id = n.id and a.change_set_id is distinct from change_set and s.undone_at is null and s.undoes is null);
    delete from tags t where t.import_id = import$q$)
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for interactions', f; end if;
        execute replace(body, was, became);
    end loop;
end $$;
