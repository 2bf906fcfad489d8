-- A message in the middle of which its file ended takes the whole text from a later file, where nobody wrote in it since.
comment on column interaction_external_refs.said is 'What a file said last, each field as a hash: a calendar with which revision that was, and when it said that this is no more; of a message in which its file ended what of it stands in that.';
