-- What was done again and is taken back once more is the first change set, not the one that did it again: that one is over with it.
create index idx_change_sets_undoes on change_sets (user_id, undoes) where undoes is not null;
do $$
declare body text := pg_get_functiondef('undo_end(uuid)'::regprocedure);
    was text := $q$    update change_sets set undone_at = null, undone_by = null where id = undone.undoes;
$q$;
    became text := $q$    update change_sets set undone_at = null, undone_by = null where id = undone.undoes;
    update change_sets r set undone_at = undone.undone_at, undone_by = undone.undone_by
        where r.undone_by is null and r.undoes = any (array(select u.id from change_sets u where u.undoes = undone.id and u.id <> undone.undone_by));
$q$;
begin
    if strpos(body, was) = 0 then raise exception 'undo_end is not as expected'; end if;
    execute replace(body, was, became);
end $$;
