//! The tables, as Diesel sees them. A test compares this with the database (`KITH_BLESS=1` writes it anew).
//! Columns of the types tsvector and vector are left out: SQL functions alone reach them.

diesel::table! {
    /// How much storage each account takes: measured by a job, since a sum would scan.
    account_sizes (user_id) {
        user_id -> Uuid,
        bytes -> Int8,
        measured_at -> Timestamptz,
    }
}

diesel::table! {
    /// Suggestions, each with its reasons.
    ai_insights (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        contact_id -> Nullable<Uuid>,
        insight_type -> Varchar,
        title -> Varchar,
        description -> Nullable<Text>,
        confidence_score -> Nullable<Numeric>,
        priority -> Nullable<Int4>,
        status -> Nullable<Varchar>,
        reasoning -> Nullable<Jsonb>,
        expires_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// What changed, row by row; partitioned by month.
    audit_logs (user_id, id, created_at) {
        user_id -> Uuid,
        id -> Uuid,
        created_at -> Timestamptz,
        seq -> Int8,
        table_name -> Varchar,
        row_key -> Jsonb,
        record_id -> Nullable<Uuid>,
        contact_id -> Nullable<Uuid>,
        action -> Varchar,
        old_values -> Nullable<Jsonb>,
        new_values -> Nullable<Jsonb>,
        session_id -> Nullable<Uuid>,
        ip_address -> Nullable<Inet>,
        change_set_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// What one request, bulk action or import changed; written with its first audited row.
    change_sets (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        session_id -> Nullable<Uuid>,
        ip_address -> Nullable<Inet>,
        kind -> Varchar,
        summary -> Text,
        import_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        undone_at -> Nullable<Timestamptz>,
        undone_by -> Nullable<Uuid>,
        undoes -> Nullable<Uuid>,
        user_agent -> Nullable<Text>,
        refused -> Jsonb,
        refused_count -> Int4,
        merged_into -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// Ways to tell her besides a mail for each reminder. In no export, for they hold secrets.
    channels (user_id, kind) {
        user_id -> Uuid,
        kind -> Varchar,
        is_on -> Bool,
        url -> Nullable<Varchar>,
        secret -> Nullable<Varchar>,
        time_of_day -> Nullable<Time>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// How many people each user has: kept by trigger, since a count would scan.
    contact_counts (user_id) {
        user_id -> Uuid,
        live -> Int4,
    }
}

diesel::table! {
    /// Birthdays and other days, with or without a year.
    contact_dates (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        contact_id -> Uuid,
        kind -> Varchar,
        year -> Nullable<Int4>,
        month -> Int4,
        day -> Int4,
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// A vector for each contact, of whatever dimension its model has.
    contact_embeddings (user_id, contact_id) {
        user_id -> Uuid,
        contact_id -> Uuid,
        dimensions -> Int4,
        model -> Varchar,
        updated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Who works or worked where.
    contact_employments (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        contact_id -> Uuid,
        organization_id -> Uuid,
        title -> Nullable<Varchar>,
        start_date -> Nullable<Date>,
        end_date -> Nullable<Date>,
        is_current -> Nullable<Bool>,
        import_id -> Nullable<Uuid>,
        version -> Int4,
    }
}

diesel::table! {
    /// What a vCard held that Kith does not model, given back on export.
    contact_extras (user_id, contact_id) {
        user_id -> Uuid,
        contact_id -> Uuid,
        properties -> Jsonb,
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// What the fields that an account defined say of its people.
    contact_fields (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        contact_id -> Uuid,
        field_id -> Uuid,
        kind -> Varchar,
        value -> Text,
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// Every e-mail, phone, address and link with its label, the primary included.
    contact_methods (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        contact_id -> Uuid,
        kind -> Varchar,
        label -> Varchar,
        value -> Text,
        value_key -> Text,
        position -> Int4,
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// The tenant's own name words and how many contacts hold each: what typos are corrected against.
    contact_name_tokens (user_id, token) {
        user_id -> Uuid,
        token -> Text,
        n -> Int4,
    }
}

diesel::table! {
    /// How often she was in touch with whom in each month, each year and all in all; derived, kept by triggers.
    contact_periods (user_id, contact_id, period) {
        user_id -> Uuid,
        contact_id -> Uuid,
        period -> Varchar,
        interactions -> Int4,
    }
}

diesel::table! {
    /// Who has which photo.
    contact_photos (user_id, contact_id) {
        user_id -> Uuid,
        contact_id -> Uuid,
        photo_id -> Uuid,
        source_id -> Uuid,
        updated_at -> Timestamptz,
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// Who is what to whom: one row for both sides.
    contact_relations (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        contact_id -> Uuid,
        other_contact_id -> Uuid,
        kind -> Varchar,
        word -> Nullable<Varchar>,
        inverse_word -> Nullable<Varchar>,
        started_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        note -> Text,
        import_id -> Nullable<Uuid>,
        version -> Int4,
    }
}

diesel::table! {
    /// What a search looks at: made by the program's one tokeniser in the transaction that changes its sources.
    contact_search_documents (user_id, contact_id) {
        user_id -> Uuid,
        contact_id -> Uuid,
        is_live -> Bool,
    }
}

diesel::table! {
    /// The last card seen of each source key: the ancestor of a three-way merge.
    contact_sources (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        contact_id -> Nullable<Uuid>,
        source -> Varchar,
        source_key -> Varchar,
        card -> Jsonb,
        last_seen_at -> Timestamptz,
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// Which person has which tag.
    contact_tags (user_id, contact_id, tag_id) {
        user_id -> Uuid,
        contact_id -> Uuid,
        tag_id -> Uuid,
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// The people she knows.
    contacts (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        first_name -> Varchar,
        last_name -> Nullable<Varchar>,
        email -> Nullable<Varchar>,
        phone -> Nullable<Varchar>,
        linkedin_url -> Nullable<Text>,
        relationship_strength -> Nullable<Int4>,
        last_contact_date -> Nullable<Date>,
        contact_frequency_days -> Nullable<Int4>,
        enrichment_data -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        display_name -> Varchar,
        name_prefix -> Nullable<Varchar>,
        middle_name -> Nullable<Varchar>,
        name_suffix -> Nullable<Varchar>,
        sort_name -> Nullable<Varchar>,
        nickname -> Nullable<Varchar>,
        notes -> Text,
        is_nameless -> Bool,
        updated_at -> Timestamptz,
        version -> Int4,
        sort_key -> Bytea,
        effective_frequency_days -> Nullable<Int4>,
        cadence_since -> Nullable<Date>,
        postponed_until -> Nullable<Date>,
        next_contact_due -> Nullable<Date>,
        import_id -> Nullable<Uuid>,
        how_met -> Text,
        met_at -> Nullable<Varchar>,
    }
}

diesel::table! {
    /// Each address that is named and not the user's own, with what it comes to outside the trash; derived, kept by triggers.
    correspondents (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        address -> Varchar,
        name -> Nullable<Varchar>,
        named_at -> Nullable<Timestamptz>,
        received_count -> Int4,
        sent_count -> Int4,
        first_at -> Timestamptz,
        last_at -> Timestamptz,
        state -> Varchar,
        person_id -> Uuid,
        person_key -> Nullable<Varchar>,
        person_state -> Nullable<Varchar>,
        person_count -> Nullable<Int4>,
        person_last_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Password hashes; reached by the functions of kith_auth only.
    credentials (user_id) {
        user_id -> Uuid,
        password_hash -> Text,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    /// A message about reminders: one for each way to tell her, sent until it is accepted.
    deliveries (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        channel -> Varchar,
        state -> Varchar,
        due_at -> Timestamptz,
        next_try_at -> Timestamptz,
        lease_until -> Nullable<Timestamptz>,
        attempts -> Int4,
        maybe_sent -> Int4,
        sent_at -> Nullable<Timestamptz>,
        day -> Nullable<Date>,
    }
}

diesel::table! {
    /// Each time that a message was sent.
    delivery_attempts (user_id, delivery_id, number) {
        user_id -> Uuid,
        delivery_id -> Uuid,
        number -> Int4,
        began_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Varchar>,
        answer -> Nullable<Text>,
    }
}

diesel::table! {
    /// What a message tells: an occurrence is told once by each channel for each time that it rings, again where it was put off, and once before where she wants notice of it.
    delivery_items (user_id, reminder_id, occurs_at_local, rings_at, channel, is_notice) {
        user_id -> Uuid,
        delivery_id -> Uuid,
        channel -> Varchar,
        reminder_id -> Uuid,
        occurs_at_local -> Timestamp,
        rings_at -> Timestamptz,
        is_notice -> Bool,
    }
}

diesel::table! {
    /// The secret link of a user's calendar feed, one at most. It is no edit: undo revives none.
    feeds (user_id) {
        user_id -> Uuid,
        token_hash -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Whom the user does not want as a contact; it outlives the mail that named them.
    ignored_addresses (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        address -> Varchar,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// What each record of a file is to her: one of six words.
    import_items (user_id, import_id, position) {
        user_id -> Uuid,
        import_id -> Uuid,
        position -> Int4,
        byte_offset -> Int8,
        line -> Int8,
        status -> Varchar,
        title -> Text,
        source_key -> Nullable<Varchar>,
        card -> Nullable<Jsonb>,
        contact_id -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        choice -> Nullable<Varchar>,
        applied_at -> Nullable<Timestamptz>,
        twin_of -> Nullable<Int4>,
        part -> Int4,
        photo_id -> Nullable<Uuid>,
        interaction_id -> Nullable<Uuid>,
        file_name -> Nullable<Varchar>,
        cells -> Nullable<Jsonb>,
        doubted -> Nullable<Varchar>,
        taken_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// What she said the columns of a table are, for the next file of the same program.
    import_layouts (user_id, signature) {
        user_id -> Uuid,
        signature -> Varchar,
        layout -> Jsonb,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// The files of an upload.
    import_parts (user_id, import_id, position) {
        user_id -> Uuid,
        import_id -> Uuid,
        position -> Int4,
        file_name -> Text,
        file_size -> Int8,
        path -> Text,
        format -> Varchar,
        source -> Varchar,
        layout -> Nullable<Jsonb>,
        is_settled -> Bool,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    /// One file read, previewed and applied.
    imports (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        format -> Varchar,
        file_name -> Text,
        file_size -> Int8,
        upload_path -> Nullable<Text>,
        state -> Varchar,
        bytes_read -> Int8,
        items_read -> Int4,
        items_applied -> Int4,
        new_count -> Int4,
        changed_count -> Int4,
        unchanged_count -> Int4,
        doubtful_count -> Int4,
        ignored_count -> Int4,
        unreadable_count -> Int4,
        change_set_id -> Nullable<Uuid>,
        error -> Nullable<Text>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        items_to_apply -> Int4,
        lines_read -> Int8,
        bytes_to_read -> Int8,
        passing -> Nullable<Jsonb>,
    }
}

diesel::table! {
    /// Every address that a message or an event names.
    interaction_addresses (user_id, interaction_id, position) {
        user_id -> Uuid,
        interaction_id -> Uuid,
        occurred_at -> Timestamptz,
        position -> Int2,
        role -> Varchar,
        address -> Varchar,
        name -> Nullable<Varchar>,
        is_own -> Bool,
    }
}

diesel::table! {
    /// The uniqueness of ids from elsewhere, whatever program produced the message.
    interaction_external_refs (user_id, namespace, external_id) {
        user_id -> Uuid,
        namespace -> Varchar,
        external_id -> Varchar,
        interaction_id -> Uuid,
        occurred_at -> Timestamptz,
        series -> Nullable<Varchar>,
        said -> Nullable<Jsonb>,
    }
}

diesel::table! {
    /// How much passed in each month; derived, kept by triggers.
    interaction_months (user_id, month) {
        user_id -> Uuid,
        month -> Date,
        interactions -> Int4,
    }
}

diesel::table! {
    /// Who took part.
    interaction_participants (user_id, interaction_id, contact_id) {
        user_id -> Uuid,
        interaction_id -> Uuid,
        contact_id -> Uuid,
        occurred_at -> Timestamptz,
        import_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    /// What interactions are found by; derived, and kept by the program in the transaction that changes its sources.
    interaction_search_documents (user_id, interaction_id) {
        user_id -> Uuid,
        interaction_id -> Uuid,
        occurred_at -> Timestamptz,
    }
}

diesel::table! {
    /// What passed between her and people: mail, meetings, calls, notes.
    interactions (user_id, id, occurred_at) {
        user_id -> Uuid,
        id -> Uuid,
        occurred_at -> Timestamptz,
        interaction_type -> Varchar,
        direction -> Nullable<Varchar>,
        subject -> Nullable<Varchar>,
        summary -> Nullable<Text>,
        external_id -> Nullable<Varchar>,
        external_source -> Nullable<Varchar>,
        sentiment_score -> Nullable<Numeric>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        version -> Int4,
        import_id -> Nullable<Uuid>,
        occurred_on -> Nullable<Date>,
        is_contact -> Bool,
        thread_id -> Nullable<Uuid>,
        sentiment_own -> Nullable<Numeric>,
        sentiment_read -> Bool,
    }
}

diesel::table! {
    /// Links that each make one account; reached by the functions of kith_auth only.
    invitations (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        token_hash -> Bytea,
        note -> Varchar,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// The queue; claimed by the functions of kith_jobs.
    jobs (id) {
        id -> Uuid,
        user_id -> Nullable<Uuid>,
        kind -> Varchar,
        payload -> Jsonb,
        state -> Varchar,
        run_at -> Timestamptz,
        attempts -> Int4,
        lease_until -> Nullable<Timestamptz>,
        error -> Nullable<Text>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        place -> Nullable<Text>,
    }
}

diesel::table! {
    /// Each Message-ID that was seen or referred to, and its thread.
    mail_threads (user_id, message_id) {
        user_id -> Uuid,
        message_id -> Varchar,
        thread_id -> Uuid,
        conversation -> Nullable<Varchar>,
        sent_at -> Nullable<Timestamptz>,
        is_loose -> Bool,
        refers -> Nullable<Array<Text>>,
        is_gone -> Bool,
    }
}

diesel::table! {
    /// Companies and other groups of people.
    organizations (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        name -> Varchar,
        domain -> Nullable<Varchar>,
        industry -> Nullable<Varchar>,
        enrichment_data -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int4,
        deleted_at -> Nullable<Timestamptz>,
        people_count -> Int4,
        import_id -> Nullable<Uuid>,
        sort_key -> Bytea,
    }
}

diesel::table! {
    /// Fields of people that the account defined; at most a hundred.
    own_fields (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        name -> Varchar,
        kind -> Varchar,
        choices -> Array<Text>,
        position -> Int4,
        import_id -> Nullable<Uuid>,
        version -> Int4,
    }
}

diesel::table! {
    /// Addresses that the user said are somebody else's than those they were gathered with; it outlives the mail that named them.
    parted_addresses (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        address -> Varchar,
        person_id -> Uuid,
        beside -> Varchar,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Photos by their content: small JPEGs without metadata, each once.
    photos (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        bytes -> Bytea,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Each time that a reminder comes: those of the next 400 days, and what became of those before. Those that are open and to come follow from their reminder and are made anew with it.
    reminder_occurrences (user_id, reminder_id, occurs_at_local) {
        user_id -> Uuid,
        reminder_id -> Uuid,
        occurs_at_local -> Timestamp,
        due_at -> Timestamptz,
        state -> Varchar,
        snoozed_until -> Nullable<Timestamptz>,
        settled_at -> Nullable<Timestamptz>,
        rings_at -> Timestamptz,
        rung_at -> Nullable<Timestamptz>,
        notice_at -> Nullable<Timestamptz>,
        noticed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// What she wants to be told, and when.
    reminders (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        contact_id -> Nullable<Uuid>,
        title -> Varchar,
        due_at -> Timestamptz,
        status -> Nullable<Varchar>,
        recurrence_rule -> Nullable<Varchar>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        version -> Int4,
        note -> Nullable<Text>,
        starts_at -> Timestamp,
        is_day -> Bool,
        zone -> Nullable<Text>,
        exdates -> Array<Timestamp>,
        series_id -> Nullable<Uuid>,
        advance_days -> Nullable<Int2>,
        dismissed_at -> Nullable<Timestamptz>,
        deleted_at -> Nullable<Timestamptz>,
        made_until -> Nullable<Timestamptz>,
        import_id -> Nullable<Uuid>,
        apart_from -> Nullable<Uuid>,
        apart_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    /// Server-side sessions; reached by the functions of kith_auth only.
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        token_hash -> Bytea,
        created_at -> Timestamptz,
        last_used_at -> Timestamptz,
        ip_address -> Nullable<Inet>,
        user_agent -> Nullable<Text>,
    }
}

diesel::table! {
    /// Failed sign-ins by address and by account.
    sign_in_attempts (key) {
        key -> Text,
        failures -> Int4,
        last_failed_at -> Timestamptz,
        blocked_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Labels for people.
    tags (user_id, id) {
        user_id -> Uuid,
        id -> Uuid,
        name -> Varchar,
        color -> Nullable<Varchar>,
        contact_frequency_days -> Nullable<Int4>,
        people_count -> Int4,
        import_id -> Nullable<Uuid>,
        sort_key -> Bytea,
        version -> Int4,
    }
}

diesel::table! {
    /// Whom a change set that is being taken back still has to be taken back for.
    undo_people (user_id, change_set_id, contact_id) {
        user_id -> Uuid,
        change_set_id -> Uuid,
        contact_id -> Uuid,
    }
}

diesel::table! {
    /// The accounts, each a tenant of its own.
    users (id) {
        id -> Uuid,
        email -> Varchar,
        full_name -> Varchar,
        subscription_tier -> Nullable<Varchar>,
        settings -> Nullable<Jsonb>,
        time_zone -> Varchar,
        is_admin -> Bool,
        is_disabled -> Bool,
        created_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    account_sizes,
    ai_insights,
    audit_logs,
    change_sets,
    channels,
    contact_counts,
    contact_dates,
    contact_embeddings,
    contact_employments,
    contact_extras,
    contact_fields,
    contact_methods,
    contact_name_tokens,
    contact_periods,
    contact_photos,
    contact_relations,
    contact_search_documents,
    contact_sources,
    contact_tags,
    contacts,
    correspondents,
    credentials,
    deliveries,
    delivery_attempts,
    delivery_items,
    feeds,
    ignored_addresses,
    import_items,
    import_layouts,
    import_parts,
    imports,
    interaction_addresses,
    interaction_external_refs,
    interaction_months,
    interaction_participants,
    interaction_search_documents,
    interactions,
    invitations,
    jobs,
    mail_threads,
    organizations,
    own_fields,
    parted_addresses,
    photos,
    reminder_occurrences,
    reminders,
    sessions,
    sign_in_attempts,
    tags,
    undo_people,
    users,
);
