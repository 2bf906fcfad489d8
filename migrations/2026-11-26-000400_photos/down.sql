set local role kith_jobs;
drop function enqueue_photo_jobs();
set local role kith_owner;
do $$
declare
    part record;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        array_remove(undo_tables(), 'contact_photos'));
    for part in values
        ('undo_keys(text)', $q$ when 'contact_photos' then '{contact_id}'$q$, ''),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$ 'contact_photos',$q$, ''),
        ('undo_list_people(uuid)', $q$union select r.contact_id from contact_photos r where r.import_id = import
            $q$, ''),
        ('refresh_statistics()', 'public.contact_photos, public.photos, ', '')
    loop
        execute replace(pg_get_functiondef(part.column1::regprocedure), part.column2, part.column3);
    end loop;
end $$;
drop index idx_audit_logs_photos;
drop index idx_import_items_photo;
alter table import_items drop column photo_id;
drop table contact_photos;
drop table photos;
