-- Right after an import PostgreSQL does not know yet how many rows there are: it took everybody for a handful and went
-- through the ten thousand of a tag once for each of a hundred thousand people. So no plan is left to what it believes:
-- all is joined by hash, which takes as long as there are rows, and where a tag or an organization has two thousand
-- people at most, they are gathered first.
set local role kith_search;
drop function matching_contact_ids(text, uuid[], uuid[], int);
set local role kith_owner;
create function matching_contact_ids(query text, tags uuid[], organizations uuid[], cut int) returns setof uuid
language plpgsql stable security definer set search_path = pg_catalog, public, pg_temp set enable_nestloop = off as $$
declare
    mine uuid := public.app_user_id();
    who text := case when query is null then 'c.id' else 'c.contact_id' end;
    wanted text := case when query is null
        then 'select c.id from public.contacts c where c.user_id = $1 and c.deleted_at is null'
        else 'select c.contact_id from public.contact_search_documents c where c.user_id = $1 and c.document @@ $2 and c.is_live' end;
    belonging record;
    members uuid[];
    fewest uuid[];
begin
    if mine is null then return; end if;
    for belonging in select 'contact_tags' as place, 'tag_id' as key, t.id from unnest(tags) t(id)
        union all select 'contact_employments', 'organization_id', o.id from unnest(organizations) o(id)
    loop
        execute format('select coalesce(array_agg(m.contact_id), ''{}'') from
            (select contact_id from public.%I where user_id = $1 and %I = $2 limit 2001) m', belonging.place, belonging.key) into members using mine, belonging.id;
        if cardinality(members) <= least(2000, cardinality(fewest)) then fewest := members; end if;
        wanted := wanted || format(' and exists (select from public.%I x where x.user_id = $1 and x.contact_id = %s and x.%I = %L)',
            belonging.place, who, belonging.key, belonging.id);
    end loop;
    if fewest is not null then wanted := wanted || format(' and %s = any($3)', who); end if;
    return query execute wanted || ' limit $4' using mine, query::tsquery, fewest, cut;
end $$;
comment on function matching_contact_ids(text, uuid[], uuid[], int) is 'Everybody who matches, up to `cut`, in no order.';
revoke all on function matching_contact_ids(text, uuid[], uuid[], int) from public;
grant execute on function matching_contact_ids(text, uuid[], uuid[], int) to kith_app;
alter function matching_contact_ids(text, uuid[], uuid[], int) owner to kith_search;
