//! Which columns of an identity list say what. Every directory names them differently.

/// A column that says whether somebody is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// A word such as `active` or `suspended`.
    Word(usize),
    /// True for who is active.
    Positive(usize),
    /// True for who is not.
    Negative(usize),
}

/// The columns that are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Columns {
    /// One address in each.
    pub(super) addresses: Vec<usize>,
    /// Several addresses in each.
    pub(super) aliases: Vec<usize>,
    /// All of them must agree that somebody is active.
    pub(super) statuses: Vec<Status>,
}

const ADDRESSES: &[&str] = &[
    "email",
    "emailaddress",
    "mail",
    "mailaddress",
    "primaryemail",
    "primaryemailaddress",
    "workemail",
    "workemailaddress",
    "companyemail",
    "businessemail",
    "useremail",
    "useremailaddress",
    "userprincipalname",
    "upn",
    "login",
    "username",
    "profileemail",
    "profilelogin",
];

const ALIASES: &[&str] = &[
    "proxyaddresses",
    "aliases",
    "emailaliases",
    "othermails",
    "otheremails",
    "secondemail",
    "secondaryemail",
];

const WORDS: &[&str] = &[
    "status",
    "state",
    "userstatus",
    "accountstatus",
    "employmentstatus",
    "employeestatus",
    "lifecyclestatus",
    "profilestatus",
];

const POSITIVE: &[&str] = &["enabled", "accountenabled", "active", "isactive", "isenabled"];

const NEGATIVE: &[&str] = &[
    "disabled",
    "isdisabled",
    "accountdisabled",
    "suspended",
    "issuspended",
    "archived",
    "blocked",
    "blockcredential",
    "signinblocked",
    "deleted",
    "inactive",
    "terminated",
    "deactivated",
];

impl Columns {
    pub(super) fn of<'r>(heading: impl Iterator<Item = &'r str>) -> Self {
        let mut found = Self::default();
        for (index, name) in heading.enumerate() {
            let name = plain(name);
            let is = |known: &[&str]| known.contains(&name.as_str());
            if is(ADDRESSES) {
                found.addresses.push(index);
            } else if is(ALIASES) {
                found.aliases.push(index);
            } else if is(WORDS) {
                found.statuses.push(Status::Word(index));
            } else if is(POSITIVE) {
                found.statuses.push(Status::Positive(index));
            } else if is(NEGATIVE) {
                found.statuses.push(Status::Negative(index));
            }
        }
        found
    }
}

/// The name of a column in lower case, letters only, without what stands in brackets: `Email Address [Required]`,
/// `e-mail` and `emailAddress` are not far apart.
fn plain(name: &str) -> String {
    let name = name.trim_start_matches('\u{feff}');
    let name = name.split(['[', '(']).next().unwrap_or_default();
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a cell says about somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Active.
    Active,
    /// Not active.
    Inactive,
    /// Nothing: it is empty.
    Nothing,
    /// A word that means nothing here.
    Unknown,
}

/// Reads a cell of a column of states.
pub(super) fn said(status: Status, text: &str) -> Said {
    let word = plain(text);
    let said = |active| if active { Said::Active } else { Said::Inactive };
    match word.as_str() {
        "" => Said::Nothing,
        "true" | "yes" | "y" | "1" | "t" | "on" => said(!matches!(status, Status::Negative(_))),
        "false" | "no" | "n" | "0" | "f" | "off" => said(matches!(status, Status::Negative(_))),
        "active" | "activated" | "enabled" | "employed" | "current" | "live" | "ok" | "present"
        | "onleave" | "provisioned" | "staged" | "recovery" | "passwordexpired" | "passwordreset"
        | "lockedout" | "locked" => Said::Active,
        "inactive" | "notactive" | "disabled" | "suspended" | "deactivated" | "deprovisioned" | "deleted"
        | "archived" | "terminated" | "left" | "former" | "blocked" | "offboarded" | "resigned"
        | "removed" | "retired" | "departed" | "expired" => Said::Inactive,
        _ => Said::Unknown,
    }
}
