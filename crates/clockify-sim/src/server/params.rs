//! Query parameters with the manners of the real service: unknown ones are ignored, known ones of a wrong type are refused
//! with a message that echoes the value (clockify reference 2.2 and 3).

use axum::http::StatusCode;

use super::PageSizePolicy;
use super::answer::Answer;

/// The decoded query of a request.
pub(super) struct Params(Vec<(String, String)>);

/// Which page, counted from 1, of how many rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageRequest {
    page: usize,
    size: usize,
    /// How many rows the page is moved by.
    shift: isize,
}

/// A page other than the one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageTwist {
    /// The one before, if there is one.
    Before,
    /// Moved by so many rows, but not before the first.
    Shifted(i64),
    /// Counted in pages of at most so many rows.
    Clamped(usize),
}

impl PageRequest {
    /// The page that is served in place of the one asked for.
    pub(super) fn twisted(mut self, twist: Option<PageTwist>) -> Self {
        match twist {
            None => {}
            Some(PageTwist::Before) => self.page = self.page.saturating_sub(1).max(1),
            Some(PageTwist::Shifted(rows)) => self.shift = isize::try_from(rows).unwrap_or(isize::MAX),
            Some(PageTwist::Clamped(rows)) => self.size = self.size.min(rows.max(1)),
        }
        self
    }

    /// The rows of this page among `count`, and whether it is the last page. Past the end there are no rows, and it is.
    pub(super) fn rows(self, count: usize) -> (std::ops::Range<usize>, bool) {
        let start = (self.page - 1).saturating_mul(self.size).saturating_add_signed(self.shift).min(count);
        let end = start.saturating_add(self.size).min(count);
        (start..end, end == count)
    }
}

impl Params {
    pub(super) fn parse(query: Option<&str>) -> Self {
        Self(url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    pub(super) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The first value, unless it is empty: an empty value counts as absent.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Every value of a parameter that may repeat or hold a list with commas.
    pub(super) fn list(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(key, _)| key == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Answer> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(wrong_type(name, "Boolean", &format!("Invalid boolean value [{other}]"))),
        }
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<i32>, Answer> {
        self.text(name)
            .map(|value| {
                value
                    .parse()
                    .map_err(|_| wrong_type(name, "Integer", &format!("For input string: \"{value}\"")))
            })
            .transpose()
    }

    /// A value out of a closed list.
    pub(super) fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Answer> {
        self.text(name).map(|value| choose(name, value, choices)).transpose()
    }

    /// Several values out of a closed list.
    pub(super) fn choices<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Vec<T>, Answer> {
        self.list(name).into_iter().map(|value| choose(name, value, choices)).collect()
    }

    /// The page that is asked for: page 1 of 50 rows by default. `limit` is the largest page allowed.
    pub(super) fn page(&self, limit: Option<(usize, PageSizePolicy)>) -> Result<PageRequest, Answer> {
        let page = self.integer("page")?.unwrap_or(1);
        let size = self.integer("page-size")?.unwrap_or(50);
        // What page 0 does on the real service was never tried; a refusal is the answer that hides no mistake.
        let page = usize::try_from(page).ok().filter(|&page| page >= 1).ok_or_else(|| invalid("page"))?;
        let size =
            usize::try_from(size).ok().filter(|&size| size >= 1).ok_or_else(|| invalid("page-size"))?;
        match limit {
            Some((limit, PageSizePolicy::Clamp)) => Ok(PageRequest { page, size: size.min(limit), shift: 0 }),
            Some((limit, PageSizePolicy::Reject)) if size > limit => Err(invalid("page-size")),
            _ => Ok(PageRequest { page, size, shift: 0 }),
        }
    }
}

fn choose<T: Copy>(name: &str, value: &str, choices: &[(&str, T)]) -> Result<T, Answer> {
    choices.iter().find(|(text, _)| *text == value).map(|&(_, choice)| choice).ok_or_else(|| {
        let known: Vec<&str> = choices.iter().map(|&(text, _)| text).collect();
        let message = format!(
            "You entered invalid value for field: [{name}]. Value must be from the following set: {}",
            known.join(", ")
        );
        Answer::error(StatusCode::BAD_REQUEST, 501, &message)
    })
}

fn invalid(name: &str) -> Answer {
    Answer::error(StatusCode::BAD_REQUEST, 501, &format!("You entered invalid value for field: [{name}]."))
}

fn wrong_type(name: &str, java_type: &str, reason: &str) -> Answer {
    let message = format!(
        "Method parameter '{name}': Failed to convert value of type 'java.lang.String' to required type \
         'java.lang.{java_type}'; {reason}"
    );
    Answer::error(StatusCode::BAD_REQUEST, 3000, &message)
}
