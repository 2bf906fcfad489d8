-- Calendars are read as mail is: straight from their files.
alter table import_parts drop constraint import_parts_format_check;
alter table import_parts add constraint import_parts_format_check
    check (format in ('vcard', 'table', 'ldif', 'mbox', 'message', 'messages', 'calendar', 'other'));
comment on column imports.format is 'vcard, csv, ldif, mbox, eml, maildir, ics, zip or account; auto until the upload was looked at.';
