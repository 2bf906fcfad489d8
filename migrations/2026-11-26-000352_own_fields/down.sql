do $$
declare f text; was text; became text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        array_remove(array_remove(undo_tables(), 'own_fields'), 'contact_fields'));
    for f, was, became in values
        ('undo_inserts(uuid, text, uuid[])', $q$when 'own_fields' then 'exists (select from contact_fields e where e.field_id = t.id)' $q$, ''),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$'contact_fields', $q$, ''),
        ('undo_list_people(uuid)', 'union select r.contact_id from contact_fields r where r.import_id = import ', ''),
        ('undo_list_people(uuid)', $q$ perform undo_deletes(change_set, 'own_fields', '{}');$q$, ''),
        ('undo_import_groups(uuid, uuid)',
            'delete from own_fields f where f.import_id = import and not exists (select from contact_fields v where v.field_id = f.id); ', ''),
        ('refresh_statistics()', 'public.contact_fields, ', '')
    loop
        execute replace(pg_get_functiondef(f::regprocedure), was, became);
    end loop;
end $$;
drop table contact_fields;
drop table own_fields;
