alter table import_items drop constraint import_items_choice_check;
alter table import_items add constraint import_items_choice_check check (choice in ('card', 'mine', 'leave', 'new'));
