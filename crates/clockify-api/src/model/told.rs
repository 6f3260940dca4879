//! A list as far as the server told it: whether it was sent at all, and what in it could not be read.

use std::ops::Deref;

/// A list on which access depends, so that "empty" must not be confused with "not said".
///
/// It reads as a slice of the elements that could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told<T> {
    items: Vec<T>,
    sent: bool,
    unreadable: usize,
}

impl<T> Told<T> {
    /// A list that was sent, and how many of its elements could not be read.
    pub(crate) fn list(items: Vec<T>, unreadable: usize) -> Self {
        Self { items, sent: true, unreadable }
    }

    /// Something was sent in place of the list.
    pub(crate) fn misshapen() -> Self {
        Self { items: Vec::new(), sent: false, unreadable: 1 }
    }

    /// The elements that could be read.
    pub fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Whether a list was sent, be it an empty one. False when it was absent or null, and when something else stood
    /// in its place.
    pub fn is_told(&self) -> bool {
        self.sent
    }

    /// How many elements could not be read, because they were null or of a wrong type. A value that is no list
    /// counts as one.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }
}

impl<T> Default for Told<T> {
    /// A list that was not sent.
    fn default() -> Self {
        Self { items: Vec::new(), sent: false, unreadable: 0 }
    }
}

impl<T> Deref for Told<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items
    }
}

impl<'a, T> IntoIterator for &'a Told<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}
