//! Accounts that are passed over undecoded: everything else comes, however many accounts stand between.

use c1z::{C1zFile, Error, Limits, ResourceFilter, SyncChoice};

use crate::support::{Bench, group_resource, noon_and, user_resource};

/// Pages have 500 rows, and whole pages hold nothing but accounts. Groups come first, between and last.
#[test]
fn whole_pages_of_accounts_end_nothing() {
    let bench = Bench::new();
    let mut database = bench.begin(0);
    let mut resources = vec![group_resource("0-first")];
    for number in 0..2_600 {
        resources.push(user_resource(&format!("{number:05}")));
        if number == 1_300 {
            resources.push(group_resource("1-between"));
        }
    }
    resources.push(group_resource("2-last"));
    database.transaction(|batch| batch.put_resources(&resources, noon_and(0)).map(drop)).unwrap();
    let sealed = bench.seal(database, 1);

    let file = C1zFile::open(&sealed.path, Limits::default()).unwrap();
    let view = file.sync(&SyncChoice::Newest).unwrap();
    let filter = ResourceFilter::default();
    let ids = |records: &mut dyn Iterator<Item = Result<c1z::Record<governance_model::Resource>, Error>>| {
        records.map(|record| record.unwrap().value.id.to_string()).collect::<Vec<_>>()
    };
    let groups = ["group:0-first", "group:1-between", "group:2-last"];
    assert_eq!(ids(&mut view.resources(&filter).without_users()), groups);
    assert_eq!(ids(&mut view.resources(&filter).by_id().without_users()), groups);
    assert_eq!(ids(&mut view.resources(&filter)).len(), 2_603);
}
