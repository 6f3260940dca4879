//! Reading an identity list: CSV with a heading, separated by commas, semicolons or tabs.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};

use super::columns::{Columns, Said, Status, said};
use super::{Identities, ListError, normal};

impl Identities {
    /// Reads a list. The columns are found by their names, whatever their order; see `docs/review.md`.
    ///
    /// # Errors
    /// When it is no CSV with a column of addresses, or has none in it.
    pub fn read(list: impl Read) -> Result<Self, ListError> {
        let mut list = BufReader::new(list);
        let delimiter = delimiter(list.fill_buf().map_err(csv::Error::from)?);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(list);
        let heading = reader.headers()?.clone();
        let columns = Columns::of(heading.iter());
        if columns.addresses.is_empty() {
            let names = heading.iter().map(|name| format!("{:?}", name.trim_start_matches('\u{feff}')));
            return Err(ListError::NoAddresses(names.collect::<Vec<_>>().join(", ")));
        }
        let mut found = Self { has_status: !columns.statuses.is_empty(), ..Self::default() };
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record)? {
            found.add(&columns, &record);
        }
        if found.people.is_empty() { Err(ListError::Empty) } else { Ok(found) }
    }

    fn add(&mut self, columns: &Columns, record: &csv::StringRecord) {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let cell = |index: &usize| record.get(*index).unwrap_or_default();
        let one = columns.addresses.iter().map(|index| normal(cell(index)));
        let many = columns
            .aliases
            .iter()
            .flat_map(|index| cell(index).split([';', ',', '|', ' ', '\n']).map(normal));
        let addresses: Vec<String> = one.chain(many).filter(|address| address.contains('@')).collect();
        if addresses.is_empty() {
            self.without_address += 1;
            return;
        }
        self.rows += 1;
        let state = self.state_of(columns, record);
        for address in addresses {
            let known = self.people.entry(address).or_insert(state);
            // On the list twice, as people are who left and came back: the better row counts.
            *known = match (*known, state) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (None, _) | (_, None) => None,
                (Some(false), Some(false)) => Some(false),
            };
        }
    }

    /// Active unless one of the columns says no; nothing when none says anything.
    fn state_of(&mut self, columns: &Columns, record: &csv::StringRecord) -> Option<bool> {
        let mut state = None;
        for status in &columns.statuses {
            let (Status::Word(index) | Status::Positive(index) | Status::Negative(index)) = *status;
            let text = record.get(index).unwrap_or_default();
            match said(*status, text) {
                Said::Inactive => return Some(false),
                Said::Active => state = Some(true),
                Said::Nothing => {}
                Said::Unknown => count(&mut self.unknown_words, text),
            }
        }
        state
    }
}

/// How many different words are kept that are not understood.
const KEPT_WORDS: usize = 20;

fn count(words: &mut HashMap<String, u64>, text: &str) {
    let word: String = text.trim().chars().take(40).collect();
    if words.len() < KEPT_WORDS || words.contains_key(&word) {
        *words.entry(word).or_default() += 1;
    }
}

/// What separates the cells: whichever of the three comes most often in the heading.
pub(super) fn delimiter(start: &[u8]) -> u8 {
    let heading = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let heading = String::from_utf8_lossy(heading);
    let times = |wanted: u8| heading.matches(char::from(wanted)).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|byte| times(*byte)).unwrap_or(b',')
}
