-- A merge is done again whole or not at all, too: it takes along what it took then. Whatever somebody got meanwhile would stay with her in
-- the trash, and whoever stays but is in the trash herself, or is no more, would hide or lose what comes to her.
create or replace function undo_bars(change_set uuid) returns table (table_name text, row_key jsonb, contact_id uuid, reason text)
language sql stable set search_path = pg_catalog, public as $$
    with m as materialized (
        select s.id, s.merged_into, s.created_at, null::uuid as undo, null::timestamptz as undone from change_sets s where s.id = $1 and s.kind = 'merge'
        union all select g.id, g.merged_into, g.created_at, s.id, s.created_at from change_sets s join change_sets g on g.id = s.undoes
            where s.id = $1 and g.kind = 'merge'),
    lost as materialized (select distinct a.table_name::text as place, a.record_id as id from m join audit_logs a on a.change_set_id = m.id
        where a.table_name in ('contacts', 'organizations') and a.action = 'UPDATE' and a.new_values ->> 'deleted_at' is not null),
    meant as materialized (select l.place, l.id from lost l union select l.place, m.merged_into from lost l cross join m where m.merged_into is not null),
    trashed as materialized (
        select w.place, w.id, c.deleted_at as since from meant w join contacts c on c.id = w.id where w.place = 'contacts' and c.deleted_at is not null
        union all select w.place, w.id, o.deleted_at from meant w join organizations o on o.id = w.id where w.place = 'organizations' and o.deleted_at is not null),
    purged as (
        select w.place, w.id, 'deleted for good since, so ' || coalesce('take back “' || nullif(coalesce(
                (select s.summary from audit_logs d join change_sets s on s.id = d.change_set_id
                    where d.contact_id = w.id and d.table_name = 'contacts' and d.action = 'DELETE' order by d.seq desc limit 1),
                (select s.summary from audit_logs d join change_sets s on s.id = d.change_set_id
                    where d.record_id = w.id and d.contact_id is null and d.table_name = 'organizations' and d.action = 'DELETE' order by d.seq desc limit 1)), '')
            || '”', 'take that back') || ' first' as why
        from meant w where case w.place when 'contacts' then not exists (select from contacts c where c.id = w.id)
            else not exists (select from organizations o where o.id = w.id) end),
    -- A merge that is done again puts into the trash as of when it did first, so that tells which one it was.
    hidden as (
        select t.place, t.id, coalesce('merged into ' || left(n.name, 60) || ' since, so take that back first',
                case when m.undo is not null then 'in the trash since, so restore that first' end) as why
        from m join trashed t on m.undo is not null or t.id = m.merged_into
        left join lateral (select coalesce(c.display_name, o.name, 'another one')::text as name from change_sets s
            left join contacts c on c.id = s.merged_into left join organizations o on o.id = s.merged_into
            where s.kind = 'merge' and s.undone_at is null and s.id <> m.id
                and exists (select from audit_logs a where a.change_set_id = s.id and a.table_name = t.place and a.record_id = t.id
                    and a.action = 'UPDATE' and (a.new_values ->> 'deleted_at')::timestamptz = t.since)
            order by s.created_at desc limit 1) n on true),
    -- What somebody had of one merged into her earlier went along, and has left her since.
    parted as (
        select l.place, l.id, '“' || e.summary || '” was taken back since, so do that again first' as why
        from m join lost l on m.undo is not null
        cross join lateral (select s.summary from change_sets s join change_sets u on u.id = s.undone_by
            where s.merged_into = l.id and s.kind = 'merge' and s.undone_at is not null and s.created_at <= m.created_at
                and u.created_at >= m.undone and u.id <> m.undo order by u.created_at limit 1) e),
    since as materialized (
        select l.place, l.id, coalesce((select max(a.seq) from audit_logs a where a.change_set_id = m.undo and a.table_name = l.place and a.record_id = l.id), 0) as seq,
            m.undo, m.undone - interval '1 hour' as began
        from m join lost l on m.undo is not null),
    imported as materialized (select s.import_id as id from change_sets s join m on s.created_at >= m.undone
        where s.import_id is not null and s.undoes is null and s.undone_at is null),
    changed as (
        select x.place, x.id, 'changed since it was taken back, so merge anew' as why from since x where case x.place
            when 'contacts' then exists (select from audit_logs a where a.contact_id = x.id and a.created_at >= x.began and a.seq > x.seq
                    and a.change_set_id is distinct from x.undo and stands(a.change_set_id))
                or exists (select from contact_relations r where r.other_contact_id = x.id and exists (select from audit_logs a
                    where a.contact_id = r.contact_id and a.created_at >= x.began and a.seq > x.seq and a.table_name = 'contact_relations'
                        and a.record_id = r.id and a.change_set_id is distinct from x.undo and stands(a.change_set_id)))
                -- What an import brings is no line of the log.
                or exists (select from contact_methods r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
                or exists (select from contact_dates r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
                or exists (select from contact_tags r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
                or exists (select from contact_employments r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
                or exists (select from contact_extras r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
                or exists (select from interaction_participants r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
                or exists (select from contact_fields r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
                or exists (select from contact_relations r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
                or exists (select from contact_photos r where r.contact_id = x.id and r.import_id in (select i.id from imported i))
            else exists (select from audit_logs a where a.record_id = x.id and a.contact_id is null and a.table_name = 'organizations'
                    and a.created_at >= x.began and a.seq > x.seq and a.change_set_id is distinct from x.undo and stands(a.change_set_id))
                or exists (select from contact_employments e where e.organization_id = x.id and not exists (select from audit_logs a
                    where a.change_set_id = x.undo and a.table_name = 'contact_employments' and a.record_id = e.id)) end),
    bars as (
        select p.place, p.id, p.why, 1 as rank from purged p union all select h.place, h.id, h.why, 2 from hidden h where h.why is not null
        union all select p.place, p.id, p.why, 3 from parted p union all select c.place, c.id, c.why, 4 from changed c)
    select b.place, jsonb_build_object('id', b.id), case when b.place = 'contacts' then b.id end, b.why
        from (select distinct on (x.place, x.id) x.* from bars x order by x.place, x.id, x.rank) b $$;
comment on function undo_bars(uuid) is 'Why nothing of a merge can be taken back or done again now: who of it was deleted for good, merged into another or changed since.';
