drop index idx_organizations_trash;
drop index idx_organizations_name;
create index idx_organizations_name on organizations (user_id, name, id) where deleted_at is null;
alter table tags drop column sort_key;
alter table organizations drop column sort_key;
