//! Listings: `users`, `groups`, `roles`, `projects`, `grants`, and of any type `resource-types`, `resources`,
//! `entitlements`.

use std::io::{self, Write as _};
use std::path::Path;

use access_review::find::{self, Found};
use access_review::format::{self, Format};
use access_review::rows::{
    EntitlementRow, GrantQuery, GrantRow, Group, PersonFilter, Project, ResourceRow, ResourceTypeRow, Role,
};
use anyhow::{Context as _, Result};
use c1z::EntitlementFilter;
use clap::Args;
use governance_model::{EntitlementId, ResourceId, ResourceTypeId};

use super::candidates::nobody;
use super::source::{self, OutputArgs, SourceArgs, answer};

/// A listing without filters.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(super) source: SourceArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

/// Which resources to list.
#[derive(Debug, Args)]
pub(crate) struct ResourcesArgs {
    /// Only of this type.
    #[arg(short = 't', long, value_name = "TYPE")]
    resource_type: Option<String>,

    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Which entitlements to list.
#[derive(Debug, Args)]
pub(crate) struct EntitlementsArgs {
    /// Only on this resource, as TYPE:ID.
    #[arg(short, long, value_name = "TYPE:ID", value_parser = resource)]
    resource: Option<ResourceId>,

    /// Only on resources of this type.
    #[arg(short = 't', long, value_name = "TYPE")]
    resource_type: Option<String>,

    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Which people to list; a person must fulfil all that is given.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct UsersArgs {
    /// Only in this state: enabled, disabled, deleted or unspecified.
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = ["enabled", "disabled", "deleted", "unspecified"])]
    status: Vec<String>,

    /// Only with this role, by id or name.
    #[arg(long, value_name = "ROLE", value_delimiter = ',')]
    role: Vec<String>,

    /// Only in this group, by id or name.
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,

    /// Only owners and administrators.
    #[arg(long)]
    admin: bool,

    /// Only without a second factor, or where it is not known.
    #[arg(long)]
    no_mfa: bool,

    /// Only who was invited and has not accepted.
    #[arg(long)]
    pending: bool,

    /// Only limited accounts, which sign in without an e-mail address.
    #[arg(long)]
    limited: bool,

    /// Only who is known by id alone, because Clockify returned no data.
    #[arg(long)]
    unlisted: bool,

    /// Only with an address in this domain.
    #[arg(long, value_name = "DOMAIN", value_delimiter = ',')]
    domain: Vec<String>,

    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Which grants to list.
#[derive(Debug, Args)]
pub(crate) struct GrantsArgs {
    /// Only of this entitlement.
    #[arg(short, long, value_name = "ID")]
    entitlement: Option<String>,

    /// Only on this resource, as TYPE:ID.
    #[arg(short, long, value_name = "TYPE:ID", value_parser = resource)]
    resource: Option<ResourceId>,

    /// Only on resources of this type.
    #[arg(short = 't', long, value_name = "TYPE")]
    resource_type: Option<String>,

    /// Only to this principal, as TYPE:ID.
    #[arg(short, long, value_name = "TYPE:ID", value_parser = resource)]
    principal: Option<ResourceId>,

    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Reads `type:id`; types hold no colon.
pub(crate) fn resource(text: &str) -> Result<ResourceId, String> {
    match text.split_once(':') {
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => {
            Ok(ResourceId::new(ResourceTypeId::new(kind), id))
        }
        _ => Err("it must be a type and an id, such as group:64c77e1d".to_owned()),
    }
}

pub(crate) fn users(args: &UsersArgs, file: &Path) -> Result<()> {
    let filter = PersonFilter {
        status: args.status.clone(),
        role: args.role.clone(),
        group: args.group.clone(),
        admin: args.admin,
        no_mfa: args.no_mfa,
        pending: args.pending,
        limited: args.limited,
        unlisted: args.unlisted,
        domain: args.domain.clone(),
    };
    source::with_snapshot(file, &args.source, |snapshot, _| {
        // A slip of the keys must not look like nobody.
        exist("role", &args.role, |text| find::role(snapshot, text))?;
        exist("group", &args.group, |text| find::group(snapshot, text))?;
        let people = filter.people(snapshot).map_err(|error| source::failure(&error))?;
        let style = args.output.output.style(snapshot);
        let is_json = matches!(style.format, Format::Json | Format::JsonLines);
        source::to_stdout(|out| {
            let rows = people.map(|row| {
                row.map(|mut person| {
                    if person.missing && !is_json {
                        // A row must say whom it is about, and the id is the last column.
                        person.name.clone_from(&person.id);
                    }
                    person
                })
            });
            format::write(out, style, rows).map(drop)
        })
    })
}

/// Fails unless everything that a filter names is in the file.
fn exist(
    what: &str,
    names: &[String],
    find: impl Fn(&str) -> Result<Found, access_review::Error>,
) -> Result<()> {
    for name in names {
        if let Found::None { near } = find(name).map_err(|error| source::failure(&error))? {
            return Err(nobody(what, name, &near));
        }
    }
    Ok(())
}

pub(crate) fn groups(args: &ListArgs, file: &Path) -> Result<()> {
    answer(file, &args.source, |snapshot, out| {
        format::write(out, args.output.output.style(snapshot), Group::all(snapshot)).map(drop)
    })
}

pub(crate) fn roles(args: &ListArgs, file: &Path) -> Result<()> {
    answer(file, &args.source, |snapshot, out| {
        format::write(out, args.output.output.style(snapshot), Role::all(snapshot)).map(drop)
    })
}

pub(crate) fn projects(args: &ListArgs, file: &Path) -> Result<()> {
    source::with_snapshot(file, &args.source, |snapshot, _| {
        let style = args.output.output.style(snapshot);
        source::to_stdout(|out| format::write(out, style, Project::all(snapshot)).map(drop))?;
        // Nothing that was not read is nothing that is not there.
        if snapshot.provenance().is_some_and(|provenance| !provenance.pages.contains_key("projects")) {
            let note = "note: Projects were not read; --sync-projects at the next sync reads them.";
            writeln!(io::stderr(), "{note}").context("cannot print a note")?;
        }
        Ok(())
    })
}

pub(crate) fn resource_types(args: &ListArgs, file: &Path) -> Result<()> {
    answer(file, &args.source, |snapshot, out| {
        format::write(out, args.output.output.style(snapshot), ResourceTypeRow::all(snapshot)).map(drop)
    })
}

pub(crate) fn resources(args: &ResourcesArgs, file: &Path) -> Result<()> {
    let resource_type = args.resource_type.clone().map(ResourceTypeId::new);
    answer(file, &args.source, |snapshot, out| {
        let rows = ResourceRow::all(snapshot, resource_type);
        format::write(out, args.output.output.style(snapshot), rows).map(drop)
    })
}

pub(crate) fn entitlements(args: &EntitlementsArgs, file: &Path) -> Result<()> {
    let filter = EntitlementFilter {
        resource_type: args.resource_type.clone().map(ResourceTypeId::new),
        resource: args.resource.clone(),
    };
    answer(file, &args.source, |snapshot, out| {
        let rows = EntitlementRow::all(snapshot, &filter);
        format::write(out, args.output.output.style(snapshot), rows).map(drop)
    })
}

pub(crate) fn grants(args: &GrantsArgs, file: &Path) -> Result<()> {
    let query = GrantQuery {
        principal: args.principal.clone(),
        resource: args.resource.clone(),
        resource_type: args.resource_type.clone().map(ResourceTypeId::new),
        entitlement: args.entitlement.clone().map(EntitlementId::from_raw),
        principal_type: None,
    };
    answer(file, &args.source, |snapshot, out| {
        format::write(out, args.output.output.style(snapshot), GrantRow::all(snapshot, &query)).map(drop)
    })
}
