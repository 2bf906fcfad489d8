set local role kith_audit;
create or replace function audit_changed_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set enable_nestloop = off as $$
declare
    me uuid := nullif(current_setting('app.current_user_id', true), '')::uuid;
    change_set text := current_setting('app.change_set_id', true);
    skip text[] := public.audit_derived_columns() || string_to_array(TG_ARGV[2], ',');
    about text := case when TG_ARGV[0] = 'contacts' then 'id' else 'contact_id' end;
begin
    if me is null or not exists (select from became) then return null; end if;
    insert into public.audit_logs (user_id, table_name, row_key, record_id, contact_id, action, old_values, new_values, session_id, ip_address, change_set_id)
        select me, TG_ARGV[0], jsonb_build_object('id', x.n -> 'id'), (x.n ->> 'id')::uuid, coalesce(x.n ->> about, x.o ->> about)::uuid, 'UPDATE',
            (select jsonb_object_agg(key, value) from jsonb_each(x.o) where x.n -> key is distinct from value),
            (select jsonb_object_agg(key, value) from jsonb_each(x.n) where x.o -> key is distinct from value),
            nullif(current_setting('app.session_id', true), '')::uuid, nullif(current_setting('app.client_ip', true), '')::inet,
            nullif(change_set, '')::uuid
        from (select to_jsonb(b) - skip as n, to_jsonb(w) - skip as o
            from became b join was w on w.user_id = b.user_id and w.id = b.id offset 0) x
        where x.o <> x.n;
    if found and change_set <> '' then perform public.note_change_set(); end if;
    return null;
end $$;
set local role kith_owner;
