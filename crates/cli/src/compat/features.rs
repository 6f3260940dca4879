//! What flags of the Go SDK ask for, why it is not to be had here, and what to do instead.

use super::PROVISIONING_DISABLED;

/// What a flag asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feature {
    /// Nothing that would make a difference: taken, and without effect.
    WithoutEffect,
    /// A kind of file other than SQLite in a c1z of the first format.
    OtherStorage,
    /// Changes in Clockify: grants, revocations, accounts.
    Provisioning,
    Tickets,
    Rotation,
    Events,
    Actions,
    DiffSyncs,
    Compaction,
    External,
    Targeted,
    /// Something about targeted syncs: it is they that are refused.
    WithTargeted,
}

impl Feature {
    /// Whether asking for it is answered with an error.
    pub(super) fn is_refused(self) -> bool {
        !matches!(self, Self::WithoutEffect | Self::WithTargeted)
    }

    /// The help of its flags, which is shown in the documentation only.
    pub(super) fn help(self) -> String {
        match self {
            Self::WithoutEffect => {
                "Taken for the sake of the Go SDK's command line; without effect".to_owned()
            }
            Self::WithTargeted => "Needs --sync-resources, which is refused".to_owned(),
            Self::OtherStorage => "Kind of file: sqlite is the one that is written".to_owned(),
            other => format!("Refused: {}", other.why()),
        }
    }

    pub(super) fn why(self) -> &'static str {
        match self {
            Self::WithoutEffect => "it has no effect",
            Self::OtherStorage => "the file is a c1z with a SQLite database, which every tool reads",
            Self::Provisioning => PROVISIONING_DISABLED,
            Self::Tickets => "Clockify has no tickets",
            Self::Rotation => "Clockify lets nobody but their owner renew credentials",
            Self::Events => "Clockify has no feed of events",
            Self::Actions => "this connector has no actions",
            Self::DiffSyncs => "differences are not written as a sync",
            Self::Compaction => "every sync here is a whole one, so there is nothing to put together",
            Self::External => "this connector matches nothing with another connector's people",
            Self::Targeted | Self::WithTargeted => {
                "Clockify has no cheaper way to read single resources, so every sync reads all"
            }
        }
    }

    /// What to do besides not asking for it.
    pub(super) fn instead(self) -> Option<&'static str> {
        match self {
            Self::WithoutEffect | Self::Tickets | Self::Actions => None,
            Self::OtherStorage => Some("or set it to sqlite"),
            Self::Provisioning => Some("make the change in Clockify, and sync again"),
            Self::Rotation => Some("its owner makes a new API key in Clockify: Profile settings, API"),
            Self::Events => Some("compare two syncs: `baton-clockify diff`, with --ocsf for a SIEM"),
            Self::DiffSyncs => {
                Some("compare two syncs: `baton-clockify diff BASE APPLIED`, with ids of syncs or with files")
            }
            Self::Compaction => Some("sync again; the file holds the last sync and the one before"),
            Self::External => Some("C1 matches people itself"),
            Self::Targeted | Self::WithTargeted => Some("--sync-resource-types restricts a sync to types"),
        }
    }
}
