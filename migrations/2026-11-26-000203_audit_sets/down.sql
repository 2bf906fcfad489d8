drop trigger document_follows on contacts;
create or replace function contacts_document_follows() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    update contact_search_documents set is_live = NEW.deleted_at is null where user_id = NEW.user_id and contact_id = NEW.id;
    return null;
end $$;
create trigger document_follows after update of deleted_at on contacts for each row
    when ((OLD.deleted_at is null) <> (NEW.deleted_at is null)) execute function contacts_document_follows();
drop trigger audit_update on contact_sources;
drop trigger audit_delete on contact_sources;
create trigger audit_change after update or delete on contact_sources for each row execute function audit_row('contact_sources', 'id', '');
create or replace function audit_table(name text, keys text, copies text) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
    execute format('create trigger audit_insert after insert on %I for each row when (app_import_id() is null) execute function audit_row(%L, %L, %L)', name, name, keys, copies);
    execute format('create trigger audit_import after insert on %I for each statement when (app_import_id() is not null) execute function audit_import()', name);
    execute format('create trigger audit_change after update or delete on %I for each row execute function audit_row(%L, %L, %L)', name, name, keys, copies);
end $$;
do $$
declare name text; keys text; copies text;
begin
    for name, keys, copies in values ('contacts', 'id', 'email,phone,linkedin_url'), ('contact_methods', 'id', ''), ('contact_dates', 'id', ''),
        ('contact_extras', 'contact_id', ''), ('organizations', 'id', ''), ('contact_employments', 'id', ''), ('tags', 'id', ''),
        ('contact_tags', 'contact_id,tag_id', ''), ('interaction_participants', 'interaction_id,contact_id', 'occurred_at'),
        ('reminders', 'id', ''), ('ai_insights', 'id', '')
    loop
        execute format('drop trigger audit_insert on %I', name);
        execute format('drop trigger audit_import on %I', name);
        execute format('drop trigger audit_update on %I', name);
        execute format('drop trigger audit_delete on %I', name);
        perform audit_table(name, keys, copies);
    end loop;
end $$;
set local role kith_audit;
drop function audit_changed_rows();
drop function audit_whole_rows();
revoke execute on function audit_row(), audit_import() from kith_owner;
set local role kith_owner;
