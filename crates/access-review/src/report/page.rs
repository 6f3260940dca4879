//! The page as a whole: what each part shows, and how the parts become one file.

use std::io::Write;

use askama::Template;
use governance_model::State;

use super::about::{self, Facts};
use super::census::Census;
use super::changes::{ChangesView, Compared};
use super::findings::FindingsView;
use super::graph::{Graph, Sort};
use super::policy::{policy, running_header};
use super::text::{Text, When, between, counted, link, number};
use super::{Changes, Options};
use crate::export::{self, About, Verdict};
use crate::findings::Assessment;
use crate::rows::Principal;
use crate::{Error, Snapshot};

const STYLE: &str = include_str!("../../templates/report/report.css");
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../../templates/report/script/model.js"),
    include_str!("../../templates/report/script/pieces.js"),
    include_str!("../../templates/report/script/table.js"),
    include_str!("../../templates/report/script/tables.js"),
    include_str!("../../templates/report/script/panel.js"),
    include_str!("../../templates/report/script/page.js"),
    "})();\n",
);

/// Everything up to the data of the script.
#[derive(Template)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of the template, independent of the others"
)]
#[template(path = "report/page.html")]
struct Page<'a> {
    policy: String,
    style: &'static str,
    running_header: &'a str,
    tool: Text,
    file: Text,
    source: Text,
    source_id: Text,
    sync: Text,
    as_of: When,
    made_at: When,
    age: Option<String>,
    sealed: bool,
    verdict: Verdict,
    listed: String,
    reasons: Vec<Text>,
    demonstration: bool,
    operator: Option<Operator>,
    contents: Vec<Entry>,
    figures: Vec<Figure>,
    census: Census,
    administrative_total: String,
    more_administrative: Option<String>,
    has_roles: bool,
    findings: FindingsView,
    findings_as_of: When,
    changes: ChangesView,
    people_count: String,
    groups_count: String,
    roles_count: String,
    projects_count: String,
    others_count: String,
    has_projects: bool,
    has_others: bool,
    about: Vec<Facts>,
}

/// The account whose key read the source.
struct Operator {
    link: String,
    name: Text,
    email: Text,
}

/// A line of the table of contents.
struct Entry {
    id: &'static str,
    title: &'static str,
    count: Option<String>,
    bad: bool,
}

/// A number at the top of the page.
struct Figure {
    value: String,
    label: &'static str,
    note: String,
    /// The section that it leads to.
    target: &'static str,
    /// What the table there is filtered by.
    filter: &'static str,
    bad: bool,
}

pub(super) fn write(
    out: &mut dyn Write,
    snapshot: &Snapshot<'_>,
    assessment: &Assessment,
    changes: Changes<'_>,
    options: Options<'_>,
) -> Result<(), Error> {
    let mut graph = Graph::default();
    let census = Census::take(snapshot, &mut graph)?;
    graph.rest(snapshot)?;
    let findings = FindingsView::new(assessment, &graph);
    let changes = match changes {
        Changes::None(reason) => ChangesView::None(Text::new(reason)),
        Changes::Since(comparison) => ChangesView::Some(Compared::new(comparison, &graph)?),
    };
    let made_by = export::Options {
        at: options.made_at,
        tool: options.tool.to_owned(),
        assessment: None,
        temporary: None,
    };
    let known = About::of(snapshot, &made_by)?;
    let as_of = known.ended_at.unwrap_or(known.started_at);
    let names = [&known.source_name, &known.source_id, &known.file];
    let source = Text::new(names.into_iter().find(|name| !name.is_empty()).map_or("", |name| name));
    let running_header = running(&source, &When::from(as_of), &known);
    let listed = known.completeness.as_ref().map_or(0, |completeness| completeness.listed_after);
    let page = Page {
        policy: policy(&[SCRIPT], &[STYLE, &running_header]),
        style: STYLE,
        running_header: &running_header,
        tool: Text::new(&known.tool),
        file: Text::new(&known.file),
        source,
        source_id: Text::new(&known.source_id),
        sync: Text::new(&known.sync_id),
        as_of: as_of.into(),
        made_at: options.made_at.into(),
        age: between(as_of, options.made_at),
        sealed: known.sealed,
        verdict: known.complete,
        listed: counted(listed, "listed member is", "listed members are"),
        reasons: known.reasons.iter().map(|reason| Text::new(reason)).collect(),
        demonstration: known.demonstration,
        operator: known.operator.as_ref().map(Operator::new),
        contents: contents(&census, &graph, &findings, &changes),
        figures: figures(&census, &graph, &findings, &changes),
        administrative_total: number(census.administrative_total()),
        more_administrative: census.more_administrative().map(number),
        has_roles: graph.count(Sort::Role) > 0,
        findings,
        findings_as_of: assessment.as_of.into(),
        changes,
        people_count: number(census.people),
        groups_count: number(graph.count(Sort::Group)),
        roles_count: number(graph.count(Sort::Role)),
        projects_count: number(graph.count(Sort::Project)),
        others_count: number(others(&graph)),
        has_projects: graph.count(Sort::Project) > 0,
        has_others: others(&graph) > 0,
        about: about::facts(snapshot, &known)?,
        census,
    };
    page.write_into(out)?;
    graph.write(out)?;
    out.write_all(b"</script>\n<script>")?;
    out.write_all(SCRIPT.as_bytes())?;
    out.write_all(b"</script>\n</body>\n</html>\n")?;
    Ok(())
}

/// What is printed at the head and the foot of each sheet of paper.
fn running(source: &Text, as_of: &When, known: &About) -> String {
    let mark = if known.sealed { "" } else { "UNFINISHED SYNC · " };
    let header = format!("{mark}Access review · {source} · as of {}", as_of.text);
    running_header(&header, &format!("Sync {}", Text::new(&known.sync_id)))
}

impl Operator {
    fn new(principal: &Principal) -> Self {
        Self {
            link: link(&principal.kind, &principal.id),
            name: Text::new(principal.label()),
            email: Text::new(&principal.email),
        }
    }
}

fn others(graph: &Graph) -> u64 {
    graph.count(Sort::Other) + graph.count(Sort::Missing)
}

fn contents(census: &Census, graph: &Graph, findings: &FindingsView, changes: &ChangesView) -> Vec<Entry> {
    let entry = |id, title, count: Option<u64>| Entry { id, title, count: count.map(number), bad: false };
    let mut contents = vec![
        entry("summary", "Summary", None),
        entry("administrative", "Administrative", Some(census.administrative_total())),
        Entry {
            bad: findings.is_bad(),
            ..entry("findings", "Findings", Some(findings.findings.len() as u64))
        },
        entry("changes", "Changes", changes.total()),
        entry("people", "People", Some(census.people)),
        entry("groups", "Groups", Some(graph.count(Sort::Group))),
        entry("roles", "Roles", Some(graph.count(Sort::Role))),
    ];
    if graph.count(Sort::Project) > 0 {
        contents.push(entry("projects", "Projects", Some(graph.count(Sort::Project))));
    }
    if others(graph) > 0 {
        contents.push(entry("others", "Other resources", Some(others(graph))));
    }
    contents.push(entry("about", "How it was made", None));
    contents
}

fn figures(census: &Census, graph: &Graph, findings: &FindingsView, changes: &ChangesView) -> Vec<Figure> {
    let figure = |value: u64, label, note, target, filter| Figure {
        value: number(value),
        label,
        note,
        target,
        filter,
        bad: false,
    };
    let mut things = vec![
        counted(graph.count(Sort::Group), "group", "groups"),
        counted(graph.count(Sort::Role), "role", "roles"),
    ];
    if graph.count(Sort::Project) > 0 {
        things.push(counted(graph.count(Sort::Project), "project", "projects"));
    }
    let unlisted = match census.unlisted {
        0 => "They sign in without an e-mail address".to_owned(),
        count => format!("and {} without data", counted(count, "account", "accounts")),
    };
    let factor = format!(
        "of {} enabled; unknown for {} more",
        number(census.enabled()),
        number(census.unknown_factor)
    );
    vec![
        figure(census.people, "People", states(census), "people", "all=yes"),
        figure(census.administrative_total(), "Administrative access", held_by(census), "administrative", ""),
        figure(census.without_factor, "No second factor", factor, "people", "status=enabled&factor=off"),
        Figure {
            bad: findings.is_bad(),
            ..figure(
                findings.findings.len() as u64,
                "Findings",
                if findings.findings.is_empty() {
                    "No rule found anything".to_owned()
                } else {
                    findings.by_severity()
                },
                "findings",
                "",
            )
        },
        Figure {
            value: changes.total().map_or_else(|| "–".to_owned(), number),
            ..figure(0, "Changes", changes.note(), "changes", "")
        },
        figure(
            census.pending,
            "Open invitations",
            "Invited and not accepted yet".to_owned(),
            "people",
            "kind=pending",
        ),
        figure(census.limited, "Limited accounts", unlisted, "people", "kind=limited"),
        figure(graph.grants(), "Grants", format!("on {}", things.join(", ")), "groups", ""),
    ]
}

fn held_by(census: &Census) -> String {
    let mut held = vec![
        counted(census.owners, "owner", "owners"),
        counted(census.administrators, "administrator", "administrators"),
    ];
    if census.outsiders > 0 {
        held.push(format!("{} no account of the file", number(census.outsiders)));
    }
    held.join(", ")
}

fn states(census: &Census) -> String {
    let states = [
        (State::Enabled, "enabled"),
        (State::Disabled, "disabled"),
        (State::Deleted, "deleted"),
        (State::Unspecified, "unknown"),
    ];
    let counts = states.into_iter().map(|(state, word)| (census.state(state), word));
    let counts = counts.filter(|(count, _)| *count > 0);
    counts.map(|(count, word)| format!("{} {word}", number(count))).collect::<Vec<_>>().join(", ")
}
