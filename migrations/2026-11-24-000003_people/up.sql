-- While a table has no statistics, indexes that begin alike cost alike and the newest one wins: so the key that
-- foreign keys are checked by (and in a junction the one that cascades delete by) is made last. Otherwise the first
-- large import into a new database is quadratic.
create table contacts (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    first_name varchar(255) not null,
    last_name varchar(255),
    email varchar(255),
    phone varchar(50),
    linkedin_url text,
    relationship_strength int default 5 constraint contacts_relationship_strength_check check (relationship_strength between 1 and 10),
    last_contact_date date,
    contact_frequency_days int constraint contacts_contact_frequency_days_check check (contact_frequency_days between 1 and 3660),
    enrichment_data jsonb default '{}',
    search_vector tsvector,
    created_at timestamptz not null default now(),
    deleted_at timestamptz,
    display_name varchar(1000) not null default '',
    name_prefix varchar(255),
    middle_name varchar(255),
    name_suffix varchar(255),
    sort_name varchar(255),
    nickname varchar(255),
    notes text not null default '',
    is_nameless boolean not null default false,
    updated_at timestamptz not null default now(),
    version int not null default 1,
    sort_key bytea not null default '',
    effective_frequency_days int,
    cadence_since date,
    postponed_until date,
    next_contact_due date,
    import_id uuid default app_import_id()
);
select secure_tenant_table('contacts');
create index idx_contacts_user on contacts (user_id) where deleted_at is null;
create index idx_contacts_email on contacts (user_id, email);
create index idx_contacts_search on contacts using gin (search_vector);
create index idx_contacts_name on contacts (user_id, sort_key, id) where deleted_at is null;
create index idx_contacts_last_contact on contacts (user_id, value_or(last_contact_date, '-infinity'::date) desc, id desc) where deleted_at is null;
create index idx_contacts_relationship on contacts (user_id, value_or(relationship_strength, 0) desc, id desc) where deleted_at is null;
-- The other way round, nulls are last again, so they need a key of their own.
create index idx_contacts_last_contact_oldest on contacts (user_id, value_or(last_contact_date, 'infinity'::date), id) where deleted_at is null;
create index idx_contacts_relationship_weakest on contacts (user_id, value_or(relationship_strength, 11), id) where deleted_at is null;
create index idx_contacts_newest on contacts (user_id, created_at desc, id desc) where deleted_at is null;
create index idx_contacts_due on contacts (user_id, next_contact_due, id) where deleted_at is null and next_contact_due is not null;
create index idx_contacts_trash on contacts (user_id, deleted_at desc, id desc) where deleted_at is not null;
create index idx_contacts_import on contacts (user_id, import_id) where import_id is not null;
alter table contacts add primary key (user_id, id);

create table contact_methods (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid not null,
    kind varchar(20) not null constraint contact_methods_kind_check check (kind in ('email', 'phone', 'address', 'url', 'linkedin', 'other')),
    label varchar(100) not null default '',
    value text not null,
    value_key text not null default '',
    position int not null default 0,
    import_id uuid default app_import_id(),
    primary key (user_id, id),
    constraint contact_methods_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('contact_methods');
create index idx_contact_methods_value on contact_methods (user_id, kind, value_key);
create index idx_contact_methods_contact on contact_methods (user_id, contact_id, position);

create table contact_dates (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid not null,
    kind varchar(50) not null,
    year int constraint contact_dates_year_check check (year between 1 and 9999),
    month int not null constraint contact_dates_month_check check (month between 1 and 12),
    day int not null constraint contact_dates_day_check check (day between 1 and 31),
    import_id uuid default app_import_id(),
    primary key (user_id, id),
    constraint contact_dates_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('contact_dates');
create index idx_contact_dates_day on contact_dates (user_id, month, day);
create index idx_contact_dates_contact on contact_dates (user_id, contact_id);

create table contact_extras (
    user_id uuid not null references users on delete cascade,
    contact_id uuid not null,
    properties jsonb not null default '{}',
    import_id uuid default app_import_id(),
    primary key (user_id, contact_id),
    constraint contact_extras_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('contact_extras');

create table contact_sources (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid,
    source varchar(50) not null,
    source_key varchar(255) not null,
    card jsonb not null,
    last_seen_at timestamptz not null default now(),
    import_id uuid default app_import_id(),
    primary key (user_id, id),
    constraint contact_sources_key unique (user_id, source, source_key),
    constraint contact_sources_contact_fkey foreign key (user_id, contact_id) references contacts on delete set null (contact_id)
);
select secure_tenant_table('contact_sources');
create index idx_contact_sources_contact on contact_sources (user_id, contact_id);

create table organizations (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    name varchar(255) not null,
    domain varchar(255),
    industry varchar(100),
    enrichment_data jsonb default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version int not null default 1,
    deleted_at timestamptz,
    people_count int not null default 0,
    import_id uuid default app_import_id()
);
select secure_tenant_table('organizations');
create unique index organizations_name_key on organizations (user_id, lower(name)) where deleted_at is null;
create index idx_organizations_user on organizations (user_id);
create index idx_organizations_name on organizations (user_id, name, id) where deleted_at is null;
create index idx_organizations_domain on organizations (user_id, domain);
alter table organizations add primary key (user_id, id);

create table contact_employments (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid not null,
    organization_id uuid not null,
    title varchar(255),
    start_date date,
    end_date date,
    is_current boolean default true,
    import_id uuid default app_import_id(),
    primary key (user_id, id),
    constraint contact_employments_dates_check check (end_date >= start_date),
    -- The specification's key (contact, organization, start) with the title: the same person holds two posts at one employer from one day on.
    constraint contact_employments_key unique nulls not distinct (user_id, contact_id, organization_id, start_date, title),
    constraint contact_employments_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade,
    constraint contact_employments_organization_fkey foreign key (user_id, organization_id) references organizations on delete cascade
);
select secure_tenant_table('contact_employments');
create index idx_employments_organization on contact_employments (user_id, organization_id, contact_id);
create index idx_employments_current on contact_employments (user_id, contact_id, is_current) where is_current;
create index idx_employments_contact on contact_employments (user_id, contact_id);

create table tags (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    name varchar(100) not null,
    color varchar(7) constraint tags_color_check check (color ~ '^#[0-9a-f]{6}$'),
    contact_frequency_days int constraint tags_contact_frequency_days_check check (contact_frequency_days between 1 and 3660),
    people_count int not null default 0,
    import_id uuid default app_import_id()
);
select secure_tenant_table('tags');
create unique index tags_name_key on tags (user_id, lower(name));
create index idx_tags_user on tags (user_id);
alter table tags add primary key (user_id, id);

create table contact_tags (
    user_id uuid not null references users on delete cascade,
    contact_id uuid not null,
    tag_id uuid not null,
    import_id uuid default app_import_id(),
    primary key (user_id, contact_id, tag_id),
    constraint contact_tags_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade,
    constraint contact_tags_tag_fkey foreign key (user_id, tag_id) references tags on delete cascade
);
select secure_tenant_table('contact_tags');
create index idx_contact_tags_tag on contact_tags (user_id, tag_id, contact_id);
create index idx_contact_tags_contact on contact_tags (user_id, contact_id);

create table contact_search_documents (
    user_id uuid not null references users on delete cascade,
    contact_id uuid not null,
    document tsvector not null,
    primary key (user_id, contact_id),
    constraint contact_search_documents_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('contact_search_documents');
create index idx_contact_search_documents on contact_search_documents using gin (user_id, document);

create table contact_name_tokens (
    user_id uuid not null references users on delete cascade,
    token text collate "C" not null,
    n int not null default 1,
    primary key (user_id, token)
);
select secure_tenant_table('contact_name_tokens');
create index idx_contact_name_tokens_similar on contact_name_tokens using gin (user_id, token gin_trgm_ops);

comment on table contacts is 'The people she knows.';
comment on column contacts.first_name is 'Given name; of a nameless card its organization, else e-mail, else phone.';
comment on column contacts.email is 'The first e-mail of contact_methods, kept by trigger.';
comment on column contacts.phone is 'The first phone of contact_methods, kept by trigger.';
comment on column contacts.linkedin_url is 'The first LinkedIn link of contact_methods, kept by trigger.';
comment on column contacts.relationship_strength is '1 to 10.';
comment on column contacts.last_contact_date is 'The day of the newest interaction in her zone.';
comment on column contacts.contact_frequency_days is 'How often she means to be in touch: days, 1 to 3,660.';
comment on column contacts.search_vector is 'Names and e-mail without a language; Kith itself searches contact_search_documents.';
comment on column contacts.display_name is 'The name as it is shown (vCard FN).';
comment on column contacts.sort_name is 'What to sort by, where the last name is not it.';
comment on column contacts.notes is 'Markdown.';
comment on column contacts.is_nameless is 'Whether the name was taken from something else.';
comment on column contacts.version is 'Counts edits; a form that posts an older one is refused with both shown.';
comment on column contacts.sort_key is 'The collation key of the name (root collation), made by the program.';
comment on column contacts.effective_frequency_days is 'Her own frequency, else the shortest of her tags''.';
comment on column contacts.cadence_since is 'The day that the cadence counts from while there was no contact.';
comment on column contacts.postponed_until is 'Not due before this day.';
comment on column contacts.next_contact_due is 'Stored, since an index on a sum of date and integer is no use under row security.';
comment on column contacts.import_id is 'The import that made the row.';
comment on table contact_methods is 'Every e-mail, phone, address and link with its label, the primary included.';
comment on column contact_methods.value_key is 'What two spellings of a value share: lower case of an e-mail, digits of a phone.';
comment on column contact_methods.position is 'The first of a kind is the primary.';
comment on table contact_dates is 'Birthdays and other days, with or without a year.';
comment on column contact_dates.kind is 'birthday, anniversary, death, or a label of her own.';
comment on table contact_extras is 'What a vCard held that Kith does not model, given back on export.';
comment on column contact_extras.properties is 'The UID, and the properties as they stood in the card.';
comment on table contact_sources is 'The last card seen of each source key: the ancestor of a three-way merge.';
comment on column contact_sources.source_key is 'The UID, else a hash of name and first e-mail or phone; past 255 bytes sha256:...';
comment on column contact_sources.contact_id is 'Null once the contact was deleted: then the card is not revived.';
comment on table organizations is 'Companies and other groups of people.';
comment on column organizations.people_count is 'Distinct people not in the trash who work or worked there; kept by trigger.';
comment on table contact_employments is 'Who works or worked where.';
comment on table tags is 'Labels for people.';
comment on column tags.color is '#rrggbb in lower case.';
comment on column tags.contact_frequency_days is 'The cadence of people with this tag who have none of their own.';
comment on column tags.people_count is 'People not in the trash with this tag; kept by trigger.';
comment on table contact_tags is 'Which person has which tag.';
comment on table contact_search_documents is 'What a search looks at: made by the program''s one tokeniser in the transaction that changes its sources.';
comment on column contact_search_documents.document is 'Names A; nickname and methods B; organization, title, tags C; notes D.';
comment on table contact_name_tokens is 'The tenant''s own name words and how many contacts hold each: what typos are corrected against.';
