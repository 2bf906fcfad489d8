alter table change_sets drop column merged_into;
