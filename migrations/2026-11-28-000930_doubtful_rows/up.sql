-- A row of a table of what passed that names nobody for certain is kept, so that it can be taken once she says whom it means.
alter table import_items add column cells jsonb, add column doubted varchar(255), add column taken_by uuid;
comment on column import_items.cells is 'Of a doubtful row of a table of what passed: what stood in it.';
comment on column import_items.doubted is 'Of such a row: the name of which it is not certain whom it means; null where it names nobody.';
comment on column import_items.taken_by is 'Of such a row that was taken since: the change set of that.';
create index idx_import_items_taken on import_items (user_id, taken_by) where taken_by is not null;

create function count_import_items(import uuid) returns void
language sql set search_path = pg_catalog, public as $$
    update imports i set new_count = n.new, changed_count = n.changed, unchanged_count = n.unchanged, doubtful_count = n.doubtful,
        ignored_count = n.ignored, unreadable_count = n.unreadable
    from (select count(*) filter (where status = 'new') as new, count(*) filter (where status = 'changed') as changed,
            count(*) filter (where status = 'unchanged') as unchanged, count(*) filter (where status = 'doubtful') as doubtful,
            count(*) filter (where status = 'ignored') as ignored, count(*) filter (where status = 'unreadable') as unreadable
        from import_items where import_id = import) n
    where i.id = import $$;
comment on function count_import_items(uuid) is 'Counts the six words of an import anew.';

-- Taken back, a row that was taken is doubtful again; done again, it is new.
create function taken_rows_follow() returns trigger
language plpgsql set search_path = pg_catalog, public as $$
declare moved uuid[]; import uuid;
begin
    with rows as (update import_items set status = case when new.undone_at is null then 'new' else 'doubtful' end,
            applied_at = case when new.undone_at is null then now() end
        where user_id = new.user_id and taken_by = new.id and status <> 'unchanged' returning import_id)
    select array_agg(distinct import_id) into moved from rows;
    foreach import in array coalesce(moved, '{}') loop
        perform count_import_items(import);
    end loop;
    return null;
end $$;
create trigger taken_rows_follow after update of undone_at on change_sets
    for each row when (old.undone_at is distinct from new.undone_at) execute function taken_rows_follow();
