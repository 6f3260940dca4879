//! What people ask of a c1z: each command is a module that turns flags into a question to `access_review` and writes the
//! answer to stdout. Nothing here asks Clockify anything.

mod access;
mod binary;
mod candidates;
mod check;
mod diff;
mod evidence;
mod export;
mod findings;
mod list;
mod report;
mod rules;
mod source;
mod stats;
mod syncs;

use anyhow::Result;
use clap::Subcommand;

use crate::args::SyncArgs;

/// Questions to a c1z.
#[derive(Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// List people: state and why, roles with their scope, groups, second factor.
    Users(list::UsersArgs),
    /// List groups: how many belong to each, and who manages them.
    Groups(list::ListArgs),
    /// List roles: how much each allows, and how many hold it.
    Roles(list::ListArgs),
    /// List projects: who belongs to them; only in files made with --sync-projects.
    Projects(list::ListArgs),
    /// List grants: who has what, and how it came to them.
    Grants(list::GrantsArgs),
    /// List resources of any type, also of those that no other listing shows.
    Resources(list::ResourcesArgs),
    /// List resource types.
    ResourceTypes(list::ListArgs),
    /// List entitlements: what can be granted.
    Entitlements(list::EntitlementsArgs),
    /// Say what one person reaches and by which path, or with --resource who reaches a thing.
    Access(access::AccessArgs),
    /// Say what a sync holds, when and where it was read, and whether it is complete.
    Stats(list::ListArgs),
    /// List the syncs that the file holds, sealed or not.
    Syncs(syncs::SyncsArgs),
    /// Say what changed between two syncs, administrative access first; exit code 77 when anything did.
    Diff(diff::DiffArgs),
    /// Say what a reviewer should look at, by rules; exit code 78 with --fail-on.
    Findings(findings::FindingsArgs),
    /// Write a whole sync as one file: csv, xlsx (a workbook to review in), json or jsonl.
    Export(export::ExportArgs),
    /// Check what became of a review: `review check REVIEWED.xlsx --against NEW.c1z`.
    Review(check::ReviewArgs),
    /// Write one HTML file to read, search, print and file: administrative access, findings, changes, everybody's access.
    Report(report::ReportArgs),
    /// Make a folder for an auditor, and check one: `evidence create DIR`, `evidence verify DIR`.
    Evidence(evidence::EvidenceArgs),
}

/// Answers one question.
pub(crate) fn run(command: &ReviewCommand, sync: &SyncArgs) -> Result<()> {
    let file = &sync.file;
    match command {
        ReviewCommand::Users(args) => list::users(args, file),
        ReviewCommand::Groups(args) => list::groups(args, file),
        ReviewCommand::Roles(args) => list::roles(args, file),
        ReviewCommand::Projects(args) => list::projects(args, file),
        ReviewCommand::Grants(args) => list::grants(args, file),
        ReviewCommand::Resources(args) => list::resources(args, file),
        ReviewCommand::ResourceTypes(args) => list::resource_types(args, file),
        ReviewCommand::Entitlements(args) => list::entitlements(args, file),
        ReviewCommand::Access(args) => access::access(args, file),
        ReviewCommand::Stats(args) => stats::stats(args, file),
        ReviewCommand::Syncs(args) => syncs::syncs(args, file),
        ReviewCommand::Diff(args) => diff::diff(args, file),
        ReviewCommand::Findings(args) => findings::findings(args, file),
        ReviewCommand::Export(args) => export::export(args, file),
        ReviewCommand::Review(args) => check::review(args, file),
        ReviewCommand::Report(args) => report::report(args, file),
        ReviewCommand::Evidence(args) => evidence::evidence(args, file),
    }
}
