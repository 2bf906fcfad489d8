-- Of a day that many people have, the first few are read, and not all of them to be sorted.
drop index idx_contact_dates_day;
create index idx_contact_dates_day on contact_dates (user_id, month, day, id);
