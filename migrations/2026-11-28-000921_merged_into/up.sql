-- Whom or what a merge left is said by itself: nothing of hers may have changed by it, and what went into the trash may have gone into another.
alter table change_sets add column merged_into uuid;
comment on column change_sets.merged_into is 'Of a merge: the person, organization or tag that stayed.';
create index idx_change_sets_merged_into on change_sets (user_id, merged_into) where merged_into is not null;
