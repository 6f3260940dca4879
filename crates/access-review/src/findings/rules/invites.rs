//! Invitations that stay open.
//!
//! Clockify does not say when somebody was invited. What is known: earlier syncs in the same file show since when, at
//! least, an invitation has been open. And an account that was never registered was made by somebody's invitation, this one
//! or that of another workspace, so its creation is the earliest that this one can have been. Each finding says which of
//! the two it rests on.

use c1z::{SyncChoice, SyncType, SyncView};
use governance_model::{Resource, ResourceId, ResourceTypeId, State, Timestamp, Value};

use super::{Account, Case, Check, Context, about, count, days};
use crate::Error;
use crate::findings::{Assessment, Rule, Severity};
use crate::rows::Person;

pub(super) const RULES: &[Rule] = &[Rule::StaleInvite];

const WHY: &str =
    "An open invitation is access for whoever holds the mailbox, long after the reason for it is forgotten.";
const WHAT: &str = "Withdraw the invitation; invite again when the person is about to start.";

/// Open invitations.
#[derive(Default)]
pub(super) struct Invites(Vec<Invited>);

struct Invited {
    person: Person,
    registered: bool,
}

impl Check for Invites {
    fn person(&mut self, _context: &Context<'_, '_>, account: &Account) -> Result<(), Error> {
        if account.is_invited() {
            let registered = account.registration != "NOT_REGISTERED";
            self.0.push(Invited { person: account.person.clone(), registered });
        }
        Ok(())
    }

    fn end(self: Box<Self>, context: &Context<'_, '_>, found: &mut Assessment) -> Result<(), Error> {
        let case = |case, severity, why, what| Case::new(Rule::StaleInvite, case, severity, why, what);
        let mut seen = case("seen-open", Severity::Medium, WHY, WHAT);
        let mut never = case("never-registered", Severity::Low, WHY, WHAT);
        let mut unknown = case(
            "age-unknown",
            Severity::Info,
            "Clockify does not say when somebody was invited, and no earlier sync in the file shows it.",
            "Sync into the same file regularly; from the second sync on it shows since when an invitation has been open.",
        );
        let limit = context.options.invite_age.as_secs();
        let earlier = if self.0.is_empty() { Vec::new() } else { earlier(context)? };
        for Invited { person, registered } in self.0 {
            let history = History::of(&earlier, &person)?;
            if let Some(since) = history.open_since.filter(|since| context.age(*since) > limit) {
                let age = days(context.age(since));
                let detail =
                    format!("seen open since {since:.0}, for {age} at least, by earlier syncs in this file");
                let evidence = about(&person, detail).with("open_since", format!("{since:.0}"));
                seen.add(evidence.with("age_from", "earlier syncs"));
                continue;
            }
            // No invitation is older than its account, or than a sync that does not show it.
            let oldest = person.created_at.max(history.not_open_at);
            match (oldest, person.created_at) {
                (Some(oldest), _) if context.age(oldest) <= limit => {}
                (_, Some(at)) if !registered => {
                    let detail = format!(
                        "never registered; the account was made {at:.0}, {} before, by this invitation or one of another workspace",
                        days(context.age(at))
                    );
                    never.add(about(&person, detail).with("age_from", "creation of the account"));
                }
                _ => unknown.add(about(&person, "invited, and nothing says when")),
            }
        }
        let than = days(limit);
        seen.end(found, |number| {
            format!(
                "{} open for more than {than}",
                count(number, "invitation has been", "invitations have been")
            )
        });
        never.end(found, |number| {
            let who = count(number, "invited person has", "invited people have");
            format!("{who} not registered in more than {than}")
        });
        unknown.end(found, |number| {
            format!(
                "It is not known how long {} been open",
                count(number, "invitation has", "invitations have")
            )
        });
        Ok(())
    }
}

impl Account {
    /// Whether there is an invitation that can still be accepted: one that was declined or withdrawn cannot.
    pub(super) fn is_invited(&self) -> bool {
        self.person.pending
            && self.person.status.0 != State::Deleted
            && !matches!(self.membership.as_str(), "DECLINED" | "INACTIVE")
    }
}

/// The finished full syncs before this one, newest first.
fn earlier<'a>(context: &Context<'a, '_>) -> Result<Vec<SyncView<'a>>, Error> {
    let (file, this) = (context.snapshot.file(), context.snapshot.run());
    let mut runs = file.syncs()?;
    runs.retain(|run| {
        run.sync_type == SyncType::Full
            && run.ended_at.is_some()
            && run.ended_at < Some(this.ended_at.unwrap_or(context.until))
    });
    runs.sort_by_key(|run| std::cmp::Reverse(run.ended_at));
    runs.into_iter().map(|run| Ok(file.sync(&SyncChoice::Id(run.sync_id))?)).collect()
}

/// What earlier syncs tell of an invitation.
#[derive(Default)]
struct History {
    /// The first of the syncs before this one that all show it open.
    open_since: Option<Timestamp>,
    /// The sync before that, which does not.
    not_open_at: Option<Timestamp>,
}

impl History {
    fn of(earlier: &[SyncView<'_>], person: &Person) -> Result<Self, Error> {
        let id = ResourceId::new(ResourceTypeId::new(person.resource_type.clone()), person.id.clone());
        let mut history = Self::default();
        for view in earlier {
            let record = view.resource(&id)?;
            if record.is_some_and(|record| is_open(&record.value)) {
                history.open_since = view.run().ended_at;
            } else {
                history.not_open_at = view.run().ended_at;
                break;
            }
        }
        Ok(history)
    }
}

fn is_open(resource: &Resource) -> bool {
    let text = |key: &str| match resource.profile.get(key) {
        Some(Value::String(text)) => text.as_str(),
        _ => "",
    };
    let (account, membership) = (text("account_status"), text("membership_status"));
    membership == "PENDING" || (account == "NOT_REGISTERED" && membership == "ACTIVE")
}
