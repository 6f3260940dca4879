//! Which columns of a table are shown, and how wide each is.
//!
//! Sent to a file or another program a table is complete: every column, every cell whole. On a terminal that is too narrow
//! for it, columns are left out, the least important first, and then the widest cells are cut, because lines that wrap
//! around cannot be read. That is said below the table.

use super::width;

/// Between two columns.
const GAP: usize = 2;
/// A column is left out rather than that others are cut below this, if it is one of those that can be spared.
const READABLE: usize = 36;
/// A column is left out rather than cut below this.
const NARROWEST: usize = 20;
/// A column is no wider than this because of a few very long cells, such as a list of a thousand groups; those stick out.
const WIDEST: usize = 160;

/// Columns in the order in which they are shown, with their widths.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    columns: Vec<(usize, usize)>,
    left_out: Vec<usize>,
    /// Whether cells are cut to the widths.
    cuts: bool,
}

impl Layout {
    /// For columns with these widths, of which some are left out first if the terminal is too narrow; `terminal` is its
    /// width, and nothing when the table does not go to one.
    pub(crate) fn new(widths: &[usize], first_out: &[usize], terminal: Option<usize>) -> Self {
        let Some(terminal) = terminal.filter(|&terminal| total(widths) > terminal) else {
            let columns = widths.iter().map(|&width| width.min(WIDEST)).enumerate().collect();
            return Self { columns, left_out: Vec::new(), cuts: terminal.is_some() };
        };
        let mut shown: Vec<usize> = (0..widths.len()).collect();
        let mut left_out = Vec::new();
        let spared = first_out.iter().map(|&at| (at, READABLE));
        let others = (1..widths.len()).rev().map(|at| (at, NARROWEST));
        for (leaves, least) in spared.chain(others) {
            let needed: Vec<usize> = shown.iter().map(|&at| widths[at].min(least)).collect();
            if total(&needed) <= terminal {
                continue;
            }
            if let Some(at) = shown.iter().position(|&at| at == leaves) {
                shown.remove(at);
                left_out.push(leaves);
            }
        }
        left_out.sort_unstable();
        let natural: Vec<usize> = shown.iter().map(|&at| widths[at]).collect();
        let columns = shown.into_iter().zip(fitted(&natural, terminal)).collect();
        Self { columns, left_out, cuts: true }
    }

    /// One line, without its end.
    pub(crate) fn line(&self, cells: &[String]) -> String {
        let mut line = String::new();
        let mut owed = 0;
        for &(at, column) in &self.columns {
            let Some(cell) = cells.get(at) else { continue };
            line.extend(std::iter::repeat_n(' ', owed));
            let cell = if self.cuts { width::cut(cell, column) } else { cell.clone() };
            line.push_str(&cell);
            owed = column.saturating_sub(width::of(&cell)) + GAP;
        }
        line
    }

    /// The columns that are not shown.
    pub(crate) fn left_out(&self) -> &[usize] {
        &self.left_out
    }

    /// Whether a line of these cells shows less than they hold.
    pub(crate) fn cuts(&self, cells: &[String]) -> bool {
        self.cuts
            && self
                .columns
                .iter()
                .any(|&(at, column)| cells.get(at).is_some_and(|cell| width::of(cell) > column))
    }
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

/// The widths with the widest made narrower until all fit.
fn fitted(widths: &[usize], terminal: usize) -> Vec<usize> {
    let limited = |limit: usize| widths.iter().map(|&width| width.min(limit)).collect::<Vec<_>>();
    let widest = widths.iter().copied().max().unwrap_or_default();
    // The greatest limit that fits; at least one column each, so that something is there to be seen.
    let limit = (1..=widest).rev().find(|&limit| total(&limited(limit)) <= terminal).unwrap_or(1);
    let mut fitted = limited(limit);
    // What rounding left over goes to those that were cut, from the left.
    let mut spare = terminal.saturating_sub(total(&fitted));
    for (fitted, &width) in fitted.iter_mut().zip(widths) {
        if spare > 0 && *fitted < width {
            *fitted += 1;
            spare -= 1;
        }
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn widths(layout: &Layout) -> Vec<(usize, usize)> {
        layout.columns.clone()
    }

    #[test]
    fn what_goes_to_no_terminal_is_complete() {
        let layout = Layout::new(&[30, 3, 900], &[2], None);
        assert_eq!(widths(&layout), [(0, 30), (1, 3), (2, WIDEST)]);
        let long = "x".repeat(900);
        let line = layout.line(&["Ann".to_owned(), "b".to_owned(), long.clone()]);
        assert_eq!(line, format!("Ann{}b{}{long}", " ".repeat(29), " ".repeat(4)));
        assert!(!layout.cuts(&[String::new(), String::new(), long]));
    }

    #[test]
    fn a_terminal_that_is_wide_enough_shows_all() {
        let layout = Layout::new(&[30, 3, 40], &[2], Some(77));
        assert_eq!(widths(&layout), [(0, 30), (1, 3), (2, 40)]);
        assert!(layout.left_out().is_empty());
        // A row further down may be wider than those that were looked at.
        assert!(layout.cuts(&["x".repeat(31), String::new(), String::new()]));
    }

    #[test]
    fn the_widest_are_cut_before_a_column_is_left_out() {
        let layout = Layout::new(&[30, 3, 60], &[], Some(60));
        assert_eq!(widths(&layout), [(0, 27), (1, 3), (2, 26)]);
        let line = layout.line(&["y".repeat(30), "b".to_owned(), "z".repeat(60)]);
        assert_eq!(width::of(&line), 60);
    }

    #[test]
    fn columns_are_left_out_the_least_important_first_and_then_from_the_right() {
        let names = |terminal| Layout::new(&[40, 40, 40, 40], &[1], Some(terminal)).left_out().to_vec();
        assert_eq!(names(150), [] as [usize; 0]);
        // What can be spared leaves before the others are hard to read, the rest only before they are unreadable.
        assert_eq!(names(149), [1]);
        assert_eq!(names(64), [1]);
        assert_eq!(names(63), [1, 3]);
        assert_eq!(names(41), [1, 2, 3]);
        // The first column stays whatever happens.
        assert_eq!(names(5), [1, 2, 3]);
        assert_eq!(Layout::new(&[40], &[], Some(5)).line(&["abcdefgh".to_owned()]), "abcd…");
    }

    #[test]
    fn wide_characters_keep_the_columns_straight() {
        let layout = Layout::new(&[8, 3], &[], None);
        assert_eq!(layout.line(&["研究".to_owned(), "a".to_owned()]), "研究      a");
        assert_eq!(layout.line(&["Ann".to_owned(), "a".to_owned()]), "Ann       a");
        assert_eq!(layout.line(&["Ann".to_owned(), String::new()]).trim_end(), "Ann");
    }
}
