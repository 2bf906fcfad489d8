-- What is saved from a form that was opened before somebody else saved is told, as of people: a choice of a field that another tab
-- had given another name was taken off everybody who has it. Only what the forms show counts; a field that is moved does not.
create function count_edit() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
    NEW.version := OLD.version + 1;
    return NEW;
end $$;
comment on function count_edit() is 'Counts edits of rows that keep no moment of their last one.';

alter table tags add column version int not null default 1;
alter table own_fields add column version int not null default 1;
alter table contact_employments add column version int not null default 1;
alter table contact_relations add column version int not null default 1;
comment on column tags.version is 'Counts edits.';
comment on column own_fields.version is 'Counts edits.';
comment on column contact_employments.version is 'Counts edits.';
comment on column contact_relations.version is 'Counts edits.';

create trigger touch before update of name, color, contact_frequency_days on tags for each row
    when ((OLD.name, OLD.color, OLD.contact_frequency_days) is distinct from (NEW.name, NEW.color, NEW.contact_frequency_days))
    execute function count_edit();
create trigger touch before update of name, choices on own_fields for each row
    when ((OLD.name, OLD.choices) is distinct from (NEW.name, NEW.choices)) execute function count_edit();
create trigger touch before update of organization_id, title, start_date, end_date, is_current on contact_employments for each row
    when ((OLD.organization_id, OLD.title, OLD.start_date, OLD.end_date, OLD.is_current)
        is distinct from (NEW.organization_id, NEW.title, NEW.start_date, NEW.end_date, NEW.is_current)) execute function count_edit();
create trigger touch before update of kind, word, inverse_word, started_on, ended_on, note on contact_relations for each row
    when ((OLD.kind, OLD.word, OLD.inverse_word, OLD.started_on, OLD.ended_on, OLD.note)
        is distinct from (NEW.kind, NEW.word, NEW.inverse_word, NEW.started_on, NEW.ended_on, NEW.note)) execute function count_edit();
