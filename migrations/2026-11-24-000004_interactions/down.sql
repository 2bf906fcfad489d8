drop table contact_embeddings;
drop table ai_insights;
drop table reminders;
drop table interaction_external_refs;
drop table interaction_participants;
drop table interactions;
