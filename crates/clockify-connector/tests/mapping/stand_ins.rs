//! Accounts that something refers to and no page returned.

use clockify_connector::{GROUP, PROJECT, ROLE, Settings, USER};
use governance_model::{Connector, Missing, ResourceId, State};
use serde_json::json;

use crate::seam;
use crate::world::{BEN, GHOST, World, ben, check};

#[tokio::test]
async fn somebody_on_the_list_whom_no_page_returned() {
    let mut world = World::of([ben()]).listing(BEN, "INACTIVE");
    world.users.truncate(1);
    let read = check("listed_and_not_returned", world).await;
    let ben = read.stand_in_of(BEN);
    let status = ben.status.as_ref().unwrap();
    assert_eq!(status.state, State::Unspecified, "nothing but an answer makes anybody enabled or disabled");
    assert_eq!(status.details, "not returned by Clockify, membership INACTIVE");
    assert_eq!(ben.display_name, BEN);
    let profile = serde_json::to_value(&ben.profile).unwrap();
    assert_eq!(
        profile,
        json!({
            "user_id": BEN, "first_name": "", "last_name": "", "workspace_role": "unknown", "workspace_roles": [],
            "account_status": "", "membership_status": "INACTIVE", "unlisted": true,
        })
    );
    assert!(ben.user().unwrap().emails.is_empty());
}

#[test]
fn only_accounts_have_stand_ins() {
    let settings = Settings { page_size: 50, projects: true };
    let connector = seam::connector("http://127.0.0.1:1", settings);
    for other in [GROUP, PROJECT, ROLE] {
        assert_eq!(connector.stand_in(&ResourceId::new(other, "x"), &Missing::GrantPrincipal), None);
    }
    let id = ResourceId::new(USER, GHOST);
    let unlisted = connector.stand_in(&id, &Missing::GrantPrincipal).unwrap();
    let silent = connector.stand_in(&id, &Missing::Inventory("".into())).unwrap();
    assert_eq!(unlisted, silent, "a list that gives no status says no more than a grant");
    let odd = connector.stand_in(&id, &Missing::Inventory("Ä".repeat(3000).into())).unwrap();
    assert!(odd.status.unwrap().details.len() < 200);
}
