//! Groups that hold nobody, or nobody who is enabled.

use super::{Case, Check, Context, count};
use crate::Error;
use crate::findings::{Assessment, Evidence, Rule, Severity, Subject};
use crate::rows::Group;

pub(super) const RULES: &[Rule] = &[Rule::EmptyGroup];

const WHY: &str = "Whatever is granted to the group waits for the next person who is put into it, and nobody looks at it meanwhile.";
const WHAT: &str = "Delete the group, or ask who manages it what it is for.";

/// Groups without anybody.
pub(super) struct Groups {
    empty: Case,
    not_enabled: Case,
}

impl Default for Groups {
    fn default() -> Self {
        Self {
            empty: Case::new(Rule::EmptyGroup, "empty", Severity::Low, WHY, WHAT),
            not_enabled: Case::new(Rule::EmptyGroup, "none-enabled", Severity::Low, WHY, WHAT),
        }
    }
}

impl Check for Groups {
    fn reads_people(&self) -> bool {
        false
    }

    fn reads_groups(&self) -> bool {
        true
    }

    fn group(&mut self, _context: &Context<'_, '_>, group: &Group) {
        if group.enabled_members > 0 {
            return;
        }
        let managers = group.managers.iter().map(|manager| manager.label().to_owned()).collect::<Vec<_>>();
        let (case, mut detail) = if group.members == 0 {
            (&mut self.empty, "no members".to_owned())
        } else {
            let members = usize::try_from(group.members).unwrap_or(usize::MAX);
            (&mut self.not_enabled, format!("{}, none enabled", count(members, "member", "members")))
        };
        if !managers.is_empty() {
            detail = format!("{detail}; managed by {}", managers.join(", "));
        }
        let subject = Subject {
            kind: group.resource_type.clone(),
            id: group.id.clone(),
            name: group.name.clone(),
            ..Subject::default()
        };
        let evidence = Evidence::new(subject, detail)
            .with("members", group.members.to_string())
            .with("enabled_members", group.enabled_members.to_string());
        case.add(evidence);
    }

    fn end(mut self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        if let Some(doubt) = context.doubt_about("belongs to some groups") {
            // An empty list may be one that was not told.
            for case in [&mut self.empty, &mut self.not_enabled] {
                case.severity = Severity::Info;
                for evidence in &mut case.evidence {
                    evidence.detail = format!("{} that are known: {doubt}", evidence.detail);
                }
            }
        }
        self.empty.end(found, |number| format!("{} no members", count(number, "group has", "groups have")));
        self.not_enabled
            .end(found, |number| format!("{} no enabled members", count(number, "group has", "groups have")));
        Ok(())
    }
}
