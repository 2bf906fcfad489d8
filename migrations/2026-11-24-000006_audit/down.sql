drop trigger audit_change on contact_sources;
do $$
declare t text;
begin
    foreach t in array array['contacts', 'contact_methods', 'contact_dates', 'contact_extras', 'organizations', 'contact_employments', 'tags',
        'contact_tags', 'interactions', 'interaction_participants', 'reminders', 'ai_insights'] loop
        execute format('drop trigger audit_insert on %I', t);
        execute format('drop trigger audit_import on %I', t);
        execute format('drop trigger audit_change on %I', t);
    end loop;
end $$;
drop function audit_table(text, text, text);
set role kith_audit;
drop function audit_row();
drop function audit_import();
drop function note_change_set();
set role kith_owner;
drop function audit_derived_columns();
drop function ensure_month_partitions(text, timestamptz, timestamptz);
drop policy audit_reads on change_sets;
drop policy audit_writes on change_sets;
revoke select, insert on change_sets from kith_audit;
drop table audit_logs;
drop sequence audit_logs_seq;
