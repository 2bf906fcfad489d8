-- A calendar is read again and again, and says anew what it said before: what it said is kept, so that what of it she changed herself
-- is told from what only the calendar changed.
alter table interaction_external_refs add column series varchar(255), add column said jsonb;
comment on column interaction_external_refs.series is 'Of a calendar''s event its UID, which all times of it share; null of what a calendar once said to be no more, and past 255 bytes sha256:...';
comment on column interaction_external_refs.said is 'What a calendar said last, each field as a hash, and of which revision that was.';
create index idx_interaction_external_refs_series on interaction_external_refs (user_id, series) where series is not null;

-- Whom a calendar names anew goes with the undo of that; only what the set itself made, and somebody went on with, keeps them.
do $$
declare body text := pg_get_functiondef('undo_inserts(uuid, text, uuid[])'::regprocedure);
    was text := $q$when 'interaction_addresses' then 'exists (select from interaction_participants e$q$;
begin
    if strpos(body, was) = 0 then raise exception 'undo_inserts has no place for addresses'; end if;
    execute replace(body, was, $q$when 'interaction_addresses' then 'exists (select from audit_logs m where m.change_set_id = $1
            and m.table_name = ''interactions'' and m.action = ''INSERT'' and m.record_id = t.interaction_id) and exists (select from interaction_participants e$q$);
end $$;
