comment on column interaction_external_refs.series is 'Of a calendar''s event its UID, which all times of it share; null of what a calendar once said to be no more, and past 255 bytes sha256:...';
comment on column interaction_external_refs.said is 'What a calendar said last, each field as a hash, and of which revision that was.';
