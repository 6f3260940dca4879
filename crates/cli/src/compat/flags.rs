//! The table of flags (interop reference 4.2).

use super::Feature::{
    Actions, Compaction, DiffSyncs, Events, External, OtherStorage, Provisioning, Rotation, Targeted,
    Tickets, WithTargeted, WithoutEffect,
};
use super::Kind::{List, Number, Switch, Text};
use super::{Feature, Flag, Kind};

const fn flag(name: &'static str, variable: &'static str, kind: Kind, feature: Feature) -> Flag {
    Flag { name, variable, kind, feature }
}

#[rustfmt::skip]
pub(super) const FLAGS: &[Flag] = &[
    flag("keep-previous-sync-c1z", "BATON_KEEP_PREVIOUS_SYNC_C1Z", Switch, WithoutEffect),
    flag("session-store-maximum-size", "BATON_SESSION_STORE_MAXIMUM_SIZE", Number, WithoutEffect),
    flag("storage-engine", "BATON_STORAGE_ENGINE", Text, OtherStorage),
    flag("provisioning", "BATON_PROVISIONING", Switch, Provisioning),
    flag("grant-entitlement", "BATON_GRANT_ENTITLEMENT", Text, Provisioning),
    flag("grant-principal", "BATON_GRANT_PRINCIPAL", Text, Provisioning),
    flag("grant-principal-type", "BATON_GRANT_PRINCIPAL_TYPE", Text, Provisioning),
    flag("revoke-grant", "BATON_REVOKE_GRANT", Text, Provisioning),
    flag("create-account-login", "BATON_CREATE_ACCOUNT_LOGIN", Text, Provisioning),
    flag("create-account-email", "BATON_CREATE_ACCOUNT_EMAIL", Text, Provisioning),
    flag("create-account-profile", "BATON_CREATE_ACCOUNT_PROFILE", Text, Provisioning),
    flag("create-account-resource-type", "BATON_CREATE_ACCOUNT_RESOURCE_TYPE", Text, Provisioning),
    flag("delete-resource", "BATON_DELETE_RESOURCE", Text, Provisioning),
    flag("delete-resource-type", "BATON_DELETE_RESOURCE_TYPE", Text, Provisioning),
    flag("rotate-credentials", "BATON_ROTATE_CREDENTIALS", Text, Rotation),
    flag("rotate-credentials-type", "BATON_ROTATE_CREDENTIALS_TYPE", Text, Rotation),
    flag("event-feed", "BATON_EVENT_FEED", Switch, Events),
    flag("event-feed-id", "BATON_EVENT_FEED_ID", Text, Events),
    flag("event-feed-start-at", "BATON_EVENT_FEED_START_AT", Text, Events),
    flag("event-feed-cursor", "BATON_EVENT_FEED_CURSOR", Text, Events),
    flag("ticketing", "BATON_TICKETING", Switch, Tickets),
    flag("create-ticket", "BATON_CREATE_TICKET", Switch, Tickets),
    flag("ticket-template-path", "BATON_TICKET_TEMPLATE_PATH", Text, Tickets),
    flag("bulk-create-ticket", "BATON_BULK_CREATE_TICKET", Switch, Tickets),
    flag("bulk-ticket-template-path", "BATON_BULK_TICKET_TEMPLATE_PATH", Text, Tickets),
    flag("get-ticket", "BATON_GET_TICKET", Switch, Tickets),
    flag("ticket-id", "BATON_TICKET_ID", Text, Tickets),
    flag("list-ticket-schemas", "BATON_LIST_TICKET_SCHEMAS", Switch, Tickets),
    flag("invoke-action", "BATON_INVOKE_ACTION", Text, Actions),
    flag("invoke-action-args", "BATON_INVOKE_ACTION_ARGS", Text, Actions),
    flag("invoke-action-resource-type", "BATON_INVOKE_ACTION_RESOURCE_TYPE", Text, Actions),
    flag("list-action-schemas", "BATON_LIST_ACTION_SCHEMAS", Switch, Actions),
    flag("list-action-schemas-resource-type", "BATON_LIST_ACTION_SCHEMAS_RESOURCE_TYPE", Text, Actions),
    flag("list-resource-actions", "BATON_LIST_RESOURCE_ACTIONS", Switch, Actions),
    flag("invoke-resource-action", "BATON_INVOKE_RESOURCE_ACTION", Text, Actions),
    flag("invoke-resource-action-resource-type", "BATON_INVOKE_RESOURCE_ACTION_RESOURCE_TYPE", Text, Actions),
    flag("invoke-resource-action-args", "BATON_INVOKE_RESOURCE_ACTION_ARGS", Text, Actions),
    flag("diff-syncs", "BATON_DIFF_SYNCS", Switch, DiffSyncs),
    flag("base-sync-id", "BATON_BASE_SYNC_ID", Text, DiffSyncs),
    flag("applied-sync-id", "BATON_APPLIED_SYNC_ID", Text, DiffSyncs),
    flag("compact-syncs", "BATON_COMPACT_SYNCS", Switch, Compaction),
    flag("compact-sync-ids", "BATON_COMPACT_SYNC_IDS", List, Compaction),
    flag("compact-file-paths", "BATON_COMPACT_FILE_PATHS", List, Compaction),
    flag("compact-output-path", "BATON_COMPACT_OUTPUT_PATH", Text, Compaction),
    flag("external-resource-c1z", "BATON_EXTERNAL_RESOURCE_C1Z", Text, External),
    flag("external-resource-entitlement-id-filter", "BATON_EXTERNAL_RESOURCE_ENTITLEMENT_ID_FILTER", Text, External),
    flag("external-resource-traits", "BATON_EXTERNAL_RESOURCE_TRAITS", List, External),
    flag("sync-resources", "BATON_SYNC_RESOURCES", List, Targeted),
    flag("skip-grants", "BATON_SKIP_GRANTS", Switch, WithTargeted),
];
