//! What each question prints, in every format.

use std::fmt::Write;

use insta::{assert_snapshot, with_settings};

use super::workspace::demo;

const FILTERS: [(&str, &str); 5] = [
    (r"20(?:2[6-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6,9}Z", "TIME"),
    (r"\b[0-9A-Za-z]{27}\b", "SYNC-ID"),
    (r"127\.0\.0\.1:\d+", "LOOPBACK"),
    (r"took( +)\d+ s", "took${1}SECONDS s"),
];

/// A question in all four formats; tables of everything, the others of what is asked in `few`.
fn printed(all: &[&str], few: &[&str]) -> String {
    let program = demo();
    let mut text = String::new();
    for (format, question) in [("table", all), ("csv", few), ("jsonl", few), ("json", few)] {
        let ran = program.run(&[question, &["-o", format]].concat()).succeeded();
        writeln!(text, "$ {} -o {format}\n{}", question.join(" "), ran.stdout).unwrap();
    }
    text
}

macro_rules! prints {
    ($name:ident, $all:expr, $few:expr) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            with_settings!({ filters => FILTERS }, { assert_snapshot!(printed(&$all, &$few)) });
        }
    };
    ($name:ident, $all:expr) => {
        prints!($name, $all, $all);
    };
}

prints!(users, ["users"], ["users", "--admin"]);
prints!(groups, ["groups"]);
prints!(roles, ["roles"], ["roles"]);
prints!(projects, ["projects"]);
prints!(grants, ["grants", "-t", "group"], ["grants", "-t", "role"]);
prints!(resources, ["resources", "-t", "project"], ["resources", "-t", "role"]);
prints!(resource_types, ["resource-types"]);
prints!(entitlements, ["entitlements", "-t", "project"], ["entitlements", "-t", "role"]);
prints!(access, ["access", "Quentin O'Shaughnessy"]);
prints!(access_on_a_project, ["access", "--resource", "project:Apollo"]);
prints!(access_on_a_role, ["access", "--resource", "role:team-manager"]);
prints!(stats, ["stats"]);
prints!(syncs, ["syncs"]);
