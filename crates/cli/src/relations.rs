//! How flags belong together, in one table, in whatever layer they are set (interop reference 4.2 and 4.6).

use crate::layers::Given;
use crate::problems::Problems;
use crate::service::CREDENTIALS_HINT;

/// A rule about several flags.
enum Relation {
    /// All of them or none.
    Together(&'static [&'static str]),
    /// One of them at most.
    Exclusive(&'static [&'static str]),
    /// The first ones say nothing unless one of the others is set.
    Dependent(&'static [&'static str], &'static [&'static str]),
}

use Relation::{Dependent, Exclusive, Together};

const RELATIONS: &[Relation] = &[
    Together(&["client-id", "client-secret"]),
    Together(&["grant-entitlement", "grant-principal"]),
    Together(&["create-ticket", "ticket-template-path"]),
    Together(&["bulk-create-ticket", "bulk-ticket-template-path"]),
    Together(&["get-ticket", "ticket-id"]),
    Together(&["diff-syncs", "base-sync-id", "applied-sync-id"]),
    Together(&["compact-syncs", "compact-sync-ids", "compact-file-paths", "compact-output-path"]),
    Exclusive(&[
        "grant-entitlement",
        "revoke-grant",
        "create-account-login",
        "delete-resource",
        "rotate-credentials",
        "event-feed",
        "create-ticket",
        "get-ticket",
        "list-ticket-schemas",
        "bulk-create-ticket",
    ]),
    Exclusive(&[
        "grant-entitlement",
        "revoke-grant",
        "create-account-email",
        "delete-resource-type",
        "rotate-credentials-type",
        "event-feed",
        "diff-syncs",
        "compact-syncs",
        "list-ticket-schemas",
    ]),
    Exclusive(&["every", "cron"]),
    Exclusive(&["every", "timezone"]),
    Dependent(
        &["external-resource-entitlement-id-filter", "external-resource-traits"],
        &["external-resource-c1z"],
    ),
    Dependent(&["skip-grants"], &["sync-resources"]),
    // Ours: metrics are served at the same place.
    Dependent(&["health-check-port", "health-check-bind-address"], &["health-check", "metrics"]),
];

/// What to do about a relation that does not hold, where that is not plain.
const HINTS: [(&str, &str); 4] = [
    ("client-id", CREDENTIALS_HINT),
    ("health-check-port", "add --health-check, or --metrics"),
    ("health-check-bind-address", "add --health-check, or --metrics"),
    ("skip-grants", "to read who is there and not what they have, use --skip-entitlements-and-grants"),
];

/// Finds what does not hold.
pub(crate) fn check(given: &Given, problems: &mut Problems) {
    for relation in RELATIONS {
        let Some((sentence, first)) = relation.broken(given) else { continue };
        problems.sentence(sentence);
        if let Some((_, hint)) = HINTS.iter().find(|(field, _)| *field == first) {
            problems.hint(*hint);
        }
    }
}

impl Relation {
    /// What is wrong, and the first of the fields concerned.
    fn broken(&self, given: &Given) -> Option<(String, &'static str)> {
        let set = |fields: &[&'static str]| -> Vec<&'static str> {
            fields.iter().copied().filter(|field| given.is_set(field)).collect()
        };
        match self {
            Together(fields) => {
                let missing: Vec<_> = fields.iter().copied().filter(|field| !given.is_set(field)).collect();
                let sentence = format!(
                    "if any flags in the group [{}] are set they must all be set; missing [{}]",
                    fields.join(" "),
                    missing.join(" ")
                );
                (!missing.is_empty() && missing.len() < fields.len()).then_some((sentence, fields[0]))
            }
            Exclusive(fields) => {
                let set = set(fields);
                let sentence = format!(
                    "if any flags in the group [{}] are set none of the others can be; [{}] were all set",
                    fields.join(" "),
                    set.join(" ")
                );
                (set.len() > 1).then_some((sentence, fields[0]))
            }
            Dependent(fields, on) => {
                let set_fields = set(fields);
                let first = *set_fields.first()?;
                let quoted: Vec<_> = set_fields.iter().map(|field| format!("'{field}'")).collect();
                let sentence = format!(
                    "set fields ({}) are dependent on ('{}') being set",
                    quoted.join(", "),
                    on.first().copied().unwrap_or_default()
                );
                set(on).is_empty().then_some((sentence, first))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn every_field_is_a_flag() {
        let command = args::command();
        let known = |field: &str| {
            let mut all = vec![&command];
            all.extend(command.get_subcommands());
            all.iter().any(|command| command.get_arguments().any(|flag| flag.get_long() == Some(field)))
        };
        for relation in RELATIONS {
            let fields = match relation {
                Together(fields) | Exclusive(fields) => fields.to_vec(),
                Dependent(fields, on) => [*fields, *on].concat(),
            };
            assert!(fields.iter().all(|field| known(field)), "{fields:?}");
        }
    }
}
