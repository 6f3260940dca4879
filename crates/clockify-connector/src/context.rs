//! What mapping a row needs to know beside the row itself.

use std::collections::{BTreeMap, BTreeSet};

use governance_model::{Baseline, Dropped, Page, Text};

use crate::text;

/// What a text is counted as that does not fit.
pub(crate) const TOO_LONG: &str = "text that was too long";

/// The sync's unchanging surroundings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context<'a> {
    /// The workspace that is read.
    pub(crate) workspace: &'a str,
    /// What was known before reading: among it every member's id and raw membership status.
    pub(crate) baseline: &'a Baseline,
    /// Whether projects are read.
    pub(crate) projects: bool,
}

impl Context<'_> {
    /// Whether the workspace's own list holds this member.
    pub(crate) fn is_member(&self, id: &str) -> bool {
        self.listed_status(id).is_some()
    }

    /// The raw status that the workspace's own list gives a member.
    pub(crate) fn listed_status(&self, id: &str) -> Option<&str> {
        self.baseline.inventory.as_ref()?.entries.get(id).map(Text::as_str)
    }
}

/// Notes what does not become a fact: how often, and whether that leaves it open who has access to what.
#[derive(Debug, Default)]
pub(crate) struct Drops {
    counts: BTreeMap<String, u64>,
    doubts: BTreeSet<String>,
}

impl Drops {
    pub(crate) fn count(&mut self, reason: impl Into<String>) {
        self.many(reason, 1);
    }

    pub(crate) fn many(&mut self, reason: impl Into<String>, count: u64) {
        if count > 0 {
            *self.counts.entry(reason.into()).or_default() += count;
        }
    }

    /// Notes a reason to doubt that Clockify showed everything. Doubts are collected over all pages and shown to people,
    /// so that the text must be the same on every page: no numbers and no names.
    pub(crate) fn doubt(&mut self, doubt: impl Into<String>) {
        self.doubts.insert(doubt.into());
    }

    /// Counts what was to be read and could not be, and doubts, if there is any.
    pub(crate) fn unreadable(&mut self, count: usize, reason: &str, doubt: &str) {
        if count > 0 {
            self.many(reason, count as u64);
            self.doubt(doubt);
        }
    }

    /// The longest beginning of a text that has at most `max` bytes, and a count if that is not all of it.
    pub(crate) fn fit<'t>(&mut self, text: &'t str, max: usize) -> &'t str {
        let fitting = text::clip(text, max);
        if fitting.len() < text.len() {
            self.count(TOO_LONG);
        }
        fitting
    }

    /// Adds what was noted to a page.
    pub(crate) fn finish(self, page: &mut Page) {
        page.dropped.extend(self.counts.into_iter().map(|(reason, count)| Dropped { reason, count }));
        page.doubts.extend(self.doubts);
    }
}
