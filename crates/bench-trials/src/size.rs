//! The workspaces that are measured.

use std::fmt;
use std::str::FromStr;

/// A workspace, by its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) users: usize,
    pub(crate) groups: usize,
    pub(crate) members: usize,
}

impl Size {
    /// The groups that go with a number of users: 50 to 1,000, of 40 to 200 members.
    pub(crate) fn of(users: usize) -> Self {
        let groups = (users / 100).clamp(50, 1_000);
        // Two memberships for each user, in groups that are no smaller and no larger than groups are.
        let members = (2 * users / groups).clamp(40, 200);
        Self { users, groups, members }
    }

    /// The requests that it needs: one for the key's owner, two for the workspace, one for each page of users and groups.
    pub(crate) fn requests(self, page_size: usize) -> usize {
        3 + self.users.div_ceil(page_size) + self.groups.div_ceil(page_size)
    }
}

impl FromStr for Size {
    type Err = String;

    /// Reads `10000` and `10k`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (digits, unit) = text.strip_suffix('k').map_or((text, 1), |digits| (digits, 1_000));
        let users: usize = digits.parse().map_err(|_| format!("{text:?} is no number of users"))?;
        if users == 0 {
            Err("a workspace has at least one user".to_owned())
        } else {
            Ok(Self::of(users * unit))
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.users {
            users if users.is_multiple_of(1_000) => write!(f, "{}k", users / 1_000),
            users => write!(f, "{users}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_grow_with_the_users_within_bounds() {
        let sizes = ["1k", "10k", "50k", "100k"].map(|text| text.parse::<Size>().unwrap());
        let expected = [(1_000, 50, 40), (10_000, 100, 200), (50_000, 500, 200), (100_000, 1_000, 200)];
        let found = sizes.map(|size| (size.users, size.groups, size.members));
        assert_eq!(found, expected);
        assert_eq!(sizes.map(|size| size.requests(200)), [9, 54, 256, 508]);
        assert_eq!(sizes[3].to_string(), "100k");
        assert!("0".parse::<Size>().is_err() && "many".parse::<Size>().is_err());
    }
}
