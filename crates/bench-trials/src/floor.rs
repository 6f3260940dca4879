//! The floor: what the rows of a file cost at the least.
//!
//! The same rows are put with prepared statements into an empty database with the same tables (and pages as SQLite makes them, or
//! as large as those of the file), in one transaction and without a journal; all indexes are built afterwards, and one pass of zstd at its fastest level follows. No request is
//! made, nothing is decoded, nothing is safe from a power loss before the end. The rows are in memory before it begins.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde::{Deserialize, Serialize};

use crate::measure;

/// Which file.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    file: PathBuf,
    /// Make pages as large as those of the file, in place of SQLite's own size
    #[arg(long)]
    same_pages: bool,
}

/// What it took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Floor {
    pub(crate) wall: f64,
    pub(crate) cpu: f64,
    /// Bytes of the compressed database.
    pub(crate) bytes: u64,
    pub(crate) rows: usize,
}

/// A table: the statement that makes it, and its rows.
struct Table {
    name: String,
    create: String,
    rows: Vec<Vec<Value>>,
}

/// Measures and prints it.
pub(crate) fn serve(options: &Options) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let source = folder.path().join("source");
    unpack(&options.file, &source)?;
    let (tables, indexes, page_size) = read(&source)?;
    let page_size = options.same_pages.then_some(page_size);
    let rows = tables.iter().map(|table| table.rows.len()).sum();

    let (begun, before) = (Instant::now(), getrusage(UsageWho::RUSAGE_SELF)?);
    let database = folder.path().join("floor");
    fill(&database, &tables, &indexes, page_size)?;
    let bytes = compress(&database, &folder.path().join("floor.zst"))?;
    let after = getrusage(UsageWho::RUSAGE_SELF)?;

    let cpu = measure::cpu(&after) - measure::cpu(&before);
    let floor = Floor { wall: begun.elapsed().as_secs_f64(), cpu, bytes, rows };
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&floor)?)?;
    Ok(())
}

/// Has the floor of a file measured, by a process of its own.
pub(crate) fn of(file: &Path, pages: Pages) -> Result<Floor> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("floor").arg(file);
    if pages == Pages::OfTheFile {
        command.arg("--same-pages");
    }
    let done = command.output()?;
    ensure!(done.status.success(), "the floor: {}", String::from_utf8_lossy(&done.stderr));
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// How large the pages of a floor are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// As SQLite makes them when it is told nothing.
    OfSqlite,
    /// As large as those of the file that it is the floor of.
    OfTheFile,
}

fn unpack(file: &Path, target: &Path) -> Result<()> {
    let bytes = std::fs::read(file)?;
    let frames = bytes.strip_prefix(b"C1ZF\0").context("the file is no c1z")?;
    zstd::stream::copy_decode(frames, File::create(target)?)?;
    Ok(())
}

fn read(database: &Path) -> Result<(Vec<Table>, Vec<String>, u32)> {
    let connection = Connection::open(database)?;
    let page_size = connection.query_row("pragma page_size", (), |row| row.get(0))?;
    let texts = |kind: &str| -> rusqlite::Result<Vec<(String, String)>> {
        let sql = "select name, sql from sqlite_master where type = ?1 and sql is not null order by rowid";
        connection.prepare(sql)?.query_map([kind], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    let mut tables = Vec::new();
    for (name, create) in texts("table")? {
        let mut statement = connection.prepare(&format!("select * from {name} order by id"))?;
        let columns = statement.column_count();
        let rows = statement
            .query_map((), |row| (0..columns).map(|column| row.get(column)).collect())?
            .collect::<rusqlite::Result<_>>()?;
        tables.push(Table { name, create, rows });
    }
    let indexes = texts("index")?.into_iter().map(|(_, create)| create).collect();
    Ok((tables, indexes, page_size))
}

fn fill(database: &Path, tables: &[Table], indexes: &[String], page_size: Option<u32>) -> Result<()> {
    let mut connection = Connection::open(database)?;
    if let Some(page_size) = page_size {
        connection.pragma_update(None, "page_size", page_size)?;
    }
    connection.execute_batch(
        "pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive; \
         pragma cache_size = -65536;",
    )?;
    let transaction = connection.transaction()?;
    for table in tables {
        transaction.execute(&table.create, ())?;
        let Some(row) = table.rows.first() else { continue };
        let places = vec!["?"; row.len()].join(", ");
        let mut insert = transaction.prepare(&format!("insert into {} values ({places})", table.name))?;
        for row in &table.rows {
            insert.execute(params_from_iter(row))?;
        }
    }
    for index in indexes {
        transaction.execute(index, ())?;
    }
    transaction.commit()?;
    Ok(())
}

fn compress(database: &Path, target: &Path) -> Result<u64> {
    let input = File::open(database)?;
    let size = input.metadata()?.len();
    let mut encoder = zstd::stream::write::Encoder::new(File::create(target)?, 1)?;
    encoder.include_checksum(true)?;
    encoder.set_pledged_src_size(Some(size))?;
    std::io::copy(&mut &input, &mut encoder)?;
    Ok(encoder.finish()?.metadata()?.len())
}
