-- What an account keeps of its people besides: fields that it defines itself, and what they say of somebody.

create table own_fields (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    name varchar(50) not null,
    kind varchar(10) not null constraint own_fields_kind_check check (kind in ('text', 'number', 'date', 'link', 'choice')),
    choices text[] not null default '{}',
    position int not null,
    import_id uuid default app_import_id(),
    primary key (user_id, id),
    -- What a value points at, so that it is of its field's kind.
    constraint own_fields_kind_key unique (user_id, id, kind),
    constraint own_fields_choices_check check (case when kind = 'choice' then cardinality(choices) between 1 and 100 else choices = '{}' end)
);
select secure_tenant_table('own_fields');
create unique index own_fields_name_key on own_fields (user_id, lower(name));
comment on table own_fields is 'Fields of people that the account defined; at most a hundred.';
comment on column own_fields.user_id is 'The owner.';
comment on column own_fields.id is 'A UUIDv7 made by the program.';
comment on column own_fields.name is 'What it is called; no other one is, whatever the case.';
comment on column own_fields.kind is 'What its values are; it stays.';
comment on column own_fields.choices is 'Of a choice: what can be chosen, in order.';
comment on column own_fields.position is 'Its place in forms and on pages.';
comment on column own_fields.import_id is 'Which import brought it.';

create table contact_fields (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid not null,
    field_id uuid not null,
    kind varchar(10) not null,
    value text not null,
    import_id uuid default app_import_id(),
    primary key (user_id, id),
    constraint contact_fields_key unique (user_id, contact_id, field_id),
    constraint contact_fields_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade,
    constraint contact_fields_field_fkey foreign key (user_id, field_id, kind) references own_fields (user_id, id, kind) on delete cascade,
    constraint contact_fields_value_check check (value <> '' and length(value) <= 2000 and case kind
        when 'number' then value ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$'
        when 'date' then value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
        when 'link' then value !~* '^(javascript|data|vbscript):'
        else true end)
);
select secure_tenant_table('contact_fields');
create index idx_contact_fields_field on contact_fields (user_id, field_id, value);
create index idx_contact_fields_import on contact_fields (user_id, import_id) where import_id is not null;
comment on table contact_fields is 'What the fields that an account defined say of its people.';
comment on column contact_fields.user_id is 'The owner.';
comment on column contact_fields.id is 'Its row.';
comment on column contact_fields.contact_id is 'Whom it is said of.';
comment on column contact_fields.field_id is 'Which field.';
comment on column contact_fields.kind is 'The kind of that field.';
comment on column contact_fields.value is 'As text: a number with a point, a date as YYYY-MM-DD, a choice by its name.';
comment on column contact_fields.import_id is 'Which import brought it.';

set local role kith_audit;
grant execute on function audit_row(), audit_import(), audit_changed_rows(), audit_whole_rows() to kith_owner;
set local role kith_owner;
select audit_table('own_fields', 'id', '');
select audit_table('contact_fields', 'id', '');

-- Undo knows both: a field that somebody has is in use; what an import brought goes with it; a field is put back before what
-- it says of people.
do $$
declare body text; f text; was text; became text;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        'own_fields'::text || undo_tables() || 'contact_fields'::text);
    for f, was, became in values
        ('undo_inserts(uuid, text, uuid[])', $q$when 'interactions' then 'false'$q$,
            $q$when 'own_fields' then 'exists (select from contact_fields e where e.field_id = t.id)' when 'interactions' then 'false'$q$),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$'contact_relations', 'contact_extras'] loop$q$, $q$'contact_relations', 'contact_fields', 'contact_extras'] loop$q$),
        ('undo_list_people(uuid)', 'union select r.contact_id from contact_methods r',
            'union select r.contact_id from contact_fields r where r.import_id = import union select r.contact_id from contact_methods r'),
        ('undo_list_people(uuid)', $q$perform undo_deletes(change_set, 'tags', '{}');$q$,
            $q$perform undo_deletes(change_set, 'tags', '{}'); perform undo_deletes(change_set, 'own_fields', '{}');$q$),
        ('undo_import_groups(uuid, uuid)', 'delete from tags t where t.import_id = import',
            'delete from own_fields f where f.import_id = import and not exists (select from contact_fields v where v.field_id = f.id); delete from tags t where t.import_id = import'),
        -- An import fills them, and says when the planner is to look.
        ('refresh_statistics()', 'public.contact_extras,', 'public.contact_fields, public.contact_extras,')
    loop
        body := pg_get_functiondef(f::regprocedure);
        if strpos(body, was) = 0 then raise exception '% has no place for own fields', f; end if;
        execute replace(body, was, became);
    end loop;
end $$;
