drop index idx_contact_dates_day;
create index idx_contact_dates_day on contact_dates (user_id, month, day);
