-- What a calendar put into the trash comes back when the calendar has it again, and what she put there does not: when the calendar did
-- so is kept with what it said, and the series is no longer taken from it.
comment on column interaction_external_refs.series is 'Of a calendar''s event its UID, which all times of it share; past 255 bytes sha256:...';
comment on column interaction_external_refs.said is 'What a calendar said last, each field as a hash, and of which revision that was; and when it said that this is no more.';
