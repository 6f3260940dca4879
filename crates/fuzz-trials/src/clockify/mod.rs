//! Answers of Clockify: through HTTP into the client, and what it makes of them through the mapping.
//!
//! The way leads over a socket of this machine because that is the client's only entrance: what decodes a body is
//! private, and a second door for the fuzzer would leave out the status, the headers and the limits in front of it.

mod answer;
mod clock;
mod server;

use std::cell::RefCell;
use std::sync::LazyLock;

use clockify_api::{ApiKey, BaseUrl, Client, Pace, RetryPolicy, WorkspaceId};
use clockify_connector::{ClockifyConnector, GROUP, Settings, USER};
use governance_model::{
    Baseline, Connector, ConnectorError, Cursor, GrantId, Inventory, Known, KnownError, Missing, Page,
    ResourceId, Scope,
};
use tokio::runtime::Runtime;

use answer::{Answer, Question};
use clock::SteppedClock;
use server::Server;

use crate::facts;

/// A key that is in no body that anybody would write.
const KEY: &str = "ZnV6ei1rZXktMDA3";
/// The workspace of the fixtures.
const WORKSPACE: &str = "66b0c1d2e4f5a6978812aa00";
/// Its owner, whose key is used.
const OWNER: &str = "66b0c1d2e4f5a6978812aa01";
/// The longest body that the client takes here, in bytes.
const BODY_LIMIT: u64 = 256 * 1024;

static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

thread_local! {
    static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    /// Kept from one input to the next, as long as nothing was refused: making one costs as much as ten inputs.
    static CLIENT: RefCell<Option<Client>> = const { RefCell::new(None) };
}

/// Gives an answer to the client and maps what it read. Returns how many facts or records came out.
pub fn clockify_answer(bytes: &[u8]) -> usize {
    let Some(answer) = Answer::parse(bytes) else { return 0 };
    let client = CLIENT.with_borrow(Option::clone).unwrap_or_else(client);
    let question = answer.question;
    let plain = answer.status == 200;
    let me = Answer::json(Question::Me, &format!(r#"{{"id":"{OWNER}"}}"#));
    let workspace = Answer::json(Question::Workspace, &format!(r#"{{"id":"{WORKSPACE}"}}"#));
    SERVER.answer_with(vec![me, workspace, answer]);
    let outcome = RUNTIME.with(|runtime| runtime.block_on(ask(&client, question)));
    // A refusal slows a client down for a while, which must not decide what the next input does.
    CLIENT.set((plain && outcome.is_ok()).then_some(client));
    match outcome {
        Ok(facts) => facts,
        Err(error) => {
            facts::error_holds(&error, KEY);
            assert!(error.hint.as_ref().is_none_or(|hint| !hint.is_empty()));
            0
        }
    }
}

fn client() -> Client {
    Client::builder(ApiKey::new(KEY).unwrap())
        .base_url(BaseUrl::parse(&SERVER.url()).unwrap())
        .pace(Pace::unlimited())
        .retry(RetryPolicy::default().with_max_attempts(2).with_seed(0))
        .clock(SteppedClock::default())
        .body_limit(BODY_LIMIT)
        .build()
        .unwrap()
}

async fn ask(client: &Client, question: Question) -> Result<usize, ConnectorError> {
    let workspace: WorkspaceId = WORKSPACE.parse().unwrap();
    let connector =
        ClockifyConnector::new(client.clone(), workspace, Settings { page_size: 4, projects: true });
    match question {
        Question::Me | Question::Workspace => baseline(&connector).await,
        Question::Workspaces => Ok(workspaces(client).await),
        Question::Users => pages(&connector, "users").await,
        Question::Groups => pages(&connector, "groups").await,
        Question::Projects => pages(&connector, "projects").await,
    }
}

/// The connector does not ask for the list of workspaces, which is for those who do not know their workspace yet.
async fn workspaces(client: &Client) -> usize {
    match client.workspaces(&[]).await {
        Ok(found) => {
            assert!(found.iter().all(|workspace| !workspace.id.is_empty()));
            found.len()
        }
        Err(error) => {
            facts::error_holds(&error, KEY);
            0
        }
    }
}

async fn baseline(connector: &ClockifyConnector) -> Result<usize, ConnectorError> {
    let baseline = connector.validate().await?;
    assert_eq!(baseline.source_id, WORKSPACE);
    assert!(!baseline.source_name.trim().is_empty() && baseline.source_name.len() <= 1024);
    let stored = serde_json::to_vec(&baseline).unwrap();
    assert_eq!(
        serde_json::from_slice::<Baseline>(&stored).unwrap(),
        baseline,
        "a checkpoint loses something"
    );
    let after = connector.inventory(&baseline).await?;
    assert_eq!(after, baseline.inventory, "the same answer twice");
    let Some(listed) = after else { return Ok(1) };
    let cursors = connector.plan(&baseline, &Scope::default());
    assert!(cursors.len() >= listed.entries.len() / 4);
    for (id, status) in listed.entries.iter() {
        let id = ResourceId::new(USER, id.as_str());
        facts::resource_holds(&connector.stand_in(&id, &Missing::Inventory(status.clone())).unwrap());
    }
    let everybody = listed.entries.keys().map(governance_model::Text::as_str).collect();
    assert!(connector.locate(&baseline, &everybody, &listed).len() <= listed.entries.len());
    Ok(1 + listed.entries.len())
}

/// Reads a list to its end, which must come: the server says the same for every page.
async fn pages(connector: &ClockifyConnector, stream: &str) -> Result<usize, ConnectorError> {
    let entries = [(OWNER.into(), "ACTIVE".into())].into();
    let baseline = Baseline {
        source_id: WORKSPACE.to_owned(),
        source_name: "Nordlicht".to_owned(),
        operator: Some(ResourceId::new(USER, OWNER)),
        inventory: Some(Inventory { entries }),
        inventory_type: USER,
        details: [("feature.SCIM".to_owned(), "true".to_owned())].into(),
    };
    let first = connector.plan(&baseline, &Scope::default()).into_iter().find(|place| place.stream == stream);
    let mut next = first;
    let (mut found, mut read) = (0, Vec::new());
    while let Some(cursor) = &next {
        let page = match connector.page(&baseline, cursor).await {
            Ok(page) => page,
            // What came before is worth a look even when the list does not end well.
            Err(error) if read.is_empty() => return Err(error),
            Err(error) => {
                facts::error_holds(&error, KEY);
                break;
            }
        };
        found += page_holds(&page);
        next.clone_from(&page.next);
        let stored = serde_json::to_string(&next).unwrap();
        assert_eq!(
            serde_json::from_str::<Option<Cursor>>(&stored).unwrap(),
            next,
            "a checkpoint loses something"
        );
        read.push(page);
        assert!(read.len() <= 3, "the same page again and again");
    }
    let deferred: Vec<_> = read.iter().flat_map(|page| page.deferred.clone()).collect();
    let resolved = connector.resolve(&baseline, &deferred, &Seen(&read))?;
    assert!(resolved.next.is_none() && resolved.deferred.is_empty(), "resolving is the end");
    Ok(found + page_holds(&resolved))
}

fn page_holds(page: &Page) -> usize {
    assert!(page.dropped.iter().all(|dropped| dropped.count > 0 && !dropped.reason.is_empty()));
    assert!(page.doubts.iter().all(|doubt| !doubt.is_empty()));
    facts::hold(&page.facts)
}

/// What was read so far. Every second thing that looks like a group is one, so that both answers are heard.
struct Seen<'a>(&'a [Page]);

impl Known for Seen<'_> {
    fn contains(&self, id: &ResourceId) -> Result<bool, KnownError> {
        let read = self.0.iter().any(|page| page.facts.resources.iter().any(|found| found.id == *id));
        Ok(read || (id.resource_type == GROUP && id.resource.len() % 2 == 1))
    }

    fn holds(&self, id: &GrantId) -> Result<bool, KnownError> {
        Ok(self.0.iter().any(|page| page.facts.grants.iter().any(|found| found.id() == *id)))
    }
}
