-- Organizations and tags in the order of the root collation, as people are. The program makes the keys; what stands
-- already gets one of its bytes until it is named anew.
alter table organizations add column sort_key bytea not null default '';
alter table tags add column sort_key bytea not null default '';
comment on column organizations.sort_key is 'The collation key of the name (root collation), made by the program.';
comment on column tags.sort_key is 'The collation key of the name (root collation), made by the program.';
alter table organizations no force row level security;
alter table tags no force row level security;
update organizations set sort_key = convert_to(left(lower(name), 200), 'UTF8');
update tags set sort_key = convert_to(lower(name), 'UTF8');
alter table organizations force row level security;
alter table tags force row level security;
drop index idx_organizations_name;
create index idx_organizations_name on organizations (user_id, sort_key, id) where deleted_at is null;
create index idx_organizations_trash on organizations (user_id, deleted_at desc, id desc) where deleted_at is not null;
