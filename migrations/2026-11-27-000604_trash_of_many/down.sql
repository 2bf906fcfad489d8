drop function merge_search_lists();
create or replace function contacts_document_follows() returns trigger
language plpgsql set search_path = pg_catalog, public set enable_nestloop = off as $$
declare moved uuid[]; lives boolean;
begin
    for lives, moved in select n.deleted_at is null, array_agg(n.id order by n.id) from became n join was w on w.user_id = n.user_id and w.id = n.id
        where (n.deleted_at is null) <> (w.deleted_at is null) group by 1
    loop
        update contact_search_documents d set is_live = lives where d.contact_id = any (moved);
    end loop;
    return null;
end $$;
create or replace function contacts_trashed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare trashed uuid[]; restored uuid[];
begin
    select array_agg(id) filter (where not lives), array_agg(id) filter (where lives) into trashed, restored
    from (select id, bool_or(is_new and deleted_at is null) as lives
        from (select id, deleted_at, true as is_new from changed union all select id, deleted_at, false from was) x
        group by id having count(*) filter (where deleted_at is null) = 1) y;
    if trashed is not null then
        update tags t set people_count = t.people_count - p.n
            from (select tag_id, count(*) as n from contact_tags where contact_id = any (trashed) group by tag_id order by tag_id) p where t.id = p.tag_id;
    end if;
    if restored is not null then
        update tags t set people_count = t.people_count + p.n
            from (select tag_id, count(*) as n from contact_tags where contact_id = any (restored) group by tag_id order by tag_id) p where t.id = p.tag_id;
    end if;
    if trashed is not null or restored is not null then
        perform count_organization_people((select array_agg(distinct organization_id) from contact_employments
            where contact_id = any (trashed || restored)));
    end if;
    return null;
end $$;
