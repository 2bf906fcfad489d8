drop trigger touch on contact_relations;
drop trigger touch on contact_employments;
drop trigger touch on own_fields;
drop trigger touch on tags;
alter table contact_relations drop column version;
alter table contact_employments drop column version;
alter table own_fields drop column version;
alter table tags drop column version;
drop function count_edit();
