-- An upload holds a file or, as an archive, several; a table among them waits until it is known what its columns are.
alter table imports drop constraint imports_state_check;
alter table imports add constraint imports_state_check
    check (state in ('reading', 'mapping', 'preview', 'applying', 'done', 'cancelled', 'failed', 'undone'));
alter table imports add column bytes_to_read bigint not null default 0;
comment on column imports.bytes_to_read is 'The size of all its files, for the progress of reading.';
comment on column imports.bytes_read is 'How far reading has come, over all its files.';
comment on column imports.lines_read is 'The lines before that in its present file.';
comment on column imports.format is 'vcard, csv, ldif, zip or account; auto until the upload was looked at.';

create table import_parts (
    user_id uuid not null references users on delete cascade,
    import_id uuid not null,
    position int not null,
    file_name text not null,
    file_size bigint not null,
    path text not null,
    format varchar(20) not null constraint import_parts_format_check check (format in ('vcard', 'table', 'ldif', 'other')),
    source varchar(50) not null default '',
    layout jsonb,
    is_settled boolean not null default true,
    reason text,
    primary key (user_id, import_id, position),
    constraint import_parts_import_fkey foreign key (user_id, import_id) references imports on delete cascade
);
select secure_tenant_table('import_parts');
comment on table import_parts is 'The files of an upload.';
comment on column import_parts.user_id is 'Whose row it is.';
comment on column import_parts.import_id is 'Which upload.';
comment on column import_parts.position is 'Which of its files, from 1.';
comment on column import_parts.file_name is 'As it is shown.';
comment on column import_parts.file_size is 'In bytes.';
comment on column import_parts.path is 'Where it waits, below the data folder.';
comment on column import_parts.format is 'Which reader reads it; other: none does.';
comment on column import_parts.source is 'Under what contact_sources keeps its records.';
comment on column import_parts.layout is 'How a table is laid out.';
comment on column import_parts.is_settled is 'Whether that is certain; else she is asked.';
comment on column import_parts.reason is 'Why it is left out.';
alter table import_items add column part int not null default 1;
comment on column import_items.part is 'Which file of the upload.';

create table import_layouts (
    user_id uuid not null references users on delete cascade,
    signature varchar(64) not null,
    layout jsonb not null,
    updated_at timestamptz not null default now(),
    primary key (user_id, signature)
);
select secure_tenant_table('import_layouts');
comment on table import_layouts is 'What she said the columns of a table are, for the next file of the same program.';
comment on column import_layouts.user_id is 'Whose row it is.';
comment on column import_layouts.signature is 'A hash of the names of the columns.';
comment on column import_layouts.layout is 'How the table is laid out.';
comment on column import_layouts.updated_at is 'When she said so last.';
