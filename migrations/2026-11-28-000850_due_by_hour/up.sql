-- Of fifty thousand reminders of one day alone the first page looked at each before it said that none is overdue: those with an
-- hour stand apart from those without, and those that were put off to an hour from both.
create index idx_reminders_due_by_hour on reminders (user_id, is_day, due_at, id) where status = 'pending' and deleted_at is null;
create index idx_reminder_occurrences_put_off on reminder_occurrences (user_id, rings_at) where state = 'open' and snoozed_until is not null;
