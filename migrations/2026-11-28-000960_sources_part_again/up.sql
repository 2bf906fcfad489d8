-- A card that means somebody else again, since a merge was taken back, is kept as it was last seen of her: what a later file said
-- went to whoever stayed, and she lacks it. With the newer card kept the same file again would find nothing to bring her. What the
-- later file brought whoever stayed is hers by now, so it stays, and is said.
create function undo_sources(change_set uuid, people uuid[]) returns table (k jsonb, contact uuid, why text)
language plpgsql set search_path = pg_catalog, public set timezone = 'UTC' as $$
begin
    return query
    with moved as materialized (
            select distinct on (a.record_id) a.record_id as id, a.seq, (a.old_values ->> 'contact_id')::uuid as was, (a.new_values ->> 'contact_id')::uuid as stayed
            from audit_logs a where a.change_set_id = change_set and a.table_name = 'contact_sources' and a.action = 'UPDATE'
                and (people is null or a.contact_id = any (people))
                and a.old_values ->> 'contact_id' is not null and a.new_values ->> 'contact_id' is not null
            order by a.record_id, a.seq),
        -- A transaction that waited for the merge has begun before it.
        since as materialized (
            select a.record_id as id, a.seq, a.change_set_id as by, a.old_values -> 'card' as card
            from audit_logs a join moved m on m.id = a.record_id and a.seq >= m.seq
            where a.record_id = any (array(select x.id from moved x)) and (a.record_id <> a.contact_id or a.contact_id is null)
                and a.created_at >= (select s.created_at - interval '1 hour' from change_sets s where s.id = change_set)
                and a.table_name = 'contact_sources' and a.action = 'UPDATE' and a.old_values ? 'card'
                and a.change_set_id is distinct from app_change_set_id()),
        back as materialized (
            select t.id, m.stayed, t.card as said, f.card
            from moved m join contact_sources t on t.id = m.id and t.contact_id = m.was
                join (select distinct on (s.id) s.id, s.card from since s order by s.id, s.seq) f on f.id = m.id
            where t.card <> f.card),
        restored as (update contact_sources t set card = b.card from back b where t.id = b.id),
        brought as (
            select b.stayed, x.what from back b
            cross join lateral (select array(select c.import_id from since s join change_sets c on c.id = s.by
                where s.id = b.id and c.import_id is not null and c.undone_at is null) as ids) i
            cross join lateral (
                select r.value::text as what from contact_methods r where r.contact_id = b.stayed and r.import_id = any (i.ids)
                    and r.value in (select e ->> 'value' from jsonb_array_elements(b.said -> 'person' -> 'methods') e)
                union select o.name::text from contact_employments r join organizations o on o.id = r.organization_id
                    where r.contact_id = b.stayed and r.import_id = any (i.ids)
                        and o.name in (select e ->> 'organization' from jsonb_array_elements((b.said -> 'employments') || (b.card -> 'employments')) e)
                union select l.name::text from contact_tags r join tags l on l.id = r.tag_id
                    where r.contact_id = b.stayed and r.import_id = any (i.ids)
                        and l.name in (select e from jsonb_array_elements_text(b.said -> 'tags') e)
                union select r.kind::text from contact_dates r where r.contact_id = b.stayed and r.import_id = any (i.ids)
                    and exists (select from jsonb_array_elements(b.said -> 'person' -> 'dates') e
                        where e ->> 'kind' = r.kind and (e ->> 'month')::int = r.month and (e ->> 'day')::int = r.day)) x)
    select jsonb_build_object('id', g.stayed), g.stayed, 'an import brought ' || string_agg(distinct left(g.what, 60), ', ')
        from brought g group by g.stayed;
end $$;
comment on function undo_sources(uuid, uuid[]) is 'Gives cards that mean somebody else again what was last seen of her; answers with what went to whoever stayed.';
revoke all on function undo_sources(uuid, uuid[]) from public;
grant execute on function undo_sources(uuid, uuid[]) to kith_app;

-- An import's own undo gives back the cards that it changed, and they mean nobody else.
do $$
declare body text := pg_get_functiondef('undo_rows(uuid, uuid[])'::regprocedure);
    was text := $q$        exit when refused = '[]';
        first_refused := coalesce(first_refused, refused);
    end loop;
$q$;
    became text := $q$        exit when refused = '[]';
        first_refused := coalesce(first_refused, refused);
    end loop;
    if 'UPDATE contact_sources' = any (deeds) and import is null then
        return query select 'contacts', u.k, u.contact, u.why from undo_sources(change_set, people) u;
    end if;
$q$;
begin
    if strpos(body, was) = 0 then raise exception 'undo_rows is not as expected'; end if;
    execute replace(body, was, became);
end $$;
