-- Whoever goes into the trash, or comes out of it, is one less or more for each of her organizations. All people of each
-- were counted anew: of ten thousand people in three thousand organizations those of nearly the whole account.
create or replace function contacts_trashed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare moved uuid[]; step int;
begin
    for step, moved in select case when lives then 1 else -1 end, array_agg(id)
        from (select id, bool_or(is_new and deleted_at is null) as lives
            from (select id, deleted_at, true as is_new from changed union all select id, deleted_at, false from was) x
            group by id having count(*) filter (where deleted_at is null) = 1) y group by 1
    loop
        update tags t set people_count = t.people_count + step * p.n
            from (select tag_id, count(*) as n from contact_tags where contact_id = any (moved) group by tag_id order by tag_id) p
            where t.id = p.tag_id;
        update organizations o set people_count = o.people_count + step * p.n
            from (select organization_id, count(distinct contact_id) as n from contact_employments where contact_id = any (moved)
                group by organization_id order by organization_id) p
            where o.id = p.organization_id;
    end loop;
    return null;
end $$;

-- What people are found by waits in lists before it is merged into the GIN indexes, and whoever fills a list merges it: of
-- ten thousand people that took half a second. The lists may grow meanwhile, and a job merges them right after.
create or replace function contacts_document_follows() returns trigger
language plpgsql set search_path = pg_catalog, public set enable_nestloop = off set gin_pending_list_limit = '64MB' as $$
declare moved uuid[]; lives boolean;
begin
    for lives, moved in select n.deleted_at is null, array_agg(n.id order by n.id) from became n join was w on w.user_id = n.user_id and w.id = n.id
        where (n.deleted_at is null) <> (w.deleted_at is null) group by 1
    loop
        update contact_search_documents d set is_live = lives where d.contact_id = any (moved);
        if cardinality(moved) > 1000 then insert into jobs (user_id, kind) values (app_user_id(), 'search lists'); end if;
    end loop;
    return null;
end $$;
create function merge_search_lists() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select gin_clean_pending_list(indexrelid) from pg_index join pg_class c on c.oid = indexrelid join pg_am a on a.oid = c.relam
    where indrelid = 'public.contact_search_documents'::regclass and a.amname = 'gin' $$;
comment on function merge_search_lists() is 'Merges into the indexes of the search what waits for it.';
revoke all on function merge_search_lists() from public;
grant execute on function merge_search_lists() to kith_app;
