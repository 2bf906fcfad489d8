alter table contacts drop column met_at, drop column how_met;
