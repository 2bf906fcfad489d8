-- What every tenant table stands on. Run by the migrator after SET ROLE kith_owner.
-- The schema belongs to the database's owner, who runs this; the rest is kith_owner's.
reset role;
grant usage on schema public to kith_app, kith_auth, kith_jobs, kith_search, kith_audit;
set local role kith_owner;

create function app_user_id() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.current_user_id', true), '')::uuid $$;
create function app_session_id() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.session_id', true), '')::uuid $$;
create function app_change_set_id() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.change_set_id', true), '')::uuid $$;
create function app_import_id() returns uuid language sql stable parallel safe
    as $$ select nullif(current_setting('app.import_id', true), '')::uuid $$;
comment on function app_user_id() is 'The user of this transaction; null where none was set. After a SET LOCAL has ended the setting reads as the empty string, hence nullif.';

-- A nullable sort key that indexes and queries can share: COALESCE is not leakproof and would never be an
-- index condition under row security; a CASE over plain comparisons, inlined, is.
create function value_or(value date, fallback date) returns date language sql immutable parallel safe
    as $$ select case when value is null then fallback else value end $$;
create function value_or(value int, fallback int) returns int language sql immutable parallel safe
    as $$ select case when value is null then fallback else value end $$;

create function secure_tenant_table(name text) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy tenant_isolation_%1$s on %1$I using (user_id = app_user_id()) with check (user_id = app_user_id())', name);
    execute format('alter table %I alter column user_id set default app_user_id()', name);
    execute format('grant select, insert, update, delete on %I to kith_app', name);
end $$;
revoke all on function secure_tenant_table(text) from public;
comment on function secure_tenant_table(text) is 'Enables and forces row security, makes the policy, the default of user_id and the grants: called in the migration that makes the table.';
