//! What Clockify's answers become, tested by the public seam.
//!
//! A scripted server on the loopback interface gives answers as Clockify does, the connector reads them through the
//! real client, and what comes out is compared with what the references and `docs/clockify-mapping.md` promise. Every
//! case has assertions written by hand and a snapshot beside them; [`world::check`] reads a workspace, holds the result
//! against the rules that always hold, and takes the snapshot.
//!
//! Of the sample bodies in `fixtures/clockify`, these are input of the mapping and are read here: 01 and 02 (the key's
//! own user), 03 and 04 (the workspace), 05 to 09 and 11 (members), 12 and 13 (groups), 15 (members, from another call),
//! 18 (projects), 26 (the workspace as a write returns it), and 20 (refusals, in `refusals`). The others never reach the
//! mapping: 10 is a request body, 14 is asked per person and has neither status nor roles, 16 and 17 are answers to
//! writes, 19 lists customers, 21 to 25 belong to webhooks, 27 to the audit log and 28 to the web app.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod damage;
mod groups;
mod limits;
mod memberships;
mod people;
mod projects;
mod property;
mod refusals;
mod render;
mod requests;
mod roles;
mod samples;
mod seam;
mod server;
mod stand_ins;
mod world;
