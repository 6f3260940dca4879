//! The summary of a sync, for a person: what was read, who holds administrative access, what it cost, what next.
//!
//! Everything about access is read back from the rows that are about to be compressed, so that it says what the file
//! says.

use std::collections::BTreeMap;
use std::fmt::Write;

use anyhow::{Context, Result, anyhow};
use c1z::{Glance, GrantFilter, SyncView};
use clockify_connector::{GROUP, ROLE, USER, WorkspaceRole};
use comfy_table::{Table, presets};
use governance_model::{Resource, ResourceId, Scope, State};
use sync_engine::SyncReport;

use crate::sync::Done;

/// At most this many people are listed by name; the file has them all.
const LISTED: usize = 50;

/// Writes the summary.
///
/// # Errors
/// When the rows could not be read back.
pub(crate) fn render(done: &Done, scope: &Scope) -> Result<String> {
    let facts = done.facts.as_ref().map_err(|reason| anyhow!("{reason}"))?;
    let report = &done.report;
    let mut text = String::new();

    line(&mut text, "Workspace", &format!("{} ({})", printable(&report.source_name), report.source_id));
    line(&mut text, "Read", &read_line(report));
    let (groups, roles) = if done.resources_only {
        (facts.groups.to_string(), WorkspaceRole::ALL.len().to_string())
    } else {
        (format!("{}, {} memberships", facts.groups, facts.memberships), facts.roles_line())
    };
    for (label, of, value) in
        [("Users", &USER, facts.users_line()), ("Groups", &GROUP, groups), ("Roles", &ROLE, roles)]
    {
        line(&mut text, label, if scope.includes(of) { &value } else { "not asked for" });
    }
    if let Some(projects) = report.rows.resources.get("project") {
        line(&mut text, "Projects", &projects.to_string());
    }
    let grants = facts.grants.to_string();
    line(&mut text, "Grants", if done.resources_only { "not asked for" } else { &grants });

    // A role is held by people: without either nothing can be said.
    if !done.resources_only && scope.includes(&ROLE) && scope.includes(&USER) {
        administrative(&mut text, facts);
    }
    worth_knowing(&mut text, report);

    text.push('\n');
    let usage = report.usage;
    let retries =
        if usage.retries == 0 { String::new() } else { format!(", {} of them retries", usage.retries) };
    line(&mut text, "Requests", &format!("{}{retries}", usage.requests));
    line(&mut text, "Time", &format!("{:.2} s", done.took.as_secs_f64()));
    let held = done.sealed.syncs.len();
    let history = if held > 1 { format!(", {held} syncs in it") } else { String::new() };
    line(
        &mut text,
        "File",
        &format!("{} ({}{history})", printable(&done.file.to_string_lossy()), size(done.sealed.bytes)),
    );
    line(&mut text, "Sync", &report.sync_id);

    Ok(text)
}

/// What to do next: commands with what they are for, in two columns.
pub(crate) fn next(heading: &str, commands: &[(String, &str)]) -> String {
    let width = commands.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    let mut text = format!("\n{heading}\n\n");
    for (command, purpose) in commands {
        let _ = writeln!(text, "  {command:<width$}   {purpose}");
    }
    text
}

/// What to do with the file: our own questions, and the official tool.
pub(crate) fn reading(done: &Done) -> String {
    let path = printable(&done.file.to_string_lossy());
    if done.resources_only {
        let read = [(
            format!("{} syncs -f {path}", program()),
            "what the file holds; questions about access ask a whole sync",
        )];
        return next("Next", &read);
    }
    let ours = [
        (format!("{} users --admin -f {path}", program()), "who holds administrative access"),
        (format!("{} findings -f {path}", program()), "what a reviewer should look at"),
        (format!("{} report -f {path}", program()), "all of it as one page, for a browser"),
    ];
    let official = [
        (format!("baton resources -f {path}"), "what was read"),
        (format!("baton grants -f {path}"), "who has what"),
        (format!("baton explorer -f {path}"), "look around in a browser"),
    ];
    next("Next", &ours) + &next("Or with ConductorOne's baton tool", &official)
}

/// The program as it was called, so that what is printed can be typed.
pub(crate) fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "baton-clockify".to_owned())
}

fn line(text: &mut String, label: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{label:<11}{value}");
}

fn read_line(report: &SyncReport) -> String {
    let completeness = &report.completeness;
    let verdict = if completeness.verified {
        format!("complete: all {} listed members are in it", completeness.listed_after)
    } else {
        "NOT verified as complete, see below".to_owned()
    };
    let resumed = if report.runs > 1 { format!(", in {} runs", report.runs) } else { String::new() };
    format!("{:.0}{resumed}, {verdict}", report.ended_at)
}

/// What the summary tells about access.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    states: BTreeMap<State, u64>,
    invited: u64,
    limited: u64,
    unlisted: u64,
    grants: u64,
    groups: u64,
    memberships: u64,
    holders: BTreeMap<String, u64>,
    administrators: Vec<(WorkspaceRole, Resource)>,
    more_administrators: usize,
}

impl Facts {
    /// Reads them from a sync that is complete.
    pub(crate) fn read(view: &SyncView<'_>) -> Result<Self> {
        let mut facts = Self::default();
        view.glance(&USER, |user| facts.count(user)).context("cannot read the users back")?;
        let stats = view.stats()?;
        facts.grants = stats.grants;
        facts.groups = stats.resources_by_resource_type.get(GROUP.as_str()).copied().unwrap_or_default();

        view.holders(|entitlement, holders| {
            if entitlement.starts_with("group:") && entitlement.ends_with(":member") {
                facts.memberships += holders;
            }
        })?;
        for role in WorkspaceRole::ALL {
            facts.read_role(view, role)?;
        }
        Ok(facts)
    }

    fn count(&mut self, user: &Glance<'_>) {
        *self.states.entry(user.state).or_default() += 1;
        for attribute in user.attributes() {
            match attribute {
                (b"membership_status", Some(b"PENDING")) => self.invited += 1,
                (b"account_status", Some(b"LIMITED" | b"LIMITED_DELETED")) => self.limited += 1,
                (b"unlisted", _) => self.unlisted += 1,
                _ => {}
            }
        }
    }

    fn read_role(&mut self, view: &SyncView<'_>, role: WorkspaceRole) -> Result<()> {
        let resource = ResourceId::new(ROLE, role.id());
        for grant in view.grants(&GrantFilter { resource: Some(resource), ..GrantFilter::default() }) {
            let principal = grant.context("cannot read a grant back")?.value.principal;
            *self.holders.entry(role.id().to_owned()).or_default() += 1;
            if !role.is_administrative() {
                continue;
            }
            if self.administrators.len() == LISTED {
                self.more_administrators += 1;
                continue;
            }
            let person =
                view.resource(&principal).context("cannot read a user back")?.map(|found| found.value);
            let person = person.unwrap_or_else(|| Resource::new(principal.clone(), &*principal.resource));
            self.administrators.push((role, person));
        }
        Ok(())
    }

    fn users_line(&self) -> String {
        let total: u64 = self.states.values().sum();
        let mut parts = Vec::new();
        for (state, name) in [
            (State::Enabled, "enabled"),
            (State::Disabled, "disabled"),
            (State::Deleted, "deleted"),
            (State::Unspecified, "in an unknown state"),
        ] {
            if let Some(count) = self.states.get(&state) {
                parts.push(format!("{count} {name}"));
            }
        }
        let mut kinds = Vec::new();
        for (count, name) in [
            (self.invited, "invited"),
            (self.limited, "limited"),
            (self.unlisted, "not returned by Clockify"),
        ] {
            if count > 0 {
                kinds.push(format!("{count} {name}"));
            }
        }
        let kinds =
            if kinds.is_empty() { String::new() } else { format!("; among them {}", kinds.join(", ")) };
        format!("{total}: {}{kinds}", parts.join(", "))
    }

    fn roles_line(&self) -> String {
        let counts: Vec<_> = WorkspaceRole::ALL
            .iter()
            .map(|role| format!("{} {}", self.holders.get(role.id()).copied().unwrap_or_default(), role.id()))
            .collect();
        counts.join(", ")
    }
}

fn administrative(text: &mut String, facts: &Facts) {
    text.push_str("\nWho holds administrative access\n\n");
    if facts.administrators.is_empty() {
        text.push_str("  nobody that Clockify told of\n");
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([" Role", "Name", "E-mail", "Status", "Second factor"]);
    for (role, person) in &facts.administrators {
        let user = person.user();
        let email = user.and_then(|user| user.emails.first()).map_or("none", |email| email.address.as_str());
        let mfa = match user.and_then(|user| user.mfa_enabled) {
            Some(true) => "on",
            Some(false) => "off",
            None => "unknown",
        };
        table.add_row([
            format!(" {}", role.id()),
            printable(&person.display_name),
            printable(email),
            status(person),
            mfa.to_owned(),
        ]);
    }
    for row in table.lines() {
        text.push_str(row.trim_end());
        text.push('\n');
    }
    if facts.more_administrators > 0 {
        let _ = writeln!(text, "  … and {} more", facts.more_administrators);
    }
}

fn status(person: &Resource) -> String {
    let Some(status) = &person.status else { return "unknown".to_owned() };
    match status.state {
        State::Enabled => "enabled".to_owned(),
        State::Disabled => format!("disabled ({})", printable(&status.details)),
        State::Deleted => "deleted".to_owned(),
        State::Unspecified => format!("unknown ({})", printable(&status.details)),
    }
}

const UNLISTED: &str = "named by groups or roles and not returned by Clockify; in the file, marked unlisted";

/// What a reviewer should know before trusting the numbers.
fn worth_knowing(text: &mut String, report: &SyncReport) {
    let mut notes = Vec::new();
    for reason in &report.completeness.reasons {
        notes.push(format!("not verified: {reason}"));
    }
    let integrity = &report.integrity;
    match integrity.stand_ins.len() {
        0 => {}
        1 => notes.push(format!("1 person {UNLISTED}")),
        count => notes.push(format!("{count} people {UNLISTED}")),
    }
    if integrity.removed_grants + integrity.removed_entitlements > 0 {
        notes.push(format!(
            "left out, because they refer to things that Clockify did not return: {} grants, {} entitlements",
            integrity.removed_grants, integrity.removed_entitlements
        ));
    }
    if report.drift.repeated_resources > 0 {
        notes.push(format!(
            "rows that came twice, because the workspace changed while it was read: {}",
            report.drift.repeated_resources
        ));
    }
    if !report.dropped.is_empty() {
        let dropped: Vec<_> =
            report.dropped.iter().map(|(reason, count)| format!("{count} × {}", printable(reason))).collect();
        notes.push(format!("left out, as no fact about this workspace: {}", dropped.join(", ")));
    }
    if notes.is_empty() {
        return;
    }
    text.push_str("\nWorth knowing\n\n");
    for note in notes {
        let _ = writeln!(text, "  {note}");
    }
}

/// Text from Clockify as a terminal may show it: control characters and text-direction marks do nothing.
pub(crate) fn printable(text: &str) -> String {
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if is_harmless(c) { c } else { '\u{fffd}' }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Characters of one text that are shown.
const LONGEST: usize = 200;

/// Neither a control character nor one that is invisible or turns the direction of text around.
fn is_harmless(c: char) -> bool {
    let invisible = matches!(
        c,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    );
    !c.is_control() && !invisible
}

fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let amount = bytes as f64;
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", amount / 1_024.0),
        _ => format!("{:.1} MiB", amount / 1_048_576.0),
    }
}
