//! `findings`: what a reviewer should look at.

use std::io::{self, Write};
use std::path::Path;

use access_review::findings::{Assessment, Rule, Severity, Tool, evaluate};
use access_review::format::{Format, Style};
use access_review::{Snapshot, text};
use anyhow::Result;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use governance_model::Timestamp;

use super::rules::RuleArgs;
use super::source::{SourceArgs, failure, open, to_stdout};
use crate::exit::Exit;
use crate::failure::Failure;

/// What to look for, and how to say it.
#[derive(Debug, Args)]
#[command(after_help = rules())]
pub(crate) struct FindingsArgs {
    /// End with exit code 78 when there is a finding of this severity or a higher one.
    #[arg(long, value_name = "SEVERITY")]
    fail_on: Option<FailOn>,

    /// How to write the answer.
    #[arg(
        short,
        long = "output",
        visible_alias = "output-format",
        value_name = "FORMAT",
        default_value = "table"
    )]
    output: FindingsFormat,

    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    source: SourceArgs,
}

/// A severity that may end a run. What could not be judged is none.
#[derive(Clone, Copy, Debug)]
struct FailOn(Severity);

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: &[FailOn] = &[
            FailOn(Severity::Low),
            FailOn(Severity::Medium),
            FailOn(Severity::High),
            FailOn(Severity::Critical),
        ];
        ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.as_str()))
    }
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FindingsFormat {
    /// A page for people.
    #[value(alias = "console")]
    Table,
    /// One JSON array of findings, each with its evidence.
    Json,
    /// One finding per line.
    Jsonl,
    /// One line per row of evidence, formulas defused.
    Csv,
    /// A SARIF 2.1.0 log for code scanners.
    Sarif,
}

pub(crate) fn findings(args: &FindingsArgs, file: &Path) -> Result<()> {
    let options = args.rules.options(Timestamp::now())?;
    let opened = open(file)?;
    let snapshot = Snapshot::open(&opened, &args.source.selection()).map_err(|error| failure(&error))?;
    let found = evaluate(&snapshot, &options).map_err(|error| failure(&error))?;
    let format = match args.output {
        FindingsFormat::Table => Some(Format::Table),
        FindingsFormat::Json => Some(Format::Json),
        FindingsFormat::Jsonl => Some(Format::JsonLines),
        FindingsFormat::Csv => Some(Format::Csv),
        FindingsFormat::Sarif => None,
    };
    if !matches!(format, Some(Format::Table) | None) {
        remarks(&found)?;
    }
    to_stdout(|out| {
        if let Some(format) = format {
            return found.write(
                &snapshot,
                out,
                Style { format, unfinished: !snapshot.is_sealed(), width: None },
            );
        }
        let shown = file.to_string_lossy();
        let tool = Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), file: &shown };
        found.write_sarif(&snapshot, out, &tool)
    })?;
    match (found.worst(), args.fail_on) {
        (Some(worst), Some(limit)) if worst >= limit.0 => Err(Failure::answer(Exit::Found).into()),
        _ => Ok(()),
    }
}

/// What was not checked, where the format has no place for it: nobody shall take silence for a clean bill.
fn remarks(found: &Assessment) -> Result<()> {
    let gaps = found.not_checked.iter().map(|gap| format!("not checked: {}: {}\n", gap.rule, gap.reason));
    let notes = found.notes.iter().map(|note| format!("note: {note}\n"));
    let lines: Vec<_> = gaps.chain(notes).map(|line| text::terminal(line.trim_end()).into_owned()).collect();
    let mut err = io::stderr();
    for line in lines {
        writeln!(err, "{line}")?;
    }
    Ok(())
}

/// The rules, for the end of the help.
fn rules() -> String {
    let rules = Rule::ALL.map(|rule| format!("\n  {rule}\n      {}", rule.about()));
    format!("Rules:{}", rules.concat())
}
