//! The gap in a body out of which elements were taken, and what a place behind it is called in the whole body.

/// One gap, right behind the bracket that opens the list.
#[derive(Default)]
pub(crate) struct Cut {
    /// Where in what is left.
    at: usize,
    /// How many elements are missing.
    elements: usize,
    /// How many line feeds are missing.
    lines: usize,
    /// How many bytes are missing behind the last line feed.
    tail: usize,
}

impl Cut {
    /// A gap of nothing.
    pub(super) fn at(at: usize) -> Self {
        Self { at, ..Self::default() }
    }

    /// Adds what is taken next.
    pub(super) fn widen(&mut self, bytes: &[u8], elements: usize) {
        let is_feed = |byte: &u8| *byte == b'\n';
        let lines = bytes.iter().filter(|byte| is_feed(byte)).count();
        // Only what has a line feed is looked through for the last one: usually there is none.
        let last = if lines == 0 { None } else { bytes.iter().rposition(is_feed) };
        self.tail = last.map_or(self.tail + bytes.len(), |last| bytes.len() - last - 1);
        self.lines += lines;
        self.elements += elements;
    }

    /// The line and the column in the whole body of a place in what is left.
    pub(crate) fn place(&self, kept: &[u8], line: usize, column: usize) -> (usize, usize) {
        let before = kept.split_inclusive(|byte| *byte == b'\n').take(line.saturating_sub(1));
        let start: usize = before.map(<[u8]>::len).sum();
        if self.elements == 0 || start + column <= self.at {
            (line, column)
        } else if start > self.at {
            (line + self.lines, column)
        } else if self.lines == 0 {
            (line, column + self.tail)
        } else {
            (line + self.lines, start + column - self.at + self.tail)
        }
    }

    /// The path in the whole body.
    pub(crate) fn path(&self, path: String) -> String {
        let inside = path.strip_prefix("memberships[").and_then(|inside| inside.split_once(']'));
        let Some((index, rest)) = inside else { return path };
        let Ok(index) = index.parse::<usize>() else { return path };
        format!("memberships[{}]{rest}", index + self.elements)
    }
}
