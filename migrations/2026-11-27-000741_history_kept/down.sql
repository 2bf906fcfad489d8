drop function forget_audit_months(int, int);
set local role kith_audit;
drop function forget_change_sets(timestamptz);
set local role kith_owner;
revoke delete on change_sets from kith_audit;
drop policy audit_forgets on change_sets;
revoke select (user_id, change_set_id, state), update (change_set_id) on imports from kith_audit;
drop policy audit_forgets on imports;
