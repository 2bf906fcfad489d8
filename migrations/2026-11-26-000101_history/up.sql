-- The history tells by which device a change was made, also when its session has ended.
alter table change_sets add column user_agent text;
comment on column change_sets.user_agent is 'The browser that did it, kept beyond its session.';
create policy audit_reads on sessions for select to kith_audit using (true);
grant select (id, user_agent) on sessions to kith_audit;

set local role kith_audit;
create or replace function note_change_set() returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if public.app_change_set_id() is null
        or current_setting('app.change_set_noted', true) = current_setting('app.change_set_id', true) then return; end if;
    insert into public.change_sets (user_id, id, session_id, ip_address, import_id, user_agent)
        values (public.app_user_id(), public.app_change_set_id(), public.app_session_id(),
            nullif(current_setting('app.client_ip', true), '')::inet, public.app_import_id(),
            (select user_agent from public.sessions where id = public.app_session_id()))
        on conflict do nothing;
    perform set_config('app.change_set_noted', current_setting('app.change_set_id', true), true);
end $$;
set local role kith_owner;

-- What an undo could not take back, found out by doing it and leaving nothing of it: the variable outlives the
-- subtransaction, its changes do not.
create function undo_conflicts(change_set uuid)
returns table (table_name text, row_key jsonb, contact_id uuid, reason text)
language plpgsql set search_path = pg_catalog, public as $$
declare found_conflicts jsonb;
begin
    begin
        select jsonb_agg(to_jsonb(u)) into found_conflicts from undo_change_set(change_set) u where u.kind = 'conflict';
        raise exception 'nothing of it is to stay' using errcode = 'KT000';
    exception when sqlstate 'KT000' then null;
    end;
    return query select c ->> 'table_name', c -> 'row_key', (c ->> 'contact_id')::uuid, c ->> 'reason'
        from jsonb_array_elements(found_conflicts) c;
end $$;
comment on function undo_conflicts(uuid) is 'What undo_change_set could not take back now; changes nothing.';
revoke all on function undo_conflicts(uuid) from public;
grant execute on function undo_conflicts(uuid) to kith_app;
