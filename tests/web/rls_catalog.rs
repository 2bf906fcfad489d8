//! What the catalog must say, so that one user's rows cannot be read, linked or guessed by another
//! even where a handler is wrong. Each query names offenders, and there may be none.

use kith::db::connect;

use crate::cluster::clone_database;

/// The functions that run with another role's rights; each is called before sign-in, by jobs or by triggers.
const DEFINERS: [&str; 57] = [
    "admin_accounts",
    "admin_change_account",
    "any_user",
    "audit_changed_rows",
    "audit_import",
    "audit_occurrences",
    "audit_row",
    "audit_whole_rows",
    "begin_digests",
    "change_account",
    "claim_delivery",
    "claim_job",
    "close_account",
    "close_other_sessions",
    "close_session",
    "closing_standing",
    "create_invitation",
    "create_user",
    "credential",
    "credential_of",
    "delete_stale_rows",
    "delivery_alarm",
    "end_session",
    "enqueue_account_jobs",
    "enqueue_photo_jobs",
    "enqueue_reminder_jobs",
    "enqueue_trash_jobs",
    "ensure_month_partitions",
    "erase_account",
    "extend_job",
    "find_feed",
    "find_session",
    "forget_audit_months",
    "forget_change_sets",
    "forget_deliveries",
    "finish_job",
    "invitation_stands",
    "list_invitations",
    "list_sessions",
    "list_users",
    "matching_contact_ids",
    "matching_interaction_ids",
    "merge_search_lists",
    "note_change_set",
    "open_session",
    "refresh_mail_statistics",
    "refresh_statistics",
    "release_job",
    "retry_job",
    "return_sign_in_turn",
    "revoke_invitation",
    "ring_reminders",
    "set_password",
    "similar_name_tokens",
    "stop_digest",
    "suggest_contacts",
    "take_sign_in_turn",
];

async fn no_rows(admin: bool, sql: &str) {
    let database = clone_database();
    let client = connect::client(if admin { &database.admin_url } else { &database.app_url }).await.unwrap();
    let offenders: Vec<String> = client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(offenders, Vec::<String>::new());
}

#[tokio::test]
async fn every_table_of_a_user_has_forced_row_security() {
    no_rows(true, "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped \
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not (c.relrowsecurity and c.relforcerowsecurity)").await;
    no_rows(true, "select relname::text from pg_class where relname = 'users' and relnamespace = 'public'::regnamespace and not (relrowsecurity and relforcerowsecurity)").await;
}

#[tokio::test]
async fn every_table_that_the_program_reads_has_the_policy_of_its_tenant() {
    no_rows(true, "select c.relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'user_id' \
        where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not c.relispartition \
        and has_table_privilege('kith_app', c.oid, 'select') and not exists (select from pg_policy p where p.polrelid = c.oid \
        and p.polname = 'tenant_isolation_' || c.relname and pg_get_expr(p.polqual, c.oid) = '(user_id = app_user_id())' \
        and pg_get_expr(p.polwithcheck, c.oid) = '(user_id = app_user_id())')").await;
    no_rows(true, "select c.relname || ' lets kith_app see all' from pg_policy p join pg_class c on c.oid = p.polrelid \
        where pg_get_expr(p.polqual, c.oid) = 'true' and (p.polroles = '{0}' or 'kith_app'::regrole = any (p.polroles))").await;
}

#[tokio::test]
async fn no_view_runs_with_the_rights_of_its_owner() {
    no_rows(
        true,
        "select c.relname::text from pg_class c left join pg_depend d on d.objid = c.oid and d.deptype = 'e' \
        where c.relkind in ('v', 'm') and c.relnamespace = 'public'::regnamespace and d.objid is null \
        and not coalesce(c.reloptions @> array['security_invoker=true'], false)",
    )
    .await;
}

#[tokio::test]
async fn functions_with_foreign_rights_are_known_and_have_a_fixed_search_path() {
    let list = DEFINERS.map(|name| format!("'{name}'")).join(",");
    no_rows(true, &format!("select p.oid::regprocedure::text from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace \
        and (p.proname not in ({list}) or not exists (select from unnest(p.proconfig) c where c like 'search\\_path=%pg_temp') \
        or has_function_privilege('public', p.oid, 'execute'))")).await;
    no_rows(
        true,
        "select p.oid::regprocedure::text from pg_proc p left join pg_depend d on d.objid = p.oid and d.deptype = 'e' \
        where p.proleakproof and p.pronamespace = 'public'::regnamespace and d.objid is null",
    )
    .await;
}

#[tokio::test]
async fn foreign_keys_and_unique_keys_carry_the_user() {
    no_rows(true, "select conname::text from pg_constraint k where contype = 'f' and connamespace = 'public'::regnamespace \
        and not exists (select from unnest(k.conkey) q join pg_attribute a on a.attrelid = k.conrelid and a.attnum = q and a.attname = 'user_id')").await;
    no_rows(true, "select conname::text from pg_constraint k where contype in ('u', 'p') and connamespace = 'public'::regnamespace \
        and exists (select from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'user_id') \
        and not exists (select from unnest(k.conkey) q join pg_attribute a on a.attrelid = k.conrelid and a.attnum = q and a.attname = 'user_id') \
        and conname not in ('sessions_pkey', 'sessions_token_hash_key', 'jobs_pkey', 'invitations_token_hash_key')").await;
}

#[tokio::test]
async fn the_program_runs_as_a_role_that_row_security_binds() {
    no_rows(false, "select rolname::text from pg_roles where rolname = current_user and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)").await;
    no_rows(false, "select r.rolname::text from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = current_user::regrole").await;
    no_rows(false, "select relname::text from pg_class where relowner = current_user::regrole").await;
    no_rows(false, "select proname::text from pg_proc where proowner = current_user::regrole").await;
}

#[tokio::test]
async fn the_program_may_not_truncate_make_or_alter_anything() {
    no_rows(false, "select c.relname || ' ' || v from pg_class c, unnest(array['truncate', 'references', 'trigger', 'maintain']) v \
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and has_table_privilege(c.oid, v)").await;
    no_rows(false, "select n.nspname::text from pg_namespace n where has_schema_privilege(n.oid, 'create')").await;
    no_rows(false, "select c.relname::text from pg_class c where c.relispartition and c.relkind = 'r' and has_table_privilege(c.oid, 'select, insert, update, delete')").await;
    no_rows(false, "select v from unnest(array['sessions', 'credentials', 'sign_in_attempts', 'invitations']) v where has_table_privilege(v, 'select, insert, update, delete')").await;
    no_rows(
        false,
        "select v from unnest(array['insert', 'update', 'delete']) v where has_table_privilege('audit_logs', v)",
    )
    .await;
    no_rows(false, "select v from unnest(array['id', 'email', 'is_admin', 'is_disabled', 'subscription_tier']) v where has_column_privilege('users', v, 'update')").await;
}

#[tokio::test]
async fn no_column_that_follows_from_others_is_an_edit_of_a_person() {
    no_rows(true, "select a.attname::text from pg_attribute a, pg_proc p where p.proname = 'contacts_derive' \
        and a.attrelid = 'contacts'::regclass and a.attname = any (audit_derived_columns() || array['email', 'phone', 'linkedin_url']) \
        and a.attname not in ('user_id', 'version') and strpos(p.prosrc, format('edited.%1$s := OLD.%1$s', a.attname)) = 0").await;
}
