set local role kith_search;
drop function matching_contact_ids(text, uuid[], uuid[], int);
set local role kith_owner;
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
revoke all on function matching_contact_ids(text, uuid[], uuid[], int) from public;
grant execute on function matching_contact_ids(text, uuid[], uuid[], int) to kith_app;
alter function matching_contact_ids(text, uuid[], uuid[], int) owner to kith_search;
