//! Where the real service departs from its own published schema, by the reference.

use serde_json::{Value, json};

/// A departure of the real service from its published schema.
pub(crate) struct Patch {
    /// Where in the contract.
    pub(crate) pointer: &'static str,
    pub(crate) change: Change,
    /// What the reference says.
    pub(crate) reason: &'static str,
}

pub(crate) enum Change {
    /// The schema there is another one.
    Is(fn() -> Value),
    /// Null is allowed there too.
    OrNull,
    /// The object there may have a further field.
    Adds(&'static str, fn() -> Value),
    /// The object there lacks a field.
    Lacks(&'static str),
}

const fn patch(pointer: &'static str, change: Change, reason: &'static str) -> Patch {
    Patch { pointer, change, reason }
}

/// All of them.
pub(crate) const PATCHES: &[Patch] = &[
    // Java enumerations are published as objects that are also one of some texts, which nothing can be.
    patch("/$defs/AccountStatus", Change::Is(account_status), "a plain text on the wire (5)"),
    patch("/$defs/CustomFieldType", Change::Is(custom_field_type), "a plain text on the wire (3.2)"),
    patch("/$defs/EntityCreationPermission", Change::Is(creation_permission), "plain texts live (3.4)"),
    patch(
        "/$defs/FeaturePlan",
        Change::Is(plan),
        "a plain text of an open set, null in old workspaces (3.4)",
    ),
    patch(
        "/$defs/WorkspaceDtoV1/properties/features",
        Change::Is(texts),
        "an array live, with unlisted values (3.4)",
    ),
    patch(
        "/$defs/WorkspaceSettingsDtoV1/properties/adminOnlyPages",
        Change::Is(admin_only_pages),
        "an array live, published as one text (3.4)",
    ),
    patch(
        "/$defs/UserCustomFieldValueDtoV1/properties/value",
        Change::Is(anything),
        "any JSON or null, published as an object (3.2)",
    ),
    // Null is never admitted by the published file, and common.
    patch("/$defs/UserDtoV1/properties/name", Change::OrNull, "null for people who were invited (3.2)"),
    patch("/$defs/UserDtoV1/properties/email", Change::OrNull, "limited members have none (3.2)"),
    patch("/$defs/UserDtoV1/properties/settings", Change::OrNull, "null for people who never came (3.2)"),
    patch("/$defs/UserDtoV1/properties/activeWorkspace", Change::OrNull, "missing for some (3.2)"),
    patch("/$defs/UserDtoV1/properties/defaultWorkspace", Change::OrNull, "missing for some (3.2)"),
    patch("/$defs/MembershipDtoV1/properties/hourlyRate", Change::OrNull, "null without a rate (6)"),
    patch("/$defs/MembershipDtoV1/properties/costRate", Change::OrNull, "null without a rate (6)"),
    patch(
        "/$defs/WorkspaceSettingsDtoV1/properties/automaticLock",
        Change::OrNull,
        "null without a lock (3.4)",
    ),
    patch(
        "/$defs/WorkspaceSettingsDtoV1/properties/lockTimeEntries",
        Change::OrNull,
        "null without a lock (3.4)",
    ),
    patch(
        "/$defs/WorkspaceSettingsDtoV1/properties/lockTimeZone",
        Change::OrNull,
        "null without a lock (3.4)",
    ),
    patch("/$defs/WorkspaceSubdomainDtoV1/properties/name", Change::OrNull, "null without a subdomain (3.4)"),
    patch("/$defs/ProjectDtoV1/properties/costRate", Change::OrNull, "null without a rate (3.12)"),
    patch("/$defs/ProjectDtoV1/properties/budgetEstimate", Change::OrNull, "null without a budget (3.12)"),
    patch("/$defs/TimeEstimateDto/properties/resetOption", Change::OrNull, "null without a reset (3.12)"),
    // Values and fields that the published file does not know.
    patch(
        "/$defs/MembershipDtoV1/properties/membershipStatus",
        Change::Is(membership_status),
        "the empty text occurs in old data (5)",
    ),
    patch("/$defs/UserDtoV1", Change::Adds("roles", roles), "undocumented, comes with include-roles (4.2)"),
    patch("/$defs/UserSettingsDtoV1", Change::Adds("darkTheme", boolean), "in real payloads (3.2)"),
    patch(
        "/$defs/UserSettingsDtoV1",
        Change::Adds("projectPickerSpecialFilter", boolean),
        "in real payloads (3.2)",
    ),
    patch(
        "/$defs/UserSettingsDtoV1",
        Change::Lacks("invoiceReminders"),
        "not in the recorded payloads (3.2)",
    ),
    patch(
        "/$defs/UserSettingsDtoV1",
        Change::Lacks("projectPickerTaskFilter"),
        "not in the recorded payloads (3.2)",
    ),
    patch("/$defs/ProjectDtoV1", Change::Adds("clientId", text), "live, empty without a client (3.12)"),
    patch("/$defs/ProjectDtoV1", Change::Adds("clientName", text), "live (3.12)"),
    patch("/$defs/ProjectDtoV1", Change::Adds("estimateReset", null), "live, null without a reset (3.12)"),
];

fn account_status() -> Value {
    json!({
        "enum": ["ACTIVE", "PENDING_EMAIL_VERIFICATION", "DELETED", "NOT_REGISTERED", "LIMITED", "LIMITED_DELETED"]
    })
}

fn custom_field_type() -> Value {
    json!({ "enum": ["TXT", "NUMBER", "DROPDOWN_SINGLE", "DROPDOWN_MULTIPLE", "CHECKBOX", "LINK"] })
}

fn creation_permission() -> Value {
    json!({ "enum": ["ADMINS", "ADMINS_AND_PROJECT_MANAGERS", "EVERYONE"] })
}

fn membership_status() -> Value {
    json!({ "enum": ["PENDING", "ACTIVE", "DECLINED", "INACTIVE", ""] })
}

fn plan() -> Value {
    json!({ "type": ["string", "null"] })
}

fn texts() -> Value {
    json!({ "type": "array", "items": { "type": "string" } })
}

fn admin_only_pages() -> Value {
    json!({ "type": "array", "items": { "enum": ["PROJECT", "TEAM", "REPORTS"] } })
}

fn roles() -> Value {
    let entity = json!({
        "type": "object",
        "properties": {
            "id": { "type": "string" },
            "name": { "type": ["string", "null"] },
            "membershipStatus": { "const": "" },
            "source": { "anyOf": [{ "$ref": "#/$defs/AuthorizationSourceDtoV1" }, { "type": "null" }] },
        },
        "required": ["id", "name", "source"],
        "additionalProperties": false,
    });
    let role = json!({
        "type": "object",
        "properties": {
            "role": { "enum": ["WORKSPACE_OWN", "WORKSPACE_ADMIN", "TEAM_MANAGER", "PROJECT_MANAGER"] },
            "formatterRoleName": { "type": "string" },
            "entities": { "type": "array", "items": entity },
        },
        "required": ["role", "formatterRoleName", "entities"],
        "additionalProperties": false,
    });
    json!({ "type": "array", "items": role })
}

fn anything() -> Value {
    json!(true)
}

fn boolean() -> Value {
    json!({ "type": "boolean" })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn null() -> Value {
    json!({ "type": "null" })
}

/// Applies one to the contract, as it is published or made exact.
pub(crate) fn apply(contract: &mut Value, patch: &Patch) {
    let place =
        contract.pointer_mut(patch.pointer).unwrap_or_else(|| panic!("{} does not exist", patch.pointer));
    match patch.change {
        Change::Is(schema) => *place = schema(),
        Change::OrNull => *place = json!({ "anyOf": [place.take(), { "type": "null" }] }),
        Change::Adds(field, schema) => place["properties"][field] = schema(),
        Change::Lacks(field) => {
            if let Some(required) = place["required"].as_array_mut() {
                required.retain(|name| name != field);
            }
            place["properties"].as_object_mut().expect("an object").remove(field);
        }
    }
}
