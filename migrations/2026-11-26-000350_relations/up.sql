-- Relations between people: one row each, read from either side.

-- What she is to somebody who is this to her.
create function relation_inverse(kind text) returns text language sql immutable parallel safe
    as $$ select case kind when 'parent' then 'child' when 'child' then 'parent' when 'manager' then 'report' when 'report' then 'manager'
        when 'introduced by' then 'introduced' when 'introduced' then 'introduced by' else kind end $$;
comment on function relation_inverse(text) is 'The same relation, as it is called from the other side.';

create table contact_relations (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid not null,
    other_contact_id uuid not null,
    kind varchar(20) not null constraint contact_relations_kind_check check (kind in ('parent', 'child', 'partner', 'sibling',
        'manager', 'report', 'friend', 'introduced by', 'introduced', 'own')),
    word varchar(50),
    inverse_word varchar(50),
    started_on date,
    ended_on date,
    note text not null default '',
    import_id uuid default app_import_id(),
    primary key (user_id, id),
    constraint contact_relations_self_check check (contact_id <> other_contact_id),
    constraint contact_relations_dates_check check (ended_on >= started_on),
    constraint contact_relations_words_check check (case when kind = 'own' then word is not null and inverse_word is not null
        else word is null and inverse_word is null end),
    constraint contact_relations_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade,
    constraint contact_relations_other_contact_fkey foreign key (user_id, other_contact_id) references contacts on delete cascade
);
select secure_tenant_table('contact_relations');
create index idx_contact_relations_own on contact_relations (user_id) where kind = 'own';
create index idx_contact_relations_other on contact_relations (user_id, other_contact_id);
create index idx_contact_relations_contact on contact_relations (user_id, contact_id);
create index idx_contact_relations_import on contact_relations (user_id, import_id) where import_id is not null;
-- The same from whichever side it was entered; two people may marry twice, and so begin twice.
create unique index contact_relations_key on contact_relations (user_id, least(contact_id, other_contact_id), greatest(contact_id, other_contact_id),
    (case when contact_id < other_contact_id then kind else relation_inverse(kind) end),
    lower(case when contact_id < other_contact_id then word else inverse_word end),
    lower(case when contact_id < other_contact_id then inverse_word else word end), started_on) nulls not distinct;
comment on table contact_relations is 'Who is what to whom: one row for both sides.';
comment on column contact_relations.user_id is 'The owner.';
comment on column contact_relations.id is 'A UUIDv7 made by the program.';
comment on column contact_relations.contact_id is 'On whose page it was entered.';
comment on column contact_relations.other_contact_id is 'The other one; hidden while she is in the trash.';
comment on column contact_relations.kind is 'What the other one is to her; from the other side relation_inverse() of it, or own.';
comment on column contact_relations.word is 'Of an own kind: what the other one is to her.';
comment on column contact_relations.inverse_word is 'Of an own kind: what she is to the other one.';
comment on column contact_relations.started_on is 'Null where it is not known.';
comment on column contact_relations.ended_on is 'Null while it lasts, or where it is not known.';
comment on column contact_relations.note is 'Whatever is worth knowing about it.';
comment on column contact_relations.import_id is 'Which import brought it.';

set local role kith_audit;
grant execute on function audit_row(), audit_import(), audit_changed_rows(), audit_whole_rows() to kith_owner;
set local role kith_owner;
select audit_table('contact_relations', 'id', '');

-- Undo knows the table; whoever somebody was related to since she was added is in use, from whichever side it was entered.
-- What an import says of two people goes with its undo, and keeps neither of them here.
do $$
declare body text; f text; was text; became text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        undo_tables() || 'contact_relations'::text);
    for f, was, became in values
        ('undo_inserts(uuid, text, uuid[])', $q$when 'contacts' then 'exists (select from audit_logs l$q$,
            $q$when 'contacts' then 'exists (select from contact_relations r where r.other_contact_id = t.id) or exists (select from audit_logs l$q$),
        ('undo_import_rows(uuid, uuid, uuid[])', 'c.import_id = import and c.id = any (touched) and',
            'c.import_id = import and (c.id = any (touched) or exists (select from contact_relations r where r.other_contact_id = c.id and r.import_id is distinct from import)) and'),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$'contact_methods', 'contact_extras'] loop$q$, $q$'contact_methods', 'contact_relations', 'contact_extras'] loop$q$),
        ('undo_list_people(uuid)', 'union select r.contact_id from contact_methods r',
            'union select r.contact_id from contact_relations r where r.import_id = import union select r.contact_id from contact_methods r'),
        -- An import fills it, and says when the planner is to look.
        ('refresh_statistics()', 'public.contact_extras,', 'public.contact_relations, public.contact_extras,')
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for relations', f; end if;
        execute replace(body, was, became);
    end loop;
end $$;
