create or replace function undo_bars(change_set uuid) returns table (table_name text, row_key jsonb, contact_id uuid, reason text)
language sql stable set search_path = pg_catalog, public as $$
    with m as materialized (select s.id, s.merged_into, s.created_at from change_sets s where s.id = $1 and s.kind = 'merge'),
    lost as materialized (select distinct a.table_name::text as place, a.record_id as id from m join audit_logs a on a.change_set_id = m.id
        where a.table_name in ('contacts', 'organizations') and a.action = 'UPDATE' and a.new_values ->> 'deleted_at' is not null),
    meant as (select l.place, l.id from lost l union select l.place, m.merged_into from lost l cross join m where m.merged_into is not null),
    purged as (
        select w.place, w.id, 'deleted for good since, so ' || coalesce('take back “' || nullif(coalesce(
                (select s.summary from audit_logs d join change_sets s on s.id = d.change_set_id
                    where d.contact_id = w.id and d.table_name = 'contacts' and d.action = 'DELETE' order by d.seq desc limit 1),
                (select s.summary from audit_logs d join change_sets s on s.id = d.change_set_id
                    where d.record_id = w.id and d.contact_id is null and d.table_name = 'organizations' and d.action = 'DELETE' order by d.seq desc limit 1)), '')
            || '”', 'take that back') || ' first' as why
        from meant w where case w.place when 'contacts' then not exists (select from contacts c where c.id = w.id)
            else not exists (select from organizations o where o.id = w.id) end),
    onward as (
        select t.place, t.id, 'merged into ' || left(n.name, 60) || ' since, so take that back first' as why
        from m join (select 'contacts' as place, c.id from contacts c where c.deleted_at is not null
            union all select 'organizations', o.id from organizations o where o.deleted_at is not null) t on t.id = m.merged_into
        cross join lateral (select coalesce(c.display_name, o.name, 'another one')::text as name from change_sets s
            left join contacts c on c.id = s.merged_into left join organizations o on o.id = s.merged_into
            where s.kind = 'merge' and s.undone_at is null and s.id <> m.id and s.created_at >= m.created_at
                and exists (select from audit_logs a where a.change_set_id = s.id and a.table_name = t.place and a.record_id = t.id
                    and a.action = 'UPDATE' and a.new_values ->> 'deleted_at' is not null)
            order by s.created_at desc limit 1) n)
    select b.place, jsonb_build_object('id', b.id), case when b.place = 'contacts' then b.id end, b.why
        from (select p.place, p.id, p.why from purged p union all select o.place, o.id, o.why from onward o) b $$;
comment on function undo_bars(uuid) is 'Why nothing of a merge can be taken back now: who of it was deleted for good, or merged into another since.';
