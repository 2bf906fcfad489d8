create or replace function undo_change_set(change_set uuid)
returns table (kind text, table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
#variable_conflict use_column
begin
    if not undo_begin(change_set) then return; end if;
    return query select 'conflict', u.table_name, u.row_key, u.contact_id, u.reason from undo_rows(change_set, null) u;
    perform undo_end(change_set);
    return query select distinct 'touched', 'contacts', jsonb_build_object('id', l.contact_id), l.contact_id, ''
        from audit_logs l where l.change_set_id = app_change_set_id() and l.contact_id is not null;
end $$;
drop function undo_is_whole(uuid);
