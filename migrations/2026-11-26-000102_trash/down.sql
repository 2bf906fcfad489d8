set local role kith_jobs;
drop function enqueue_trash_jobs(int);
set local role kith_owner;
revoke select (user_id, deleted_at) on contacts from kith_jobs;
revoke select (user_id, deleted_at) on organizations from kith_jobs;
drop policy jobs_reads on contacts;
drop policy jobs_reads on organizations;
