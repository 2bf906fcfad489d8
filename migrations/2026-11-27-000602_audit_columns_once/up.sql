-- Which columns changed is asked once for before and after: it was half of what changing ten thousand people took.
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
            changed.o, changed.n,
            nullif(current_setting('app.session_id', true), '')::uuid, nullif(current_setting('app.client_ip', true), '')::inet,
            nullif(change_set, '')::uuid
        from (select to_jsonb(b) as n, to_jsonb(w) as o from became b join was w on w.user_id = b.user_id and w.id = b.id offset 0) x,
            lateral (select jsonb_object_agg(e.key, x.o -> e.key) as o, jsonb_object_agg(e.key, e.value) as n
                from jsonb_each(x.n) e where x.o -> e.key <> e.value and e.key <> all (skip)) changed
        where changed.n is not null;
    if found and change_set <> '' then perform public.note_change_set(); end if;
    return null;
end $$;
set local role kith_owner;
