-- Says of what came back by another hand, such as a post that was entered again, that it is there: only organizations, tags and
-- own fields have a name that can be taken. And of what the first round moved, so that the second does not find it under
-- its key, nothing is to be said: only what was gone in the first was deleted by somebody.
do $$
declare f text; was text; became text; body text;
begin
    for f, was, became in values
        ('undo_deletes(uuid, text, uuid[])', $q$case when fate.whole then 'its name is taken' else$q$,
            $q$case when fate.whole and $2 in ('organizations', 'tags', 'own_fields') then 'its name is taken' when fate.whole then 'the same is there again' else$q$),
        ('undo_updates(uuid, text, uuid[])', $q$(found_rows ->> 'contact')::uuid, 'its name is taken';$q$,
            $q$(found_rows ->> 'contact')::uuid,
                        case when name in ('organizations', 'tags', 'own_fields') then 'its name is taken' else 'the same is there again' end;$q$),
        ('undo_rows(uuid, uuid[])', $q$refused jsonb; name text;$q$,
            $q$refused jsonb; first_refused jsonb; name text;$q$),
        ('undo_rows(uuid, uuid[])', $q$exit when refused = '[]';$q$,
            $q$exit when refused = '[]';
        first_refused := coalesce(first_refused, refused);$q$),
        ('undo_rows(uuid, uuid[])', $q$from jsonb_array_elements(refused) x;$q$,
            $q$from jsonb_array_elements(refused) x
        where x ->> 'w' <> 'it was deleted since' or x in (select jsonb_array_elements(first_refused));$q$)
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for this', f; end if;
        execute replace(body, was, became);
    end loop;
end $$;
