//! CSV: the columns of the official tool's export, and behind them what it leaves out.
//!
//! The first twelve columns, and the kinds of row `Identity`, `Entitlement` and `Grant`, are the official ones (interop
//! reference 10.3), in this order and with the same values, so what reads that export reads this one. Two more kinds of
//! row hold what the official export lacks: `Other Grant`, a grant to a principal that is no person, as a group is, and
//! `Resource`, everything that is no person. Each row says in its last columns which sync it comes from.

use std::borrow::Cow;
use std::io::Write;
use std::rc::Rc;

use c1z::{EntitlementFilter, ResourceFilter};
use governance_model::{
    Profile, Resource, ResourceId, ResourceTrait, ResourceTypeId, State, UserTrait, Value,
};

use super::{About, Counts, Options};
use crate::format::cells;
use crate::names::{ByResource, Kind};
use crate::rows::{EntitlementRow, GrantQuery, GrantRow, Person, Scope};
use crate::{Error, Snapshot, text};

/// The official tool's columns.
const OFFICIAL: [&str; 12] = [
    "Type",
    "Last Name",
    "First Name",
    "User ID",
    "User Status",
    "Email Address",
    "Entitlement Display Name",
    "Entitlement",
    "Resource Type",
    "Resource Name",
    "Entitlement Description",
    "Entitlement Slug",
];

/// What comes behind them.
const OURS: [&str; 16] = [
    "Resource ID",
    "Grant ID",
    "Principal Type",
    "Principal ID",
    "Principal Name",
    "Principal Status",
    "How",
    "Scopes",
    "Status Reason",
    "Roles",
    "Groups",
    "MFA",
    "Created At",
    "Sync ID",
    "Synced At",
    "Complete",
];

/// Writes a sync as CSV.
///
/// # Errors
/// When the file cannot be read or the output not be written.
pub fn csv(out: &mut dyn Write, snapshot: &Snapshot<'_>, options: &Options) -> Result<Counts, Error> {
    let about = About::of(snapshot, options)?;
    let ended = about.ended_at.map(|at| format!("{at:.0}")).unwrap_or_default();
    let origin = [about.sync_id, ended, about.complete.as_str().to_owned()];
    let mut table = Table { writer: ::csv::Writer::from_writer(out), origin, unfinished: !about.sealed };
    table.heading()?;
    let mut counts = Counts::default();
    for person in snapshot.view().resources(&ResourceFilter::default()).by_id() {
        let resource = person?.value;
        let Some(name) = Name::of(&resource) else { continue };
        if let Some(person) = Person::of(snapshot, resource)? {
            table.row(identity(&name, &person))?;
            counts.users += 1;
        }
    }
    for entitlement in EntitlementRow::all(snapshot, &EntitlementFilter::default()) {
        let row = entitlement?;
        let resource_id = row.resource.id.clone();
        table.row(Cells::new("Entitlement").entitlement(Granted {
            id: row.id,
            slug: row.permission,
            name: row.name,
            description: row.description,
            resource_type: row.resource.kind,
            resource_name: row.resource.name,
            resource_id,
        }))?;
        counts.entitlements += 1;
    }
    let mut names = Names { snapshot, kept: ByResource::default() };
    for grant in GrantRow::all(snapshot, &GrantQuery::default()) {
        let grant = grant?;
        let name = names.of(&grant)?;
        table.row(granted(grant, name.as_deref()))?;
        counts.grants += 1;
    }
    for resource in snapshot.view().resources(&ResourceFilter::default()).by_id().without_users() {
        let resource = resource?.value;
        match Kind::of(&resource.traits) {
            Kind::User => continue,
            Kind::Group => counts.groups += 1,
            Kind::Role => counts.roles += 1,
            Kind::Other if resource.id.resource_type.as_str() == "project" => counts.projects += 1,
            Kind::Other => counts.other_resources += 1,
        }
        let mut cells = Cells::new("Resource");
        cells.set("Resource Type", resource.id.resource_type.as_str());
        cells.set("Resource Name", resource.display_name);
        cells.set("Resource ID", resource.id.resource);
        table.row(cells)?;
    }
    table.writer.flush()?;
    Ok(counts)
}

/// What the official export calls a person by.
#[derive(Debug)]
struct Name {
    last: String,
    first: String,
    id: String,
    status: &'static str,
    email: String,
}

impl Name {
    /// Nothing for what is no person.
    fn of(resource: &Resource) -> Option<Self> {
        let user = resource.traits.iter().find_map(|kind| match kind {
            ResourceTrait::User(user) => Some(user),
            _ => None,
        })?;
        let id = text_of(&resource.profile, "user_id");
        Some(Self {
            last: text_of(&resource.profile, "last_name"),
            first: text_of(&resource.profile, "first_name"),
            id: if id.is_empty() { resource.id.resource.to_string() } else { id },
            status: match resource.status.as_ref().map(|status| status.state) {
                Some(State::Enabled) => "Enabled",
                Some(State::Disabled) => "Disabled",
                Some(State::Deleted) => "Deleted",
                Some(State::Unspecified) | None => "Unspecified",
            },
            email: primary(user),
        })
    }
}

/// The names of those who have something.
struct Names<'s, 'f> {
    snapshot: &'s Snapshot<'f>,
    kept: ByResource<Option<Rc<Name>>>,
}

impl Names<'_, '_> {
    /// Nothing for a principal that is no person or that the file lacks.
    fn of(&mut self, grant: &GrantRow) -> Result<Option<Rc<Name>>, Error> {
        let principal = &grant.principal;
        if let Some(known) = self.kept.get(&principal.kind, &principal.id) {
            return Ok(known.clone());
        }
        let id = ResourceId::new(ResourceTypeId::new(principal.kind.clone()), principal.id.clone());
        let resource = self.snapshot.view().resource(&id)?;
        let name = resource.and_then(|record| Name::of(&record.value)).map(Rc::new);
        self.kept.keep(&id, name.clone());
        Ok(name)
    }
}

/// The address that is marked as the primary one; the official export shows no other.
fn primary(user: &UserTrait) -> String {
    let primary = user.emails.iter().find(|email| email.primary);
    primary.map(|email| email.address.clone()).unwrap_or_default()
}

fn text_of(profile: &Profile, key: &str) -> String {
    match profile.get(key) {
        Some(Value::String(text)) => text.to_string(),
        _ => String::new(),
    }
}

fn identity(name: &Name, person: &Person) -> Cells {
    let known = |truth: Option<bool>| match truth {
        Some(true) => "yes",
        Some(false) => "no",
        None => "unknown",
    };
    let joined = |parts: Vec<String>| parts.join("; ");
    let mut cells = Cells::new("Identity").name(name);
    cells.set("User Status", name.status);
    cells.set("Principal Type", person.resource_type.as_str());
    cells.set("Principal ID", person.id.as_str());
    cells.set("Principal Name", person.name.as_str());
    cells.set("Principal Status", person.status.as_str());
    cells.set("Status Reason", person.status_reason.as_str());
    cells.set("Roles", joined(person.roles.iter().map(cells::role).collect()));
    cells.set("Groups", joined(person.groups.iter().map(|group| group.label().to_owned()).collect()));
    cells.set("MFA", known(person.mfa));
    cells.set("Created At", person.created_at.map(|at| format!("{at:.0}")).unwrap_or_default());
    cells
}

fn granted(grant: GrantRow, name: Option<&Name>) -> Cells {
    let mut cells = match name {
        Some(name) => Cells::new("Grant").name(name),
        None => Cells::new("Other Grant"),
    };
    let principal = &grant.principal;
    cells.set("Grant ID", grant.id.as_str());
    cells.set("Principal Type", principal.kind.as_str());
    cells.set("Principal ID", principal.id.as_str());
    cells.set("Principal Name", principal.name.as_str());
    let status = principal.status.map(crate::rows::StateName::as_str);
    cells.set("Principal Status", if principal.missing { "missing" } else { status.unwrap_or_default() });
    cells.set("How", cells::how(&grant));
    cells.set("Scopes", grant.scopes.iter().map(Scope::label).collect::<Vec<_>>().join("; "));
    cells.entitlement(Granted {
        id: grant.entitlement,
        slug: grant.permission,
        name: grant.entitlement_name,
        description: grant.entitlement_description,
        resource_type: grant.resource.kind,
        resource_name: grant.resource.name,
        resource_id: grant.resource.id,
    })
}

/// What the columns about an entitlement say.
struct Granted {
    id: String,
    slug: String,
    name: String,
    description: String,
    resource_type: String,
    resource_name: String,
    resource_id: String,
}

/// One row, by the names of its columns.
struct Cells(Vec<String>);

impl Cells {
    fn new(kind: &str) -> Self {
        let mut cells = Self(vec![String::new(); OFFICIAL.len() + OURS.len()]);
        cells.set("Type", kind);
        cells
    }

    fn set(&mut self, column: &str, value: impl Into<String>) {
        let mut columns = OFFICIAL.iter().chain(&OURS);
        if let Some(index) = columns.position(|name| *name == column) {
            self.0[index] = value.into();
        }
    }

    fn name(mut self, name: &Name) -> Self {
        self.set("Last Name", name.last.as_str());
        self.set("First Name", name.first.as_str());
        self.set("User ID", name.id.as_str());
        self.set("Email Address", name.email.as_str());
        self
    }

    fn entitlement(mut self, granted: Granted) -> Self {
        self.set("Entitlement Display Name", granted.name);
        self.set("Entitlement", granted.id);
        self.set("Resource Type", granted.resource_type);
        self.set("Resource Name", granted.resource_name);
        self.set("Entitlement Description", granted.description);
        self.set("Entitlement Slug", granted.slug);
        self.set("Resource ID", granted.resource_id);
        self
    }
}

struct Table<'a> {
    writer: ::csv::Writer<&'a mut dyn Write>,
    origin: [String; 3],
    unfinished: bool,
}

impl Table<'_> {
    fn heading(&mut self) -> Result<(), Error> {
        let mark = self.unfinished.then_some("Unfinished");
        Ok(self.writer.write_record(OFFICIAL.iter().chain(&OURS).copied().chain(mark))?)
    }

    fn row(&mut self, mut cells: Cells) -> Result<(), Error> {
        for (column, value) in ["Sync ID", "Synced At", "Complete"].into_iter().zip(&self.origin) {
            cells.set(column, value.as_str());
        }
        let mark = self.unfinished.then(|| "yes".into());
        let defused = cells.0.iter().map(|cell| text::cell(cell));
        Ok(self.writer.write_record(defused.chain(mark).map(Cow::into_owned))?)
    }
}
