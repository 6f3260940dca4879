//! The quirks of the real service, one test each.

use clockify_sim::{SeededWorkspace, Simulator};

use crate::support::get_in;

#[tokio::test]
async fn the_demo_answers() {
    let simulator = Simulator::builder(SeededWorkspace::demo()).start().await.unwrap();
    for path in [
        "",
        "/users?memberships=ALL&include-roles=true",
        "/user-groups?includeTeamManagers=true",
        "/projects",
    ] {
        let reply = get_in(&simulator, path).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        println!("{path}: {}", &reply.text);
        reply.json();
    }
}
