create or replace function undo_change_set(change_set uuid)
returns table (kind text, table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
#variable_conflict use_column
declare stays jsonb;
begin
    begin
        if not undo_begin(change_set) then return; end if;
        select jsonb_agg(to_jsonb(u)) into stays from undo_rows(change_set, null) u;
        if stays is not null and undo_is_whole(change_set) then
            raise exception 'nothing of it is to go' using errcode = 'KT001';
        end if;
        perform undo_end(change_set);
    exception when sqlstate 'KT001' then null;
    end;
    return query select 'conflict', c ->> 'table_name', c -> 'row_key', (c ->> 'contact_id')::uuid, c ->> 'reason'
        from jsonb_array_elements(stays) c;
    return query select distinct 'touched', 'contacts', jsonb_build_object('id', l.contact_id), l.contact_id, ''
        from audit_logs l where l.change_set_id = app_change_set_id() and l.contact_id is not null;
end $$;
comment on column change_sets.refused is 'Of an undo: what it could not take back, as names and reasons; the first few hundred.';
comment on column change_sets.refused_count is 'Of an undo: how many it could not take back.';
drop function undo_leave(uuid);
drop function undo_end(uuid, boolean);
create function undo_end(change_set uuid) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare undone change_sets; is_import boolean;
begin
    update change_sets set undone_at = now() where id = change_set and undone_by = app_change_set_id() and undone_at is null returning * into undone;
    if not found then return; end if;
    is_import := undone.import_id is not null and undone.undoes is null;
    if is_import then perform undo_import_groups(undone.import_id, change_set); end if;
    update change_sets set undone_at = null, undone_by = null where id = undone.undoes;
    update change_sets r set undone_at = undone.undone_at, undone_by = undone.undone_by
        where r.undone_by is null and r.undoes = any (array(select u.id from change_sets u where u.undoes = undone.id and u.id <> undone.undone_by));
    -- One that was cancelled was never whole: taken back, it stays cancelled.
    update imports set state = case when is_import then 'undone' else 'done' end
        where id = undone.import_id and state in ('done', 'undone', 'failed', case when not is_import then 'cancelled' end);
end $$;
revoke all on function undo_end(uuid) from public;
grant execute on function undo_end(uuid) to kith_app;
