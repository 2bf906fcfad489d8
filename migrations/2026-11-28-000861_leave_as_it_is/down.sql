alter table import_items drop constraint import_items_choice_check;
update import_items set choice = 'mine' where choice = 'leave';
alter table import_items add constraint import_items_choice_check check (choice in ('card', 'mine', 'new'));
