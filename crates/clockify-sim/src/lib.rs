//! A look-alike of the Clockify REST API, for demonstrations and tests.
//!
//! [`Simulator`] serves a workspace over real HTTP on the loopback interface, with the quirks of the real service: its
//! paging, its defaults that hide people, its error codes, its field order. What it serves is a [`Content`]: either
//! [`SeededWorkspace`], which computes every member from a seed and an index, or [`FixedWorkspace`], which a test fills by
//! hand. [`Truth`] reads the same content as plain facts, so that a test can compute what a correct reader must find.
//! [`Fault`]s and a [`Quota`] make the service misbehave on purpose.
//!
//! The crate depends on no other crate of this workspace: it is the outside opinion that the others are tested against.
//! It reads only; the write endpoints of the real service answer `501 Not Implemented`.

mod content;
mod fault;
mod seeded;
mod server;
mod wire;

pub use content::{
    AccountStatus, ApiKey, Content, CustomFieldType, FixedWorkspace, KeyRights, MembershipStatus,
    MembershipType, OtherWorkspace, RoleCode, SimCustomField, SimGroup, SimMembership, SimProject,
    SimProjectMember, SimRate, SimRole, SimScope, SimSettings, SimUser, SimWorkspace, Truth,
};
pub use fault::{Action, EditContent, Endpoint, Fault, Quota, Schedule};
pub use seeded::SeededWorkspace;
pub use server::{GroupScopeShape, PageSizePolicy, RequestRecord, Simulator, SimulatorBuilder};
