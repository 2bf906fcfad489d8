-- A reminder that was edited apart, and what stays of the one that it was a part of, are two halves: of one that is taken back
-- alone the other comes twice, or never. Such a change set is taken back whole or not at all.
create function undo_is_whole(change_set uuid) returns boolean
language sql stable set search_path = pg_catalog, public as $$
    select exists (select from audit_logs a where a.change_set_id = $1 and a.table_name = 'reminders' and a.action in ('INSERT', 'DELETE'))
        and exists (select from audit_logs a where a.change_set_id = $1 and a.table_name = 'reminders' and a.action = 'UPDATE'
            and a.new_values ?| '{recurrence_rule,exdates}'::text[]) $$;
comment on function undo_is_whole(uuid) is 'Whether this change set cut a reminder in two, or took that back: neither half of it goes alone.';
revoke all on function undo_is_whole(uuid) from public;
grant execute on function undo_is_whole(uuid) to kith_app;

-- As before, but nothing of what goes only whole, where a part of it stays: the variable outlives the subtransaction.
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
