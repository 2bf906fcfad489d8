alter table import_items drop column file_name;
