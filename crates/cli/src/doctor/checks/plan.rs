//! What the workspace's plan lets a sync find. A feature that is absent is no fault: there is nothing of that kind to read.

use std::fmt::Write as _;

use super::ask::{Asked, Outcome};
use crate::doctor::report::Check;

const NAME: &str = "plan";

/// Features that decide what there can be in a sync (clockify reference 3.4), and what they mean.
const FEATURES: [(&str, &str); 6] = [
    ("MANAGER_ROLE", "team managers"),
    ("GRANT_PROJECT_MANAGER_ROLE", "appointed project managers"),
    ("LIMITED_USERS", "limited members"),
    ("USER_CUSTOM_FIELDS", "user fields"),
    ("SSO", "single sign-on"),
    ("SCIM", "SCIM, by which an identity provider may own the groups"),
];

pub(super) fn check(asked: &Asked) -> Check {
    let workspace = match &asked.workspace {
        Outcome::Answered(workspace) => workspace,
        Outcome::NotAsked(why) => return Check::skipped(NAME, why),
        Outcome::Failed(_) => return Check::skipped(NAME, "the workspace cannot be seen"),
    };
    let plan = workspace.feature_subscription_type.as_deref().unwrap_or("a plan without a name");
    let mut found = if workspace.features.is_empty() {
        format!("{plan}; Clockify names no features")
    } else {
        let (with, without): (Vec<_>, Vec<_>) =
            FEATURES.iter().partition(|(feature, _)| workspace.has_feature(feature));
        let list = |all: &[&(&str, &str)]| {
            if all.is_empty() {
                return "none of what a sync looks for".to_owned();
            }
            all.iter().map(|(_, meaning)| *meaning).collect::<Vec<_>>().join(", ")
        };
        let without =
            if without.is_empty() { String::new() } else { format!("; without: {}", list(&without)) };
        format!("{plan}; with: {}{without}", list(&with))
    };
    let subdomain = workspace.subdomain.as_ref().filter(|subdomain| subdomain.enabled == Some(true));
    if let Some(name) = subdomain.and_then(|subdomain| subdomain.name.as_deref()) {
        // Writing to a string cannot fail.
        let _ = write!(found, "; it lives at https://{name}.clockify.me");
    }
    Check::ok(NAME, found)
}
