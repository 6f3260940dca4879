//! Manual pages.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Command};
use clap_mangen::Man;

use crate::args::NAME;
use crate::build_info;
use crate::exit::Exit;
use crate::failure::Failure;

/// Where the pages go.
#[derive(Clone, Debug, Args)]
pub(crate) struct ManArgs {
    /// Write one page for each command into this folder instead.
    #[arg(long, value_name = "PATH")]
    dir: Option<PathBuf>,
}

/// Prints the page, or writes all.
pub(super) fn run(args: &ManArgs, mut program: Command) -> Result<()> {
    program.build();
    let Some(folder) = &args.dir else {
        return super::print(&page(program).context("cannot make the page")?);
    };
    write_all(program, folder).map_err(|error| {
        let message = format!("cannot write manual pages to {}: {error}", folder.display());
        Failure::new(Exit::FailedPrecondition, message)
            .with_hint("name a folder that exists and can be written with --dir")
            .into()
    })
}

fn write_all(program: Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut left = vec![program];
    while let Some(command) = left.pop() {
        left.extend(super::shown(&command).cloned());
        let man = Man::new(command.clone());
        let name = man.get_filename();
        // Anybody may read a page, and it is made anew at will: nothing is lost with half of one.
        File::create(folder.join(name))?.write_all(&page(command)?)?;
    }
    Ok(())
}

fn page(command: Command) -> io::Result<Vec<u8>> {
    let version = format!("{NAME} {}", build_info::VERSION);
    let mut page = Vec::new();
    Man::new(command).manual("User Commands").source(version).render(&mut page)?;
    Ok(page)
}
