//! Finds the rows that reviewers filled in, and what the workbook says about itself.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

use calamine::{Xlsx, open_workbook_from_rs};
use governance_model::Timestamp;

use super::Refusal;
use super::cells::{Cell, rows, sheets};
use crate::Error;
use crate::export::{Facts, about_sheet, review_sheet};

/// How far down the headings may stand.
const HEADINGS_WITHIN: usize = 50;
/// How much a workbook may hold when unpacked, by its own word.
const MOST_BYTES: u64 = 4 << 30;

/// A workbook that came back.
#[derive(Clone, Debug, Default)]
pub struct Workbook {
    /// The sync it was made from; empty when the workbook no longer says.
    pub sync_id: String,
    /// The source of that sync.
    pub source_id: String,
    /// When that sync ended.
    pub sync_ended: Option<Timestamp>,
    /// How many rows it was given out with, and the digest of all of them.
    pub(super) given: Option<(u64, String)>,
    /// The rows, as they stand in the sheet.
    pub(super) rows: Vec<Reviewed>,
}

/// What was decided about a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The decision, in lower case.
    pub decision: String,
    /// Why.
    pub rationale: String,
    /// Who decided.
    pub reviewer: String,
    /// When, as a day if that could be read.
    pub date: String,
}

/// A row of the review.
#[derive(Clone, Debug)]
pub(super) struct Reviewed {
    pub(super) facts: Facts,
    pub(super) digest: String,
    pub(super) answer: Answer,
}

impl Workbook {
    /// Reads a workbook.
    ///
    /// # Errors
    /// When the file cannot be opened or is no workbook with a review in it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::from_reader(BufReader::new(File::open(path).map_err(Error::Input)?))
    }

    fn from_reader(mut file: impl Read + Seek) -> Result<Self, Error> {
        if unpacked(&mut file)? > MOST_BYTES {
            return Err(Refusal::TooLarge("4 GiB").into());
        }
        file.rewind().map_err(Error::Input)?;
        let unreadable = |error: calamine::XlsxError| Refusal::Unreadable(error.to_string());
        let mut book: Xlsx<_> = open_workbook_from_rs(file).map_err(unreadable)?;
        let mut found = Self::default();
        let mut names = sheets(&book);
        if let Some(about) = names.iter().find(|name| called(name, "About")).cloned() {
            found.about(&mut book, &about)?;
        }
        // The sheet with the right name first; somebody may have renamed it.
        names.sort_by_key(|name| !called(name, review_sheet::NAME));
        for name in names {
            if found.review(&mut book, &name)? {
                return Ok(found);
            }
        }
        Err(Refusal::NoReview.into())
    }

    fn about<R: Read + Seek>(&mut self, book: &mut Xlsx<R>, sheet: &str) -> Result<(), Refusal> {
        let (mut count, mut digest) = (None, None);
        let mut lines = 0;
        rows(book, sheet, |cells| {
            lines += 1;
            let (Some(name), Some(value)) = (at(&cells, 0), at(&cells, 1)) else { return Ok(lines < 500) };
            match (name.text().trim(), value) {
                (about_sheet::SYNC_ID, value) => value.text().trim().clone_into(&mut self.sync_id),
                (about_sheet::SOURCE_ID, value) => value.text().trim().clone_into(&mut self.source_id),
                (about_sheet::SYNC_ENDED, Cell::Moment([y, mo, d, h, mi, s])) => {
                    self.sync_ended = format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}Z").parse().ok();
                }
                (about_sheet::REVIEW_ROWS, value) => count = value.text().trim().parse().ok(),
                (about_sheet::REVIEW_DIGEST, value) => digest = Some(value.text().trim().to_owned()),
                _ => {}
            }
            Ok(lines < 500)
        })?;
        self.given = count.zip(digest);
        Ok(())
    }

    /// Whether the sheet is a review.
    fn review<R: Read + Seek>(&mut self, book: &mut Xlsx<R>, sheet: &str) -> Result<bool, Refusal> {
        let is_1904 = book.has_1904_epoch();
        let (mut columns, mut looked) = (None, 0);
        rows(book, sheet, |cells| {
            let Some(columns) = &columns else {
                looked += 1;
                columns = Columns::of(sheet, &cells)?;
                return Ok(columns.is_some() || looked < HEADINGS_WITHIN);
            };
            self.rows.extend(columns.row(&cells, is_1904));
            Ok(true)
        })?;
        Ok(columns.is_some())
    }
}

/// How many bytes a workbook holds by its own word, so that a small file does not fill the memory.
fn unpacked(file: &mut (impl Read + Seek)) -> Result<u64, Refusal> {
    let unreadable = |error: zip::result::ZipError| Refusal::Unreadable(error.to_string());
    let mut archive = zip::ZipArchive::new(file).map_err(unreadable)?;
    let mut bytes: u64 = 0;
    for index in 0..archive.len() {
        bytes = bytes.saturating_add(archive.by_index_raw(index).map_err(unreadable)?.size());
    }
    Ok(bytes)
}

/// Which column holds what.
struct Columns {
    facts: [u32; Facts::COLUMNS.len()],
    digest: Option<u32>,
    answers: [Option<u32>; review_sheet::ANSWERS.len()],
}

impl Columns {
    /// Nothing when the row does not hold the headings.
    fn of(sheet: &str, cells: &[(u32, Cell)]) -> Result<Option<Self>, Refusal> {
        let find =
            |name: &str| cells.iter().find(|(_, cell)| called(&cell.text(), name)).map(|(column, _)| *column);
        if find(Facts::COLUMNS[Facts::ID]).is_none() || find(review_sheet::ANSWERS[0]).is_none() {
            return Ok(None);
        }
        let mut facts = [0; Facts::COLUMNS.len()];
        for (column, name) in facts.iter_mut().zip(Facts::COLUMNS) {
            *column =
                find(name).ok_or_else(|| Refusal::NoColumn { sheet: sheet.to_owned(), column: name })?;
        }
        Ok(Some(Self { facts, digest: find(review_sheet::DIGEST), answers: review_sheet::ANSWERS.map(find) }))
    }

    /// Nothing when there is nothing in these columns.
    fn row(&self, cells: &[(u32, Cell)], is_1904: bool) -> Option<Reviewed> {
        let text = |column: u32| at(cells, column).map(Cell::text).unwrap_or_default();
        let answer = |index: usize| {
            let cell = self.answers[index].and_then(|column| at(cells, column));
            cell.map(|cell| cell.text().trim().to_owned()).unwrap_or_default()
        };
        let date = self.answers[3].and_then(|column| at(cells, column));
        let row = Reviewed {
            facts: Facts(self.facts.map(text)),
            digest: self.digest.map(text).unwrap_or_default().trim().to_owned(),
            answer: Answer {
                decision: answer(0).to_lowercase(),
                rationale: answer(1),
                reviewer: answer(2),
                date: date.map(|cell| cell.day(is_1904)).unwrap_or_default(),
            },
        };
        let empty = row.answer == Answer::default() && row.facts.0.iter().all(String::is_empty);
        (!empty).then_some(row)
    }
}

fn at(cells: &[(u32, Cell)], column: u32) -> Option<&Cell> {
    cells.iter().find(|(at, _)| *at == column).map(|(_, cell)| cell)
}

/// Whether a heading or a sheet has a name, in any case and with spaces around it.
fn called(text: &str, name: &str) -> bool {
    text.trim().eq_ignore_ascii_case(name)
}
