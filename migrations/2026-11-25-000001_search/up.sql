-- Lexical search. An operator that is not leakproof (@@, %) can't be an index condition under row security, so these
-- functions run as kith_search, which its policies admit to every row, and hold the tenant filter themselves.
create policy search_reads on contacts for select to kith_search using (true);
create policy search_reads on contact_tags for select to kith_search using (true);
create policy search_reads on contact_employments for select to kith_search using (true);
create policy search_reads on contact_search_documents for select to kith_search using (true);
create policy search_reads on contact_name_tokens for select to kith_search using (true);
grant select on contacts, contact_tags, contact_employments, contact_search_documents, contact_name_tokens to kith_search;

-- Who types is after a name nearly always: the names alone have an index of their own, so that a letter or two
-- need not go through everything that begins so.
create index idx_contact_search_documents_names on contact_search_documents using gin (user_id, ts_filter(document, '{a}'));

-- Whether she is in the trash stands with the document, so that who searches need not ask for each match. Every
-- other question of a search is answered by the document and its indexes alone.
alter table contact_search_documents add column is_live boolean not null default true;
comment on column contact_search_documents.is_live is 'Whether the contact is not in the trash; kept by trigger.';
create function contacts_document_follows() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    update contact_search_documents set is_live = NEW.deleted_at is null where user_id = NEW.user_id and contact_id = NEW.id;
    return null;
end $$;
create trigger document_follows after update of deleted_at on contacts for each row
    when ((OLD.deleted_at is null) <> (NEW.deleted_at is null)) execute function contacts_document_follows();

-- Name tokens are counted by what the documents say, whoever writes or deletes these; in the order of the tokens, so
-- that of two transactions one waits for the other.
create function contact_name_tokens_count() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare documents tsvector[]; steps int[]; users uuid[]; tokens text[];
begin
    if TG_OP = 'INSERT' then
        select array_agg(user_id), array_agg(document), array_agg(1) into users, documents, steps from changed;
    elsif TG_OP = 'DELETE' then
        select array_agg(user_id), array_agg(document), array_agg(-1) into users, documents, steps from was;
    else
        select array_agg(user_id), array_agg(document), array_agg(step) into users, documents, steps
        from (select user_id, document, 1 as step from changed union all select user_id, document, -1 from was) x;
    end if;
    if users is null then return null; end if;
    select array_agg(x.user_id), array_agg(x.token), array_agg(x.step) into users, tokens, steps from (
        select d.user_id, t.token, sum(d.step)::int as step
        from unnest(users, documents, steps) d(user_id, document, step), unnest(tsvector_to_array(ts_filter(d.document, '{a}'))) t(token)
        group by d.user_id, t.token having sum(d.step) <> 0 order by d.user_id, t.token collate "C") x;
    if users is null then return null; end if;
    insert into contact_name_tokens as t (user_id, token, n)
        select * from unnest(users, tokens, steps) x(user_id, token, step) where x.step > 0
        on conflict (user_id, token) do update set n = t.n + excluded.n;
    -- Where the user herself goes, her tokens go with her and there is nothing to count.
    if 0 > any (steps) then
        update contact_name_tokens t set n = t.n + x.step from unnest(users, tokens, steps) x(user_id, token, step)
            where t.user_id = x.user_id and t.token = x.token and x.step < 0;
        delete from contact_name_tokens t using unnest(users, tokens, steps) x(user_id, token, step)
            where t.user_id = x.user_id and t.token = x.token and x.step < 0 and t.n <= 0;
    end if;
    return null;
end $$;
create trigger count_insert after insert on contact_search_documents referencing new table as changed for each statement execute function contact_name_tokens_count();
create trigger count_update after update on contact_search_documents referencing new table as changed old table as was for each statement execute function contact_name_tokens_count();
create trigger count_delete after delete on contact_search_documents referencing old table as was for each statement execute function contact_name_tokens_count();

-- For typing: at most 500 candidates are ranked: whole names, then beginnings of names, and everything else only where
-- these are few. Where a beginning is so common that its matches would be gathered for long, the strongest contacts are
-- asked one by one instead, which meets enough of them soon. `query` is what text::search_query writes: no colon in it
-- but those of `:*`.
create function suggest_contacts(query text, cut int) returns table (contact_id uuid, score real)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
    mine uuid := public.app_user_id();
    beginning tsquery := query::tsquery;
    whole tsquery := replace(query, ':*', '')::tsquery;
    weights constant real[] := '{0.02, 0.1, 0.3, 1}';
    common constant int := 2000;
    words text[] := array(select w[1] from regexp_matches(query, '''([^''@]+)'':\*', 'g') w);
    named bigint; begun bigint;
    ids uuid[]; scores real[]; more_ids uuid[]; more_scores real[];
begin
    if mine is null or query is null then return; end if;
    -- How many have the rarest of the words as a name, or in the beginning of one.
    select min(coalesce((select t.n from public.contact_name_tokens t where t.user_id = mine and t.token = w), 0)),
        min((select coalesce(sum(t.n), 0) from public.contact_name_tokens t where t.user_id = mine and t.token >= w and t.token < w || chr(1114111)))
        into named, begun from unnest(words) w;
    if named is null or named <= common then
        with hits as materialized (select d.contact_id, d.document from public.contact_search_documents d
            where d.user_id = mine and ts_filter(d.document, '{a}') @@ whole and d.is_live)
        select array_agg(x.contact_id), array_agg(x.score) into ids, scores
            from (select contact_id, 1 + ts_rank(weights, document, whole) as score from hits limit 200) x;
    end if;
    if begun > common then
        select array_agg(x.id), array_agg(x.score) into more_ids, more_scores
            from (select c.id, d.score from (select id from public.contacts where user_id = mine and deleted_at is null
                    order by public.value_or(relationship_strength, 0) desc, id desc limit 2000) c
                cross join lateral (select ts_rank(weights, document, beginning) + case when ts_filter(document, '{a}') @@ whole then 1 else 0 end as score
                    from public.contact_search_documents where user_id = mine and contact_id = c.id and ts_filter(document, '{a}') @@ beginning limit 1) d
                limit 30) x;
        ids := ids || more_ids;
        scores := scores || more_scores;
    end if;
    if coalesce(cardinality(ids), 0) < cut then
        with hits as materialized (select d.contact_id, d.document from public.contact_search_documents d
            where d.user_id = mine and ts_filter(d.document, '{a}') @@ beginning and d.is_live)
        select array_agg(x.contact_id), array_agg(x.score) into more_ids, more_scores
            from (select contact_id, ts_rank(weights, document, beginning) as score from hits limit 300) x;
        ids := ids || more_ids;
        scores := scores || more_scores;
    end if;
    if coalesce(cardinality(ids), 0) < cut then
        with hits as materialized (select d.contact_id, d.document from public.contact_search_documents d
            where d.user_id = mine and d.document @@ beginning and d.is_live)
        select array_agg(x.contact_id), array_agg(x.score) into more_ids, more_scores
            from (select contact_id, ts_rank(weights, document, beginning) as score from hits limit 300) x;
        ids := ids || more_ids;
        scores := scores || more_scores;
    end if;
    return query
        select best.id, (best.score + coalesce(c.relationship_strength, 5) / 50.0)::real
        from (select f.id, max(f.score) as score from unnest(ids, scores) f(id, score) group by f.id order by 2 desc, 1 limit 100) best
        join public.contacts c on c.user_id = mine and c.id = best.id
        order by 2 desc, 1 limit cut;
end $$;
comment on function suggest_contacts(text, int) is 'The people whom a half-typed query most likely means, best first; not complete.';

-- For lists, counts, bulk actions and export: whoever is not in the trash, matches the query (null: everybody), has all
-- of these tags and works or worked at all of these organizations. At most `cut`, in no order. Planned anew for each
-- question, since a tag of three people and a letter that half of all have ask for different plans.
create function matching_contact_ids(query text, tags uuid[], organizations uuid[], cut int) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    mine uuid := public.app_user_id();
    who text := case when query is null then 'c.id' else 'c.contact_id' end;
    wanted text := case when query is null
        then 'select c.id from public.contacts c where c.user_id = $1 and c.deleted_at is null'
        else 'select c.contact_id from public.contact_search_documents c where c.user_id = $1 and c.document @@ $2 and c.is_live' end;
    n int;
begin
    if mine is null then return; end if;
    for n in 1..coalesce(cardinality(tags), 0) loop
        wanted := wanted || format(' and exists (select from public.contact_tags t where t.user_id = $1 and t.contact_id = %s and t.tag_id = ($3)[%s])', who, n);
    end loop;
    for n in 1..coalesce(cardinality(organizations), 0) loop
        wanted := wanted || format(' and exists (select from public.contact_employments e where e.user_id = $1 and e.contact_id = %s and e.organization_id = ($4)[%s])', who, n);
    end loop;
    return query execute wanted || ' limit $5' using mine, query::tsquery, tags, organizations, cut;
end $$;
comment on function matching_contact_ids(text, uuid[], uuid[], int) is 'Everybody who matches, up to `cut`, in no order.';

-- For correcting typos: of these words those that begin nothing she has stored, each with the name tokens that look
-- like it; the program measures how near they are.
create function similar_name_tokens(words text[]) returns table (word text, token text, n int)
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare mine uuid := public.app_user_id(); w text; lexeme text;
begin
    if mine is null then return; end if;
    foreach w in array coalesce(words, '{}') loop
        lexeme := replace(replace(w, '\', '\\'), '''', '''''');
        if not exists (select from public.contact_name_tokens t where t.user_id = mine and t.token >= w and t.token < w || chr(1114111))
            and not exists (select from public.contact_search_documents d
                where d.user_id = mine and d.document @@ format('''%s'':* | ''@%s'':*', lexeme, lexeme)::tsquery) then
            return query
                (select w, t.token, t.n from public.contact_name_tokens t where t.user_id = mine and t.token % w
                    order by public.similarity(t.token, w) desc, t.n desc limit 40)
                union
                -- Two letters that changed places leave a short word few trigrams.
                (select w, t.token, t.n from public.contact_name_tokens t
                    where t.user_id = mine and t.token >= left(w, 1) and t.token < left(w, 1) || chr(1114111) and length(t.token) between length(w) - 1 and length(w) + 1
                        and public.levenshtein_less_equal(t.token, w, 2) <= 2
                    order by public.levenshtein_less_equal(t.token, w, 2), t.n desc limit 40);
        end if;
    end loop;
end $$;
comment on function similar_name_tokens(text[]) is 'Of these words the unknown ones, with name tokens that look like them.';

do $$
declare f regprocedure;
begin
    foreach f in array array['suggest_contacts(text, int)'::regprocedure, 'matching_contact_ids(text, uuid[], uuid[], int)'::regprocedure,
            'similar_name_tokens(text[])'::regprocedure] loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to kith_app', f);
        execute format('alter function %s owner to kith_search', f);
    end loop;
end $$;
