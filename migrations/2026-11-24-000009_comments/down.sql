-- Comments go with what they are on.
select 1;
