do $$
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        array_remove(undo_tables(), 'parted_addresses'));
    execute replace(pg_get_functiondef('undo_inserts(uuid, text, uuid[])'::regprocedure), $q$ when 'parted_addresses' then 'false'$q$, '');
end $$;
drop table parted_addresses;
drop function addresses_parted();
drop function addresses_rejoined();
