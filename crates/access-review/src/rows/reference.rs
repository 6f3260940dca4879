//! Small parts that several kinds of row share.

use governance_model::{Profile, ResourceId, State, Value};
use serde::Serialize;

use crate::{Error, Snapshot};

/// A thing by its type, id and name. The name is empty when the file does not have the thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Reference {
    /// The resource type, such as `group`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id that the source gave it.
    pub id: String,
    /// What people call it.
    pub name: String,
}

impl Reference {
    pub(crate) fn find(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        let called = snapshot.names.resource(snapshot.view(), id)?;
        Ok(Self {
            kind: id.resource_type.as_str().to_owned(),
            id: id.resource.to_string(),
            name: called.name.clone(),
        })
    }

    /// What to show: the name, else the id.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }
}

/// Who has something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Principal {
    /// The resource type, such as `user`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id that the source gave it.
    pub id: String,
    /// What people call it; empty when the file does not have it.
    pub name: String,
    /// The address to write to; empty when there is none.
    pub email: String,
    /// Whether it is usable; nothing when that is not known.
    pub status: Option<StateName>,
    /// Whether the file lacks it, as files of other tools may.
    pub missing: bool,
}

impl Principal {
    pub(crate) fn find(snapshot: &Snapshot<'_>, id: &ResourceId) -> Result<Self, Error> {
        let called = snapshot.names.resource(snapshot.view(), id)?;
        Ok(Self {
            kind: id.resource_type.as_str().to_owned(),
            id: id.resource.to_string(),
            name: called.name.clone(),
            email: called.email.clone(),
            status: called.state.map(StateName),
            missing: !called.exists,
        })
    }

    /// What to show: the name, else the address, else the id.
    pub fn label(&self) -> &str {
        [&self.name, &self.email].into_iter().find(|text| !text.is_empty()).unwrap_or(&self.id)
    }

    /// What to show as its state: `missing` where the file lacks it, nothing where no state is known.
    pub fn state(&self) -> &'static str {
        if self.missing { "missing" } else { self.status.map(StateName::as_str).unwrap_or_default() }
    }
}

/// A state as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateName(pub State);

impl StateName {
    /// `enabled`, `disabled`, `deleted` or `unspecified`.
    pub fn as_str(self) -> &'static str {
        match self.0 {
            State::Unspecified => "unspecified",
            State::Enabled => "enabled",
            State::Disabled => "disabled",
            State::Deleted => "deleted",
        }
    }
}

impl Serialize for StateName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a role covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Scope {
    /// The type of what is covered, such as `project`; `unknown` when the source did not say.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name; empty when it is not known.
    pub name: String,
}

impl Scope {
    /// The scopes in a grant's metadata, with names from the file where the metadata has none.
    pub(crate) fn all(snapshot: &Snapshot<'_>, metadata: &Profile) -> Result<Vec<Self>, Error> {
        let Some(Value::List(scopes)) = metadata.get("scopes") else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for scope in scopes {
            let Value::Map(scope) = scope else { continue };
            let (kind, id) = (super::text(scope, "type"), super::text(scope, "id"));
            let mut name = super::text(scope, "name");
            if name.is_empty() && !id.is_empty() {
                let resource =
                    ResourceId::new(governance_model::ResourceTypeId::new(kind.clone()), id.clone());
                name.clone_from(&snapshot.names.resource(snapshot.view(), &resource)?.name);
            }
            found.push(Self { kind, id, name });
        }
        Ok(found)
    }

    /// Whether one of the scopes in a grant's metadata is a resource.
    pub(crate) fn any_is(metadata: &Profile, id: &ResourceId) -> bool {
        let Some(Value::List(scopes)) = metadata.get("scopes") else { return false };
        let is = |scope: &Profile| {
            super::text(scope, "type") == id.resource_type.as_str() && super::text(scope, "id") == id.resource
        };
        scopes.iter().any(|scope| matches!(scope, Value::Map(scope) if is(scope)))
    }

    /// What to show: type and name, else type and id.
    pub fn label(&self) -> String {
        format!("{} {}", self.kind, if self.name.is_empty() { &self.id } else { &self.name })
    }
}
