delete from import_parts where format = 'calendar';
alter table import_parts drop constraint import_parts_format_check;
alter table import_parts add constraint import_parts_format_check
    check (format in ('vcard', 'table', 'ldif', 'mbox', 'message', 'messages', 'other'));
comment on column imports.format is 'vcard, csv, ldif, mbox, eml, maildir, zip or account; auto until the upload was looked at.';
