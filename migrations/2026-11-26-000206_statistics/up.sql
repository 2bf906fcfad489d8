-- An import fills tables faster than autovacuum looks at them (once a minute). Until then PostgreSQL believes that she
-- has nobody, and reads all that she has for each row of a batch: an import of ten thousand took four times as long
-- whenever it began right after the last look. So the import itself says when there is something new to be known.
create function refresh_statistics() returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    analyze public.organizations, public.tags, public.contacts, public.contact_methods, public.contact_dates, public.contact_employments,
        public.contact_tags, public.contact_extras, public.contact_sources, public.contact_search_documents, public.contact_name_tokens;
end $$;
comment on function refresh_statistics() is 'Counts what an import fills, for the planner.';
revoke all on function refresh_statistics() from public;
grant execute on function refresh_statistics() to kith_app;
