comment on column interaction_external_refs.said is 'What a calendar said last, each field as a hash, and of which revision that was; and when it said that this is no more.';
