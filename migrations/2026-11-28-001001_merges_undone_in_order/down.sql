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
drop function undo_bars(uuid);
