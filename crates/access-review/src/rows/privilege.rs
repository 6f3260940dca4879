//! How much a role allows.

use serde::Serialize;

use super::Reference;

/// How much a role allows, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Privilege {
    /// Owns everything; when this account goes, so does the workspace.
    Owner,
    /// May change everything and everybody.
    Administrator,
    /// May manage a part: some people, groups or projects.
    Manager,
    /// Nothing beyond its own things.
    Regular,
}

impl Privilege {
    /// By the role's id, which for Clockify is fixed. Roles of other connectors are judged by the words in their id and
    /// name, because administrative access must rather be shown too often than be missed.
    pub fn of_role(role: &Reference) -> Self {
        match role.id.as_str() {
            "owner" => return Self::Owner,
            "workspace-admin" => return Self::Administrator,
            "team-manager" | "project-manager" => return Self::Manager,
            _ => {}
        }
        let text = format!("{} {}", role.id, role.name).to_lowercase();
        let has = |words: &[&str]| {
            text.split(|c: char| !c.is_alphanumeric())
                .any(|word| words.iter().any(|known| word.starts_with(known)))
        };
        if has(&["owner"]) {
            Self::Owner
        } else if has(&["admin", "superuser", "root"]) {
            Self::Administrator
        } else if has(&["manager"]) {
            Self::Manager
        } else {
            Self::Regular
        }
    }

    /// As a word, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Administrator => "administrator",
            Self::Manager => "manager",
            Self::Regular => "regular",
        }
    }

    /// Whether it is administrative: owner or administrator.
    pub fn is_administrative(self) -> bool {
        self <= Self::Administrator
    }
}
