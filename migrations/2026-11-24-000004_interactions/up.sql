create table interactions (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    occurred_at timestamptz not null,
    interaction_type varchar(50) not null,
    direction varchar(20) constraint interactions_direction_check check (direction in ('inbound', 'outbound', 'mutual')),
    subject varchar(500),
    summary text,
    external_id varchar(255),
    external_source varchar(50),
    sentiment_score numeric(3,2) constraint interactions_sentiment_score_check check (sentiment_score between -1.0 and 1.0),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,
    version int not null default 1,
    import_id uuid default app_import_id(),
    primary key (user_id, id, occurred_at)
);
select secure_tenant_table('interactions');
create index idx_interactions_user on interactions (user_id);
create index idx_interactions_occurred on interactions (user_id, occurred_at desc, id desc) where deleted_at is null;
create index idx_interactions_external on interactions (user_id, external_source, external_id);
create index idx_interactions_type on interactions (user_id, interaction_type, occurred_at desc);

create table interaction_participants (
    user_id uuid not null references users on delete cascade,
    interaction_id uuid not null,
    contact_id uuid not null,
    occurred_at timestamptz not null,
    primary key (user_id, interaction_id, contact_id),
    constraint interaction_participants_interaction_fkey foreign key (user_id, interaction_id, occurred_at)
        references interactions on update cascade on delete cascade,
    constraint interaction_participants_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('interaction_participants');
create index idx_participants_interaction on interaction_participants (user_id, interaction_id);
create index idx_participants_contact on interaction_participants (user_id, contact_id, occurred_at desc, interaction_id desc);

create table interaction_external_refs (
    user_id uuid not null references users on delete cascade,
    namespace varchar(50) not null,
    external_id varchar(255) not null,
    interaction_id uuid not null,
    occurred_at timestamptz not null,
    primary key (user_id, namespace, external_id),
    constraint interaction_external_refs_interaction_fkey foreign key (user_id, interaction_id, occurred_at)
        references interactions on update cascade on delete cascade deferrable initially deferred
);
select secure_tenant_table('interaction_external_refs');
create index idx_interaction_external_refs on interaction_external_refs (user_id, interaction_id);

create table reminders (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid,
    title varchar(255) not null,
    due_at timestamptz not null,
    status varchar(20) default 'pending' constraint reminders_status_check check (status in ('pending', 'completed', 'dismissed')),
    recurrence_rule varchar(255),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version int not null default 1,
    primary key (user_id, id),
    constraint reminders_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('reminders');
create index idx_reminders_user on reminders (user_id);
create index idx_reminders_due on reminders (user_id, due_at) where status = 'pending';
create index idx_reminders_contact on reminders (user_id, contact_id);

create table ai_insights (
    user_id uuid not null references users on delete cascade,
    id uuid not null default gen_random_uuid(),
    contact_id uuid,
    insight_type varchar(50) not null,
    title varchar(255) not null,
    description text,
    confidence_score numeric(3,2) constraint ai_insights_confidence_score_check check (confidence_score between 0.0 and 1.0),
    priority int default 5 constraint ai_insights_priority_check check (priority between 1 and 10),
    status varchar(20) default 'pending' constraint ai_insights_status_check check (status in ('pending', 'acted_upon', 'dismissed')),
    reasoning jsonb,
    expires_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (user_id, id),
    constraint ai_insights_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('ai_insights');
create index idx_insights_user on ai_insights (user_id);
create index idx_insights_status on ai_insights (user_id, status, priority) where status = 'pending';
create index idx_insights_contact on ai_insights (user_id, contact_id);
create index idx_insights_type on ai_insights (user_id, insight_type);

create table contact_embeddings (
    user_id uuid not null references users on delete cascade,
    contact_id uuid not null,
    embedding vector not null,
    dimensions int not null,
    model varchar(50) not null,
    updated_at timestamptz default now(),
    primary key (user_id, contact_id),
    constraint contact_embeddings_dimensions_check check (dimensions = vector_dims(embedding)),
    constraint contact_embeddings_contact_fkey foreign key (user_id, contact_id) references contacts on delete cascade
);
select secure_tenant_table('contact_embeddings');

comment on table interactions is 'What passed between her and people: mail, meetings, calls, notes.';
comment on column interactions.occurred_at is 'When it happened; part of the key, so that the table can be partitioned by month.';
comment on column interactions.sentiment_score is '-1.00 to 1.00.';
comment on table interaction_participants is 'Who took part.';
comment on column interaction_participants.occurred_at is 'A copy of the interaction''s, kept by the foreign key.';
comment on table interaction_external_refs is 'The uniqueness of ids from elsewhere, whatever program produced the message.';
comment on column interaction_external_refs.namespace is 'The id''s own kind: rfc5322, ical.';
comment on table reminders is 'What she wants to be told, and when.';
comment on column reminders.recurrence_rule is 'An RFC 5545 RRULE.';
comment on table ai_insights is 'Suggestions, each with its reasons.';
comment on column ai_insights.reasoning is 'The facts that the suggestion rests on.';
comment on table contact_embeddings is 'A vector for each contact, of whatever dimension its model has.';
comment on column contact_embeddings.model is 'Which model made it; vectors of two models are never compared.';
