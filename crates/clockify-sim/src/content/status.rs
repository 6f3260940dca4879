//! The closed lists of Clockify's data (clockify reference 3.2 and 5), each with room for a value nobody knows yet.
//!
//! The real lists are open: a reader must survive a value that was added yesterday, and tests need to produce one.

use std::fmt;

macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A value outside the documented list, as it stands on the wire.
            Other(String),
        }

        impl $name {
            /// The documented values.
            pub const KNOWN: &[Self] = &[$(Self::$variant),+];

            /// The value as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

open_enum! {
    /// The status of an account across all of Clockify.
    AccountStatus {
        /// A registered account in use.
        Active = "ACTIVE",
        /// Registered, but the e-mail address was never verified.
        PendingEmailVerification = "PENDING_EMAIL_VERIFICATION",
        /// The account was deleted.
        Deleted = "DELETED",
        /// Invited by e-mail; there is no account yet.
        NotRegistered = "NOT_REGISTERED",
        /// A member without an account of their own, who uses a kiosk only.
        Limited = "LIMITED",
        /// A deleted limited member.
        LimitedDeleted = "LIMITED_DELETED",
    }
}

open_enum! {
    /// The status of a membership in one workspace, project or group.
    MembershipStatus {
        /// Invited, not yet accepted.
        Pending = "PENDING",
        /// In use.
        Active = "ACTIVE",
        /// The invitation was declined.
        Declined = "DECLINED",
        /// Deactivated.
        Inactive = "INACTIVE",
    }
}

open_enum! {
    /// What a membership is a membership of.
    MembershipType {
        /// A workspace.
        Workspace = "WORKSPACE",
        /// A project.
        Project = "PROJECT",
        /// A user group.
        UserGroup = "USERGROUP",
    }
}

open_enum! {
    /// The type of a user custom field.
    CustomFieldType {
        /// Free text.
        Text = "TXT",
        /// A number.
        Number = "NUMBER",
        /// One of several values.
        DropdownSingle = "DROPDOWN_SINGLE",
        /// Any of several values.
        DropdownMultiple = "DROPDOWN_MULTIPLE",
        /// Yes or no.
        Checkbox = "CHECKBOX",
        /// A web address.
        Link = "LINK",
    }
}
