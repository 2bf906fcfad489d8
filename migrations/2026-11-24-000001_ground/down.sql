drop function secure_tenant_table(text);
drop function value_or(int, int);
drop function value_or(date, date);
drop function app_import_id();
drop function app_change_set_id();
drop function app_session_id();
drop function app_user_id();
