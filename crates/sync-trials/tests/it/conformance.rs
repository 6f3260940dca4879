//! The Clockify connector keeps every promise that the engine builds on.

use clockify_api::{ApiKey, BaseUrl, Client, Pace, RetryPolicy};
use clockify_connector::{ClockifyConnector, Settings};
use clockify_sim::{FixedWorkspace, MembershipStatus, MembershipType, SimMembership, Simulator};
use sync_engine::conformance::{Rule, Suite};

use crate::crew::{WORKSPACE, after_user, crew, crew_with_an_unlisted_member, user};

fn connector(simulator: &Simulator, settings: Settings) -> ClockifyConnector {
    let client = Client::builder(ApiKey::new(simulator.api_key()).unwrap())
        .base_url(BaseUrl::parse(&simulator.base_url()).unwrap())
        .pace(Pace::unlimited())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    ClockifyConnector::new(client, simulator.workspace_id().parse().unwrap(), settings)
}

async fn conforms(content: FixedWorkspace, settings: Settings) {
    let simulator = Simulator::builder(content).start().await.unwrap();
    Suite::default().assert(|| connector(&simulator, settings)).await;
}

/// Pages of three, so that every list takes several; and everything on one page.
#[tokio::test]
async fn with_projects() {
    for page_size in [3, 200] {
        conforms(crew(), Settings { page_size, projects: true }).await;
    }
}

#[tokio::test]
async fn without_projects() {
    conforms(crew(), Settings { page_size: 3, projects: false }).await;
}

/// A place on the list of members is a place on the list of users only as far as both name the same people. Whoever comes
/// after somebody whom only the first one names is looked for one place too late, and on the wrong page when that place is
/// the first of a page.
#[tokio::test]
async fn with_somebody_whom_the_list_of_users_never_shows() {
    let settings = |page_size| Settings { page_size, projects: true };
    conforms(crew_with_an_unlisted_member(), settings(200)).await;

    let mut content = crew();
    content.workspace.extra_memberships.push(SimMembership {
        user_id: after_user(1),
        target_id: WORKSPACE.to_owned(),
        kind: MembershipType::Workspace,
        status: MembershipStatus::Active,
    });
    let simulator = Simulator::builder(content).start().await.unwrap();
    let found = Suite::default().check(|| connector(&simulator, settings(3))).await;
    let found: Vec<_> = found.into_iter().map(|violation| (violation.rule, violation.subject)).collect();
    // Those who end the second and the third page. Whoever ends the first one is found, because that page is read for the
    // absent one's sake.
    let late = [user(5), user(8)].map(|id| (Rule::Locate, format!("user:{id}")));
    assert_eq!(found, late);
}
