-- An undo that found nothing as it was left took nothing back, so it is none: what it was about stands as before and can be taken back
-- once what stood in its way is gone. Only an import that was cancelled is over, whatever of it stays.
drop function undo_end(uuid);
create function undo_end(change_set uuid, stays boolean) returns boolean
language plpgsql set search_path = pg_catalog, public as $$
declare undone change_sets; mine uuid := app_change_set_id(); is_import boolean;
begin
    select * into undone from change_sets where id = change_set and undone_by = mine and undone_at is null for update;
    if not found then return true; end if;
    is_import := undone.import_id is not null and undone.undoes is null;
    if is_import then perform undo_import_groups(undone.import_id, change_set); end if;
    if (stays or exists (select from change_sets m where m.id = mine and m.refused_count > 0))
        and not exists (select from audit_logs a where a.change_set_id = mine)
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
comment on function undo_end(uuid, boolean) is 'Ends an undo of which something stays or not; false where nothing was taken back but should have been, and nothing is changed then.';

-- Of an undo in batches, whose change set is there since it began: what stood in its way is kept where it is looked for.
create function undo_leave(change_set uuid) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare mine uuid := app_change_set_id();
begin
    update change_sets s set undone_by = null, refused = case when s.undoes is null then m.refused else s.refused end,
        refused_count = case when s.undoes is null then m.refused_count else s.refused_count end
        from change_sets m where s.id = change_set and s.undone_by = mine and s.undone_at is null and m.id = mine;
    if found then delete from change_sets where id = mine and undoes = change_set; end if;
end $$;
comment on function undo_leave(uuid) is 'Gives up an undo in batches that took nothing back: it leaves why with what it was about, and goes itself.';
revoke all on function undo_end(uuid, boolean), undo_leave(uuid) from public;
grant execute on function undo_end(uuid, boolean), undo_leave(uuid) to kith_app;
comment on column change_sets.refused is 'Of an undo: what it could not take back, as names and reasons; the first few hundred. Of another: why none of it could be, when that was last tried by a job.';
comment on column change_sets.refused_count is 'How many these are.';

-- As before, but nothing of what goes only whole, where a part of it stays, and nothing where all of it stays: the variable
-- outlives the subtransaction.
create or replace function undo_change_set(change_set uuid)
returns table (kind text, table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare stays jsonb;
begin
    begin
        if not undo_begin(change_set) then return; end if;
        select jsonb_agg(to_jsonb(u)) into stays from undo_rows(change_set, null) u;
        if stays is not null and undo_is_whole(change_set) or not undo_end(change_set, stays is not null) then
            raise exception 'nothing of it is to go' using errcode = 'KT001';
        end if;
    exception when sqlstate 'KT001' then null;
    end;
    return query select 'conflict', c ->> 'table_name', c -> 'row_key', (c ->> 'contact_id')::uuid, c ->> 'reason'
        from jsonb_array_elements(stays) c;
    return query select distinct 'touched', 'contacts', jsonb_build_object('id', l.contact_id), l.contact_id, ''
        from audit_logs l where l.change_set_id = app_change_set_id() and l.contact_id is not null;
end $$;
