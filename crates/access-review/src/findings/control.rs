//! The controls of audit frameworks that a rule speaks to.
//!
//! A rule names a control only when an auditor of that control would accept what it finds, or that it finds nothing, as
//! evidence. That a subject is loosely related is not enough.

use serde::Serialize;

/// A control of an audit framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Control {
    /// The framework.
    pub framework: &'static str,
    /// The control's number in it.
    pub id: &'static str,
    /// What it is about, in short.
    pub title: &'static str,
}

const SOC2: &str = "SOC 2";
const ISO: &str = "ISO/IEC 27001:2022";

/// Access to systems and information is restricted.
pub(super) const CC6_1: Control =
    Control { framework: SOC2, id: "CC6.1", title: "Restricted logical access" };
/// People are registered before they get access and removed afterwards.
pub(super) const CC6_2: Control =
    Control { framework: SOC2, id: "CC6.2", title: "Registration and removal of users" };
/// Access follows roles and least privilege, and is changed when those change.
pub(super) const CC6_3: Control =
    Control { framework: SOC2, id: "CC6.3", title: "Access by role and least privilege" };
/// Rules for access.
pub(super) const A5_15: Control = Control { framework: ISO, id: "A.5.15", title: "Access control" };
/// The life cycle of identities.
pub(super) const A5_16: Control = Control { framework: ISO, id: "A.5.16", title: "Identity management" };
/// How people prove who they are.
pub(super) const A5_17: Control =
    Control { framework: ISO, id: "A.5.17", title: "Authentication information" };
/// Granting, reviewing and removing access.
pub(super) const A5_18: Control = Control { framework: ISO, id: "A.5.18", title: "Access rights" };
/// Administrative access.
pub(super) const A8_2: Control = Control { framework: ISO, id: "A.8.2", title: "Privileged access rights" };

impl Control {
    /// Framework and number, such as `SOC 2 CC6.3`.
    pub fn label(&self) -> String {
        format!("{} {}", self.framework, self.id)
    }
}
