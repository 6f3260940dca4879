//! What a command takes. It is run by a process that runs nothing else, whose children's account is then that of the
//! command alone.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

/// What to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where the command's output goes; it is read for its first byte and thrown away when not given.
    #[arg(long)]
    output: Option<PathBuf>,
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// What it took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Taken {
    /// Seconds on the wall.
    pub(crate) wall: f64,
    /// Seconds of CPU, in the program and in the kernel on its behalf.
    pub(crate) cpu: f64,
    /// The most memory that was resident, in MiB.
    pub(crate) peak: f64,
    /// Seconds until the first byte of output, if there was any.
    pub(crate) first: Option<f64>,
    /// Bytes of output.
    pub(crate) output: u64,
    /// Whether it ended as it should.
    pub(crate) code: Option<i32>,
}

/// Seconds of CPU that an account holds.
pub(crate) fn cpu(usage: &Usage) -> f64 {
    let microseconds = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    // Exact up to 285 years.
    #[expect(clippy::cast_precision_loss, reason = "a run takes less than a hundred years")]
    let seconds = microseconds as f64 / 1e6;
    seconds
}

/// Runs the command and prints what it took.
pub(crate) fn serve(options: &Options) -> Result<()> {
    let (program, arguments) = options.command.split_first().context("there is no command")?;
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", Path::new(program).display()))?;
    let mut kept = options.output.as_deref().map(File::create).transpose()?;
    let (mut first, mut output, mut piece) = (None, 0, vec![0; 1 << 16]);
    if let Some(mut out) = child.stdout.take() {
        loop {
            let count = out.read(&mut piece)?;
            if count == 0 {
                break;
            }
            first.get_or_insert_with(|| begun.elapsed().as_secs_f64());
            output += count as u64;
            if let Some(kept) = &mut kept {
                kept.write_all(&piece[..count])?;
            }
        }
    }
    let status = child.wait()?;
    let wall = begun.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    #[expect(clippy::cast_precision_loss, reason = "no machine has so much memory")]
    let peak = usage.max_rss() as f64 / 1024.0;
    let taken = Taken { wall, cpu: cpu(&usage), peak, first, output, code: status.code() };
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&taken)?)?;
    Ok(())
}

/// Has a command measured. It runs in `folder` with these variables and no others.
pub(crate) fn run(
    folder: &Path,
    variables: &[(&str, String)],
    output: Option<&Path>,
    command: &[OsString],
) -> Result<Taken> {
    let mut measuring = Command::new(std::env::current_exe()?);
    measuring.arg("measure");
    if let Some(output) = output {
        measuring.arg("--output").arg(output);
    }
    let messages = folder.join("messages.txt");
    let done = measuring
        .arg("--")
        .args(command)
        .current_dir(folder)
        .env_clear()
        .envs(variables.iter().map(|(name, value)| (*name, value.as_str())))
        .stderr(File::create(&messages)?)
        .output()?;
    let told = std::fs::read_to_string(&messages).unwrap_or_default();
    if !done.status.success() {
        bail!("{} could not be measured: {told}", Path::new(&command[0]).display());
    }
    let taken: Taken = serde_json::from_slice(&done.stdout)?;
    if taken.code != Some(0) {
        let last = told.lines().next_back().unwrap_or_default();
        let line = command.join(OsString::from(" ").as_os_str());
        bail!("{} ended with {:?}: {last}", line.display(), taken.code);
    }
    Ok(taken)
}
