// @generated from the migrations; a test compares it with the tables of a migrated database.
#![allow(missing_docs)]

diesel::table! {
    absences (id) {
        id -> Text,
        staff_id -> Text,
        deputy_id -> Text,
        from_on -> Date,
        until_on -> Date,
        created_at -> Timestamp,
        created_by -> Text,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    key_fingerprints (id) {
        id -> Text,
        purpose -> Text,
        fingerprint -> Text,
        created_at -> Timestamp,
        retired_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    staff (id) {
        id -> Text,
        email -> Text,
        name -> Text,
        language -> Text,
        password_hash -> Text,
        is_admin -> Bool,
        disabled_at -> Nullable<Timestamp>,
        failed_sign_ins -> Integer,
        locked_until -> Nullable<Timestamp>,
        created_at -> Timestamp,
        password_expires_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    totp (staff_id) {
        staff_id -> Text,
        sealed -> Binary,
        created_at -> Timestamp,
        confirmed_at -> Nullable<Timestamp>,
        last_step -> BigInt,
    }
}

diesel::table! {
    recovery_codes (id) {
        id -> Text,
        staff_id -> Text,
        code_hash -> Binary,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    totp_roles (role) {
        role -> Text,
    }
}

diesel::table! {
    staff_roles (staff_id, operator_id, role) {
        staff_id -> Text,
        operator_id -> Text,
        role -> Text,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        staff_id -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        last_used_at -> Nullable<Timestamp>,
        client -> Nullable<Text>,
        entered_by -> Text,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Text,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    requests (id) {
        id -> Text,
        reference -> Text,
        operator_id -> Text,
        kind -> Text,
        status -> Text,
        return_status -> Nullable<Text>,
        blocking -> Text,
        violation -> Text,
        channel -> Text,
        capacity -> Text,
        language -> Text,
        service -> Text,
        edition -> Nullable<Text>,
        rule_set -> Text,
        grounds -> Text,
        published -> Bool,
        withdrawal_scope -> Nullable<Text>,
        received_at -> Timestamp,
        recorded_at -> Timestamp,
        version -> BigInt,
        assignee_id -> Nullable<Text>,
        recorder_id -> Nullable<Text>,
        identity_confirmed_at -> Nullable<Timestamp>,
        identity_method -> Nullable<Text>,
        verifier_id -> Nullable<Text>,
        has_email -> Bool,
        email_confirmed_at -> Nullable<Timestamp>,
        code_tries -> Integer,
        code_resends -> Integer,
        next_nudge_at -> Nullable<Timestamp>,
        proposer_id -> Nullable<Text>,
        approver_id -> Nullable<Text>,
        outcome -> Nullable<Text>,
        answered_at -> Nullable<Timestamp>,
        final_at -> Nullable<Timestamp>,
        documents_at -> Nullable<Timestamp>,
        documents_waived -> Bool,
        consumer -> Bool,
        legal_hold -> Bool,
        duplicate_of -> Nullable<Text>,
        headline_clock -> Nullable<Text>,
        headline_due_on -> Nullable<Date>,
        sort_due_at -> Timestamp,
        token_hash -> Binary,
        event_seq -> BigInt,
        event_head -> Binary,
        sealed_contents -> Nullable<Binary>,
        sealed_token -> Nullable<Binary>,
        sealed_receipt -> Nullable<Binary>,
        destroyed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    request_keys (request_id) {
        request_id -> Text,
        master_key_id -> Text,
        wrapped -> Nullable<Binary>,
        created_at -> Timestamp,
        destroyed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    blind_indexes (request_id, person, field) {
        request_id -> Text,
        operator_id -> Text,
        person -> Text,
        field -> Text,
        value -> Binary,
    }
}

diesel::table! {
    clocks (id) {
        id -> Text,
        request_id -> Text,
        name -> Text,
        state -> Text,
        term_days -> Integer,
        term_unit -> Text,
        basis -> Text,
        certainty -> Text,
        citation -> Text,
        rule_set -> Text,
        target_on -> Nullable<Date>,
        started_at -> Nullable<Timestamp>,
        due_on -> Nullable<Date>,
        due_at -> Nullable<Timestamp>,
        met_at -> Nullable<Timestamp>,
        met_by -> Nullable<Text>,
        counting -> Nullable<Text>,
        calendar_revision -> Nullable<Text>,
        created_at -> Timestamp,
        running_since -> Nullable<Timestamp>,
        remind_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    events (request_id, seq) {
        request_id -> Text,
        seq -> BigInt,
        at -> Timestamp,
        kind -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        data -> Text,
        sealed -> Nullable<Binary>,
        sealed_digest -> Nullable<Binary>,
        hash -> Binary,
    }
}

diesel::table! {
    messages (id) {
        id -> Text,
        request_id -> Text,
        at -> Timestamp,
        kind -> Text,
        author_kind -> Text,
        author_id -> Nullable<Text>,
        sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    answers (request_id) {
        request_id -> Text,
        outcome -> Text,
        proposed_at -> Timestamp,
        proposer_id -> Text,
        sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    email_codes (id) {
        id -> Text,
        request_id -> Text,
        hmac -> Binary,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        tries -> Integer,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        request_id -> Nullable<Text>,
        operator_id -> Text,
        mail -> Text,
        recipient_kind -> Text,
        recipient_id -> Nullable<Text>,
        language -> Text,
        message_id -> Text,
        delivers_answer -> Bool,
        state -> Text,
        attempts -> Integer,
        created_at -> Timestamp,
        next_attempt_at -> Nullable<Timestamp>,
        give_up_at -> Timestamp,
        lease_token -> Nullable<Text>,
        lease_until -> Nullable<Timestamp>,
        sent_at -> Nullable<Timestamp>,
        failure_kind -> Nullable<Text>,
        smtp_code -> Nullable<Integer>,
        smtp_enhanced -> Nullable<Text>,
        posted_on -> Nullable<Date>,
        tracking -> Nullable<Text>,
        resent_from -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        remind_at -> Nullable<Timestamp>,
        posted_how -> Nullable<Text>,
        resent_at -> Nullable<Timestamp>,
        resent_as -> Nullable<Text>,
    }
}

diesel::table! {
    reminders (subject_id, due_on, stage, recipient) {
        subject_id -> Text,
        due_on -> Date,
        stage -> Text,
        recipient -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    audit (id) {
        id -> Text,
        at -> Timestamp,
        action -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<Text>,
        operator_id -> Nullable<Text>,
        request_id -> Nullable<Text>,
        reason -> Nullable<Text>,
        data -> Text,
        about_id -> Nullable<Text>,
        checkpoint -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency (key_hash) {
        key_hash -> Binary,
        fingerprint -> Binary,
        resource -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    calendar_revisions (number) {
        number -> BigInt,
        revision -> Text,
        at -> Timestamp,
        staff_id -> Nullable<Text>,
        source -> Text,
        change -> Text,
        file_digest -> Nullable<Text>,
        calendar -> Text,
        recounted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    queue_counts (operator_id, facet, value) {
        operator_id -> Text,
        facet -> Text,
        value -> Text,
        n -> BigInt,
    }
}

diesel::table! {
    attachments (id) {
        id -> Text,
        request_id -> Text,
        seq -> BigInt,
        at -> Timestamp,
        object -> Text,
        media_type -> Text,
        size -> BigInt,
        scan -> Text,
        next_scan_at -> Nullable<Timestamp>,
        uploader_kind -> Text,
        uploader_id -> Nullable<Text>,
        sealed_name -> Nullable<Binary>,
        sealed_sha256 -> Nullable<Binary>,
    }
}

diesel::table! {
    tombstones (request_id) {
        request_id -> Text,
        reference -> Text,
        operator_id -> Text,
        destroyed_at -> Timestamp,
        reason -> Text,
    }
}

diesel::table! {
    doomed_files (store, name) {
        store -> Text,
        name -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    checkpoints (number) {
        number -> BigInt,
        at -> Timestamp,
        previous -> Binary,
        size -> BigInt,
        root -> Binary,
        key_id -> Text,
        signature -> Binary,
    }
}

diesel::table! {
    checkpoint_entries (number, place) {
        number -> BigInt,
        place -> BigInt,
        kind -> Text,
        id -> Text,
        label -> Text,
        seq -> BigInt,
        hash -> Binary,
    }
}

diesel::table! {
    worker_turns (job) {
        job -> Text,
        at -> Timestamp,
    }
}

diesel::table! {
    alert_counts (kind, subject, slot) {
        kind -> Text,
        subject -> Text,
        slot -> Timestamp,
        n -> BigInt,
    }
}

diesel::table! {
    external_identities (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        staff_id -> Text,
        bound_at -> Timestamp,
    }
}

diesel::table! {
    alerts (id) {
        id -> Text,
        kind -> Text,
        operator_id -> Text,
        subject -> Text,
        day -> Date,
        at -> Timestamp,
        told_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    external_sign_ins (ticket_hash) {
        ticket_hash -> Binary,
        expires_at -> Timestamp,
        next -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    absences,
    alert_counts,
    alerts,
    answers,
    attachments,
    audit,
    blind_indexes,
    calendar_revisions,
    checkpoint_entries,
    checkpoints,
    clocks,
    doomed_files,
    email_codes,
    events,
    external_identities,
    external_sign_ins,
    idempotency,
    key_fingerprints,
    messages,
    outbox,
    queue_counts,
    recovery_codes,
    refresh_tokens,
    reminders,
    request_keys,
    requests,
    sessions,
    staff,
    staff_roles,
    tombstones,
    totp,
    totp_roles,
    worker_turns,
);
