-- Photos. The bytes are kept by their content and never change, so the history needs no more of them than who had which:
-- undo gives an old one back, and a job deletes what nobody has and no undo could give back.
create table photos (
    user_id uuid not null references users on delete cascade,
    id uuid not null,
    bytes bytea not null constraint photos_bytes_check check (octet_length(bytes) < 1000000 and substr(bytes, 1, 3) = '\xffd8ff'),
    created_at timestamptz not null default now(),
    primary key (user_id, id)
);
-- A JPEG cannot be packed any smaller.
alter table photos alter column bytes set storage external;
select secure_tenant_table('photos');
comment on table photos is 'Photos by their content: small JPEGs without metadata, each once.';
comment on column photos.user_id is 'The owner.';
comment on column photos.id is 'The first half of the SHA-256 of the bytes, as a UUIDv8.';
comment on column photos.bytes is 'The JPEG; never changed.';
comment on column photos.created_at is 'When it last came in; it is swept away a day later at the earliest.';

create table contact_photos (
    user_id uuid not null references users on delete cascade,
    contact_id uuid not null,
    photo_id uuid not null,
    source_id uuid not null,
    updated_at timestamptz not null default now(),
    import_id uuid default app_import_id(),
    constraint contact_photos_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade,
    constraint contact_photos_photo_fkey foreign key (user_id, photo_id) references photos
);
select secure_tenant_table('contact_photos');
create index idx_contact_photos_photo on contact_photos (user_id, photo_id);
alter table contact_photos add primary key (user_id, contact_id);
comment on table contact_photos is 'Who has which photo.';
comment on column contact_photos.user_id is 'The owner.';
comment on column contact_photos.contact_id is 'Who.';
comment on column contact_photos.photo_id is 'Which photo.';
comment on column contact_photos.source_id is 'The hash of the file or card that it was made from, by which an import knows it again.';
comment on column contact_photos.updated_at is 'Since when.';
comment on column contact_photos.import_id is 'The import that gave it, while nobody has changed it since.';

alter table import_items add column photo_id uuid;
comment on column import_items.photo_id is 'The photo that its card brought, kept until it is applied.';
create index idx_import_items_photo on import_items (user_id, photo_id) where photo_id is not null;
create index idx_audit_logs_photos on audit_logs (user_id, created_at) where table_name = 'contact_photos';

set local role kith_audit;
grant execute on function audit_row(), audit_import(), audit_changed_rows(), audit_whole_rows() to kith_owner;
set local role kith_owner;
select audit_table('contact_photos', 'contact_id', '');

-- Undo knows the table, and what an import gave.
do $$
declare
    body text; was text; part record;
begin
    execute format('create or replace function undo_tables() returns text[] language sql immutable parallel safe as $f$ select %L::text[] $f$',
        undo_tables() || 'contact_photos'::text);
    for part in values
        ('undo_keys(text)', $q$when 'contact_extras' then '{contact_id}'$q$, $q$when 'contact_extras' then '{contact_id}' when 'contact_photos' then '{contact_id}'$q$),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$'contact_fields', 'contact_extras']$q$, $q$'contact_fields', 'contact_photos', 'contact_extras']$q$),
        ('undo_import_rows(uuid, uuid, uuid[])', $q$in ('contact_tags', 'contact_extras')$q$, $q$in ('contact_tags', 'contact_photos', 'contact_extras')$q$),
        ('undo_list_people(uuid)', $q$union select r.contact_id from contact_extras r$q$,
            $q$union select r.contact_id from contact_photos r where r.import_id = import
            union select r.contact_id from contact_extras r$q$),
        -- An import fills them, and says when the planner is to look.
        ('refresh_statistics()', 'public.contact_extras,', 'public.contact_photos, public.photos, public.contact_extras,')
    loop
        was := pg_get_functiondef(part.column1::regprocedure);
        body := replace(was, part.column2, part.column3);
        if body = was then raise exception '% does not know photos', part.column1; end if;
        execute body;
    end loop;
end $$;

-- Once a day a job for whoever has photos that nobody has.
create policy jobs_reads on photos for select to kith_jobs using (true);
create policy jobs_reads on contact_photos for select to kith_jobs using (true);
grant select (user_id, id, created_at) on photos to kith_jobs;
grant select (user_id, photo_id) on contact_photos to kith_jobs;
create function enqueue_photo_jobs() returns void
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into public.jobs (user_id, kind) select distinct p.user_id, 'photos.sweep' from public.photos p
    where p.created_at < now() - interval '1 day'
        and not exists (select from public.contact_photos c where c.user_id = p.user_id and c.photo_id = p.id)
        and not exists (select from public.jobs j where j.user_id = p.user_id and j.kind = 'photos.sweep'
            and (j.state in ('ready', 'running') or j.created_at > now() - interval '1 day')) $$;
comment on function enqueue_photo_jobs() is 'A job a day for each user with photos that nobody has.';
revoke all on function enqueue_photo_jobs() from public;
grant execute on function enqueue_photo_jobs() to kith_app;
alter function enqueue_photo_jobs() owner to kith_jobs;
