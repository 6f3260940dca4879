//! What changed since an earlier sync, as the page shows it.

use super::graph::Graph;
use super::text::{Text, When, link, number};
use crate::Error;
use crate::diff::{Action, Cause, Change, Comparison, Section, Thing, sides};

/// How many changes a section shows; the command `diff` has them all.
const SHOWN: usize = 1_000;

/// The changes, or why there are none to show.
#[derive(Debug)]
pub(super) enum ChangesView {
    /// Nothing was compared.
    None(Text),
    /// What differs.
    Some(Compared),
}

/// Two syncs, compared.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) since: When,
    pub(super) sync: Text,
    pub(super) total: u64,
    pub(super) administrative: Vec<String>,
    pub(super) remarks: Vec<Text>,
    pub(super) sections: Vec<SectionView>,
}

/// The changes of one section.
#[derive(Debug)]
pub(super) struct SectionView {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
    pub(super) more: Option<String>,
    /// How many entitlements came or went with their resource.
    pub(super) follow: Option<String>,
}

/// One fact that differs.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) action: Action,
    pub(super) word: &'static str,
    pub(super) link: Option<String>,
    pub(super) reference: String,
    pub(super) who: Text,
    pub(super) email: Text,
    pub(super) what: Text,
    pub(super) old: Text,
    pub(super) new: Text,
    pub(super) notes: Vec<Text>,
}

impl ChangesView {
    pub(super) fn total(&self) -> Option<u64> {
        match self {
            Self::None(_) => None,
            Self::Some(compared) => Some(compared.total),
        }
    }

    /// What stands below the number of changes.
    pub(super) fn note(&self) -> String {
        match self {
            Self::None(_) => "nothing to compare with".to_owned(),
            Self::Some(compared) => format!("since {}", compared.since.day),
        }
    }
}

impl Compared {
    pub(super) fn new(comparison: &Comparison<'_>, graph: &Graph) -> Result<Self, Error> {
        let summary = comparison.summary();
        let mut sections = Vec::new();
        for section in Section::ALL {
            sections.extend(SectionView::new(comparison, section, graph)?);
        }
        let counts = [
            (summary.administrative_gained, "given"),
            (summary.administrative_lost, "taken away"),
            (summary.administrative_changed, "changed"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        Ok(Self {
            since: summary.old.ended_at.unwrap_or(summary.old.started_at).into(),
            sync: Text::new(&summary.old.sync_id),
            total: summary.total,
            administrative: counts.map(|(count, what)| format!("{} {what}", number(count))).collect(),
            remarks: summary.remarks.iter().map(|remark| Text::new(&remark.text)).collect(),
            sections,
        })
    }

    pub(super) fn total_number(&self) -> String {
        number(self.total)
    }
}

impl SectionView {
    fn new(comparison: &Comparison<'_>, section: Section, graph: &Graph) -> Result<Option<Self>, Error> {
        let (mut rows, mut more, mut follow) = (Vec::new(), 0, 0);
        for change in comparison.section(section) {
            let change = change?;
            let follows =
                matches!(change.consequence_of, Some(Cause::ResourceAdded | Cause::ResourceRemoved));
            if section == Section::Entitlements && follows {
                follow += 1;
            } else if rows.len() < SHOWN {
                Row::push_all(&change, graph, &mut rows);
            } else {
                more += 1;
            }
        }
        if rows.is_empty() && follow == 0 {
            return Ok(None);
        }
        let some = |count: u64| (count > 0).then(|| number(count));
        Ok(Some(Self { title: section.title(), rows, more: some(more), follow: some(follow) }))
    }
}

impl Row {
    /// A row for what came or went, and one for each field that changed.
    fn push_all(change: &Change, graph: &Graph, rows: &mut Vec<Self>) {
        let what = match change.kind.thing {
            Thing::User => "account".to_owned(),
            Thing::Grant => change.what(),
            Thing::Entitlement => {
                let permission = change.entitlement.as_ref().map_or("", |has| has.permission.as_str());
                format!("entitlement {permission}")
            }
            thing => thing.as_str().replace('-', " "),
        };
        match change.kind.action {
            Action::Added => rows.push(Self::new(change, graph, &what, "", &change.brief())),
            Action::Removed => rows.push(Self::new(change, graph, &what, &change.brief(), "")),
            Action::Changed => {
                for field in &change.fields {
                    let what = match change.kind.thing {
                        Thing::User => field.field.clone(),
                        _ => format!("{what}: {}", field.field),
                    };
                    let [old, new] = sides(field);
                    rows.push(Self::new(change, graph, &what, &old, &new));
                }
            }
        }
    }

    fn new(change: &Change, graph: &Graph, what: &str, old: &str, new: &str) -> Self {
        let word = match (change.kind.action, change.kind.thing) {
            (Action::Added, Thing::Grant) => "gained",
            (Action::Removed, Thing::Grant) => "lost",
            (action, _) => action.as_str(),
        };
        let subject = change.principal.as_ref().map(|who| (who.kind.as_str(), who.id.as_str()));
        let subject = subject.or(change.resource.as_ref().map(|what| (what.kind.as_str(), what.id.as_str())));
        let cause = change.because().map(|cause| Text::new(&cause));
        let notes = change.notes.iter().map(|note| Text::new(&note.text));
        Self {
            action: change.kind.action,
            word,
            link: subject.filter(|(kind, id)| graph.has(kind, id)).map(|(kind, id)| link(kind, id)),
            reference: subject.map(|(kind, id)| format!("{kind}:{id}")).unwrap_or_default(),
            who: Text::new(match &change.resource {
                Some(resource) if change.principal.is_none() => resource.label(),
                _ => change.who(),
            }),
            email: Text::new(change.principal.as_ref().map_or("", |who| who.email.as_str())),
            what: Text::new(what),
            old: Text::new(old),
            new: Text::new(new),
            notes: cause.into_iter().chain(notes).collect(),
        }
    }

    pub(super) fn sign(&self) -> &'static str {
        match self.action {
            Action::Added => "+",
            Action::Removed => "−",
            Action::Changed => "~",
        }
    }

    pub(super) fn notes(&self) -> String {
        self.notes.iter().map(Text::as_str).collect::<Vec<_>>().join("; ")
    }
}
