//! `doctor`: why does it not work, and what is to be done.
//!
//! Every check says what it found; one that fails hides no other, and one that cannot be made because another failed is
//! skipped. Three requests are made to Clockify, and at most five more to find the address that takes the key, six with a
//! subdomain. The key is sent to the configured host alone, unless `--find-base-url` asks for more.

mod checks;
mod report;
mod subject;
mod table;

use std::io::{self, Write};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use clockify_api::BaseUrl;

use crate::args::SyncArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::problems::Problems;

/// Flags of the doctor.
#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Where the key is refused, send it to the other addresses of Clockify's API as well (api, euc1, use2, euw2 and apse2
    /// under clockify.me), and say which of them takes it. Without this the key goes to the configured host alone.
    #[arg(long)]
    find_base_url: bool,

    /// With --find-base-url: send it to NAME.clockify.me as well, for a workspace on a subdomain.
    #[arg(long, value_name = "NAME", requires = "find_base_url")]
    subdomain: Option<String>,

    /// How to print it.
    #[arg(short, long, value_name = "FORMAT", default_value = "table")]
    output: Output,
}

/// How the checks are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// Makes the checks and prints them, what is known to be wrong with the flags among it; an error with the exit code of the first that failed.
pub(crate) async fn run(flags: &DoctorArgs, args: &SyncArgs, problems: Problems) -> Result<()> {
    let others = others(flags)?;
    let report = checks::all(args, problems, &others).await;
    let text = match flags.output {
        Output::Table => table::render(&report),
        Output::Json => report.json()?,
    };
    io::stdout().write_all(text.as_bytes()).context("cannot print the checks")?;
    match report.exit() {
        Exit::Success => Ok(()),
        exit => Err(Failure::answer(exit).into()),
    }
}

/// The addresses that may be asked besides the configured one.
fn others(flags: &DoctorArgs) -> Result<Vec<BaseUrl>, Failure> {
    if !flags.find_base_url {
        return Ok(Vec::new());
    }
    let mut others = Vec::new();
    if let Some(name) = &flags.subdomain {
        let name = name.trim().trim_end_matches('/').trim_start_matches("https://");
        let name = name.trim_end_matches(".clockify.me");
        let named = BaseUrl::parse(&format!("https://{name}.clockify.me/api/v1"));
        let named = named.ok().filter(BaseUrl::is_clockify).ok_or_else(|| {
            let message =
                format!("errors found:\nfield subdomain: {name:?} is no name in front of .clockify.me");
            Failure::new(Exit::InvalidArgument, message)
                .with_hint("give NAME of https://NAME.clockify.me, the address of the workspace in a browser")
        })?;
        others.push(named);
    }
    others.extend(BaseUrl::published());
    Ok(others)
}
