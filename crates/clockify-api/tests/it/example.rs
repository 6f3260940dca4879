//! The example in `examples/`, against the look-alike.

use clockify_sim::{FixedWorkspace, MembershipStatus, SimUser, SimWorkspace, Simulator};

#[path = "../../examples/list_users.rs"]
#[expect(dead_code, reason = "a test cannot start the program of an example, only what it does")]
mod list_users;

const WORKSPACE: &str = "64b0000000000000000000ff";

fn workspace() -> FixedWorkspace {
    let person = |n: u32, name: &str| {
        SimUser::new(format!("64a00000000000000000000{n}"), name, format!("p{n}@quay.example"))
    };
    let mut workspace =
        FixedWorkspace::with_owner(SimWorkspace::new(WORKSPACE, "Quay"), person(1, "Olga Owner"));
    let (mut left, mut unnamed) = (person(2, "Lars Left"), person(3, ""));
    left.membership_status = MembershipStatus::Inactive;
    unnamed.name = None;
    workspace.users.extend([left, unnamed]);
    workspace
}

#[tokio::test]
async fn it_lists_everybody_of_every_status() {
    let simulator = Simulator::builder(workspace()).start().await.unwrap();
    let setting = |name: &str| match name {
        "BATON_CLOCKIFY_API_KEY" => Some(simulator.api_key().to_owned()),
        "BATON_CLOCKIFY_WORKSPACE_ID" => Some(WORKSPACE.to_owned()),
        "BATON_CLOCKIFY_BASE_URL" => Some(simulator.base_url()),
        _ => None,
    };
    let mut out = Vec::new();
    list_users::list(setting, &mut out).await.unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "64a000000000000000000001  ACTIVE    Olga Owner\n\
         64a000000000000000000002  INACTIVE  Lars Left\n\
         64a000000000000000000003  ACTIVE    (no name)\n"
    );
}

#[tokio::test]
async fn it_says_which_setting_is_missing() {
    let setting = |name: &str| (name == "BATON_CLOCKIFY_WORKSPACE_ID").then(|| WORKSPACE.to_owned());
    let error = list_users::list(setting, &mut Vec::new()).await.unwrap_err();
    assert_eq!(error.to_string(), "set BATON_CLOCKIFY_API_KEY");
}
