//! Where a list continues: small, and good in another process.

use serde::{Deserialize, Serialize};

use crate::model::AccountStatus;

/// The page to read next. It can be stored and used later, by another process and another client.
///
/// A cursor keeps the page size it was made with, because a page number means nothing without it: a query with
/// another size continues with the cursor's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageCursor {
    page: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    narrowed: Vec<AccountStatus>,
}

impl PageCursor {
    /// Starts in the middle, at a page counted from 1.
    pub fn at(page: u32) -> Self {
        Self { page, size: None, previous: None, narrowed: Vec::new() }
    }

    /// The page, counted from 1.
    pub fn page(&self) -> u32 {
        self.page
    }

    /// The page size the cursor is bound to.
    pub fn page_size(&self) -> Option<u32> {
        self.size
    }

    pub(super) fn following(page: u32, size: u32, fingerprint: u64, narrowed: Vec<AccountStatus>) -> Self {
        Self { page: page.saturating_add(1), size: Some(size), previous: Some(fingerprint), narrowed }
    }

    pub(super) fn repeats(&self, fingerprint: u64) -> bool {
        self.previous == Some(fingerprint)
    }

    pub(super) fn narrowed(&self) -> &[AccountStatus] {
        &self.narrowed
    }
}

impl Default for PageCursor {
    /// The first page.
    fn default() -> Self {
        Self::at(1)
    }
}

/// A number for a set of identifiers, the same in every process and whatever the order (FNV-1a over the sorted
/// identifiers). It guards against a loop, not against an adversary.
pub(super) fn fingerprint<'a>(ids: impl Iterator<Item = &'a str>) -> u64 {
    let mut ids: Vec<&str> = ids.collect();
    ids.sort_unstable();
    let bytes = ids.iter().flat_map(|id| id.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
