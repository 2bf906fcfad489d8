-- The log's months before the last `months`, and before what still lies in the trash was put there, are dropped whole, and with
-- them the change sets that began in them: none of these can be taken back any more, or in part only. How many months went. Of a
-- month that somebody reads it is tried again.
create policy audit_forgets on change_sets for delete to kith_audit using (true);
grant delete on change_sets to kith_audit;
create policy audit_forgets on imports to kith_audit using (true);
grant select (user_id, change_set_id, state), update (change_set_id) on imports to kith_audit;
create function forget_change_sets(before timestamptz) returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    with gone as (delete from public.change_sets where created_at < before returning user_id, id)
    update public.imports i set change_set_id = null from gone
        where i.user_id = gone.user_id and i.change_set_id = gone.id and i.state in ('done', 'undone', 'cancelled') $$;
comment on function forget_change_sets(timestamptz) is 'Deletes the change sets of everybody that began before; of an import that has ended no undo is offered then.';
create function forget_audit_months(months int, trash_days int) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' set lock_timeout = '1s' as $$
declare
    horizon timestamptz := date_trunc('month', least(now() - make_interval(months => months), now() - make_interval(days => trash_days + 1)));
    month regclass; gone int := 0;
begin
    for month in select inhrelid::regclass from pg_inherits join pg_class c on c.oid = inhrelid
        where inhparent = 'public.audit_logs'::regclass and c.relname < 'audit_logs_p' || to_char(horizon, 'YYYYMM') order by c.relname
    loop
        begin
            execute format('drop table %s', month);
            gone := gone + 1;
        exception when lock_not_available then exit;
        end;
    end loop;
    if gone > 0 then perform public.forget_change_sets(horizon); end if;
    return gone;
end $$;
comment on function forget_audit_months(int, int) is 'Drops the months of the log before the last so many.';
revoke all on function forget_change_sets(timestamptz), forget_audit_months(int, int) from public;
alter function forget_change_sets(timestamptz) owner to kith_audit;
set local role kith_audit;
grant execute on function forget_change_sets(timestamptz) to kith_owner;
set local role kith_owner;
grant execute on function forget_audit_months(int, int) to kith_app;
