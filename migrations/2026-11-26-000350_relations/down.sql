do $$
declare f text; was text; became text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        array_remove(undo_tables(), 'contact_relations'));
    for f, was, became in values
        ('undo_inserts(uuid, text, uuid[])', 'exists (select from contact_relations r where r.other_contact_id = t.id) or ', ''),
        ('undo_import_rows(uuid, uuid, uuid[])',
            '(c.id = any (touched) or exists (select from contact_relations r where r.other_contact_id = c.id and r.import_id is distinct from import)) and',
            'c.id = any (touched) and'),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$'contact_relations', $q$, ''),
        ('undo_list_people(uuid)', 'union select r.contact_id from contact_relations r where r.import_id = import ', ''),
        ('refresh_statistics()', 'public.contact_relations, ', '')
    loop
        execute replace(pg_get_functiondef(f::regprocedure), was, became);
    end loop;
end $$;
drop table contact_relations;
drop function relation_inverse(text);
