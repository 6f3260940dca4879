//! The rows of two syncs side by side, in the order of their ids: never more than a page of each is in memory.

use std::cmp::Ordering;
use std::iter::Peekable;

use c1z::{Record, Records};

use super::Refusal;
use crate::{Error, Snapshot};

/// A row of the older sync, of the newer one, or of both under one id.
pub(super) enum Pair<T> {
    Old(Record<T>),
    New(Record<T>),
    Both(Record<T>, Record<T>),
}

/// Goes through the rows of two syncs.
pub(super) struct Join<'f, T> {
    old: Ordered<'f, T>,
    new: Ordered<'f, T>,
}

/// The rows of one sync, with a watch over their order: files of other writers may sort text in other ways.
struct Ordered<'f, T> {
    rows: Peekable<Records<'f, T>>,
    sync_id: String,
    last: Option<String>,
}

impl<'f, T> Join<'f, T>
where
    Records<'f, T>: Iterator<Item = Result<Record<T>, c1z::Error>>,
{
    pub(super) fn new(old: (&Snapshot<'_>, Records<'f, T>), new: (&Snapshot<'_>, Records<'f, T>)) -> Self {
        Self { old: Ordered::new(old.0, old.1), new: Ordered::new(new.0, new.1) }
    }

    fn pair(&mut self) -> Result<Option<Pair<T>>, Error> {
        let order = match (self.old.id()?, self.new.id()?) {
            (None, None) => return Ok(None),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.cmp(new),
        };
        let old = if order == Ordering::Greater { None } else { self.old.take()? };
        let new = if order == Ordering::Less { None } else { self.new.take()? };
        Ok(match (old, new) {
            (Some(old), Some(new)) => Some(Pair::Both(old, new)),
            (Some(old), None) => Some(Pair::Old(old)),
            (None, Some(new)) => Some(Pair::New(new)),
            (None, None) => None,
        })
    }
}

impl<'f, T> Ordered<'f, T>
where
    Records<'f, T>: Iterator<Item = Result<Record<T>, c1z::Error>>,
{
    fn new(snapshot: &Snapshot<'_>, rows: Records<'f, T>) -> Self {
        Self { rows: rows.by_id().peekable(), sync_id: snapshot.run().sync_id.clone(), last: None }
    }

    /// The id of the next row.
    fn id(&mut self) -> Result<Option<&str>, Error> {
        if let Some(Err(error)) = self.rows.next_if(Result::is_err) {
            return Err(error.into());
        }
        Ok(self.rows.peek().and_then(|row| row.as_ref().ok()).map(|row| row.external_id.as_str()))
    }

    fn take(&mut self) -> Result<Option<Record<T>>, Error> {
        let Some(row) = self.rows.next().transpose()? else { return Ok(None) };
        if self.last.as_ref().is_some_and(|last| *last >= row.external_id) {
            return Err(Refusal::Disordered { sync_id: self.sync_id.clone() }.into());
        }
        self.last.replace(row.external_id.clone());
        Ok(Some(row))
    }
}

impl<'f, T> Iterator for Join<'f, T>
where
    Records<'f, T>: Iterator<Item = Result<Record<T>, c1z::Error>>,
{
    type Item = Result<Pair<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pair().transpose()
    }
}
