drop function undo_conflicts(uuid);
set local role kith_audit;
create or replace function note_change_set() returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if public.app_change_set_id() is null
        or current_setting('app.change_set_noted', true) = current_setting('app.change_set_id', true) then return; end if;
    insert into public.change_sets (user_id, id, session_id, ip_address, import_id)
        values (public.app_user_id(), public.app_change_set_id(), public.app_session_id(),
            nullif(current_setting('app.client_ip', true), '')::inet, public.app_import_id())
        on conflict do nothing;
    perform set_config('app.change_set_noted', current_setting('app.change_set_id', true), true);
end $$;
set local role kith_owner;
revoke select (id, user_agent) on sessions from kith_audit;
drop policy audit_reads on sessions;
alter table change_sets drop column user_agent;
