alter table mail_threads drop column refers, drop column is_gone;
