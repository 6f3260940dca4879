//! Service mode: a self-hosted connector that says hello to ConductorOne (C1), takes its tasks, and reports how they ended.
//!
//! C1 is spoken to over gRPC as a connector built on the Go SDK speaks to it. What a task means for the source is not decided
//! here: syncing and provisioning are traits that the program implements. Deliberately absent: printing, reading the
//! environment and ending the process.

