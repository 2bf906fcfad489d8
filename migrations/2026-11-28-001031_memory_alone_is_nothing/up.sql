-- What an import remembers of its cards is nothing of anybody: an undo that changes that alone, since whom it is about is gone or was
-- changed, took nothing back. What was remembered anew is forgotten with it, or the same file would find nothing to bring.
create or replace function undo_end(change_set uuid, stays boolean) returns boolean
language plpgsql set search_path = pg_catalog, public as $$
declare undone change_sets; mine uuid := app_change_set_id(); is_import boolean;
begin
    select * into undone from change_sets where id = change_set and undone_by = mine and undone_at is null for update;
    if not found then return true; end if;
    is_import := undone.import_id is not null and undone.undoes is null;
    if is_import then perform undo_import_groups(undone.import_id, change_set); end if;
    if (stays or exists (select from change_sets m where m.id = mine and m.refused_count > 0))
        and not exists (select from audit_logs a where a.change_set_id = mine and a.table_name <> 'contact_sources')
        and not (is_import and exists (select from imports i where i.id = undone.import_id and i.state = 'cancelled')) then
        return false;
    end if;
    update change_sets set undone_at = now(), refused = case when undoes is null then '[]' else refused end,
        refused_count = case when undoes is null then 0 else refused_count end where id = change_set returning * into undone;
    update change_sets set undone_at = null, undone_by = null where id = undone.undoes;
    -- What was done again and is taken back once more is the first change set: the one that did it again is over with it.
    update change_sets r set undone_at = undone.undone_at, undone_by = undone.undone_by
        where r.undone_by is null and r.undoes = any (array(select u.id from change_sets u where u.undoes = undone.id and u.id <> undone.undone_by));
    -- One that was cancelled was never whole: taken back, it stays cancelled.
    update imports set state = case when is_import then 'undone' else 'done' end
        where id = undone.import_id and state in ('done', 'undone', 'failed', case when not is_import then 'cancelled' end);
    return true;
end $$;
create or replace function undo_leave(change_set uuid) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare mine uuid := app_change_set_id();
begin
    update change_sets s set undone_by = null, refused = case when s.undoes is null then m.refused else s.refused end,
        refused_count = case when s.undoes is null then m.refused_count else s.refused_count end
        from change_sets m where s.id = change_set and s.undone_by = mine and s.undone_at is null and m.id = mine;
    if not found then return; end if;
    -- The log of what its batches remembered outlives it: with its change set marked as over, that bars nobody.
    if exists (select from audit_logs a where a.change_set_id = mine) then
        perform undo_inserts(mine, 'contact_sources', null), undo_deletes(mine, 'contact_sources', null), undo_updates(mine, 'contact_sources', null);
        update change_sets set undone_at = now(), undone_by = mine where id = mine and undoes = change_set;
    else
        delete from change_sets where id = mine and undoes = change_set;
    end if;
end $$;
