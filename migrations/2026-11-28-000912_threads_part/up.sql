-- What holds the messages of a thread together, so that a thread parts again when an import that united two of them is taken back.
-- Of messages that came before this nobody knows; their threads stay whole.
alter table mail_threads add column refers text[], add column is_gone boolean not null default false;
comment on column mail_threads.refers is 'Of a message that was seen: the ids of those that it refers to; null where that was not kept.';
comment on column mail_threads.is_gone is 'Whether it was taken back with the import that brought it: it holds nothing together until it comes again.';
