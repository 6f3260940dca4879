//! The service on the wire: TLS, connections, the token endpoint and `BatonService`.

mod body;
mod certificate;
mod connection;
mod listener;
mod route;
mod service;
mod tasks;
mod token;
mod upload;

pub(crate) use certificate::{Certificate, certificate};
pub(crate) use listener::{Command, Server};
pub(crate) use route::Shared;
