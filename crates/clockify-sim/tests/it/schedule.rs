//! Schedules of faults that a seed draws.

use std::collections::{BTreeMap, BTreeSet};

use clockify_sim::{Action, Endpoint, Fault, Schedule, SeededWorkspace, Simulator};

use crate::support::{get_in, try_get};

fn printed(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{fault:?}")).collect()
}

/// Asks for everything that a schedule may hit, each until it is answered well. Returns the requests per place.
async fn read_all(simulator: &Simulator) -> BTreeMap<String, u32> {
    let mut asked = BTreeMap::new();
    let mut paths = vec!["/user".to_owned(), format!("/workspaces/{}", simulator.workspace_id())];
    for list in ["users", "user-groups", "projects"] {
        for page in 1..=3 {
            paths.push(format!("/workspaces/{}/{list}?page={page}&page-size=4", simulator.workspace_id()));
        }
    }
    for path in paths {
        let times = asked.entry(path.clone()).or_default();
        loop {
            *times += 1;
            assert!(*times <= 4, "{path} fails more than three times in a row");
            match try_get(simulator, &path).await {
                Ok(reply) if reply.status == 200 => break,
                Ok(reply) => assert!(matches!(reply.status, 429 | 500 | 502 | 503 | 504), "{}", reply.status),
                // Only a broken connection; never a whole answer that is wrong.
                Err(error) => {
                    assert!(error.is_request() || error.is_body() || error.is_decode(), "{error:?}");
                }
            }
        }
    }
    asked
}

#[tokio::test]
async fn transient_faults_all_fire_and_are_all_overcome() {
    let mut kinds = BTreeSet::new();
    for seed in 0..24 {
        let faults = Fault::random_transient(seed, 12);
        assert_eq!(faults.len(), 12);
        kinds.extend(faults.iter().map(|fault| format!("{:?}", std::mem::discriminant(fault.action()))));
        let workspace = SeededWorkspace::demo();
        let simulator = Simulator::builder(workspace).faults(faults).start().await.unwrap();
        read_all(&simulator).await;
        assert_eq!(printed(&simulator.unfired()), [] as [String; 0], "seed {seed}");
        let twice = simulator.faults_fired().into_iter().filter(|(_, times)| *times != 1).count();
        assert_eq!(twice, 0, "each fires once");
    }
    assert_eq!(
        kinds.len(),
        8,
        "statuses, three broken connections, three slow answers, and a late reset: {kinds:?}"
    );
}

#[test]
fn a_seed_is_a_schedule() {
    let draw = |seed| printed(&Fault::random_transient(seed, 9));
    assert_eq!(draw(5), draw(5));
    assert_ne!(draw(5), draw(6));
    let permanent = |seed| format!("{:?}", Schedule::seeded(seed).permanent());
    assert_eq!(permanent(5), permanent(5));
    let all: BTreeSet<String> = (0..400).map(permanent).collect();
    assert!(all.len() > 60, "five endpoints, fourteen actions: {}", all.len());
}

#[test]
fn a_schedule_keeps_to_what_it_is_told() {
    let mut schedule =
        Schedule::seeded(1).endpoints([Endpoint::Users, Endpoint::Workspace]).pages(2).attempts(1);
    let faults = schedule.transient(100);
    assert_eq!(faults.len(), 3, "two pages and one answer without pages, each once");
    assert!(schedule.transient(1).is_empty(), "and nothing is left");
    let printed = printed(&faults).join("\n");
    assert!(!printed.contains("page: Some(3)") && !printed.contains("attempt: Some(2)"), "{printed}");
    for seed in 0..50 {
        let fault = Schedule::seeded(seed).endpoints([Endpoint::UserGroups]).permanent();
        assert_eq!(fault.endpoint(), Endpoint::UserGroups);
    }
}

#[tokio::test]
async fn a_permanent_fault_spoils_every_answer() {
    let honest = Simulator::builder(SeededWorkspace::demo()).start().await.unwrap();
    let honest = get_in(&honest, "/users?page=1").await;
    for seed in 0..60 {
        let fault = Schedule::seeded(seed).endpoints([Endpoint::Users]).permanent();
        let simulator =
            Simulator::builder(SeededWorkspace::demo()).fault(fault.clone()).start().await.unwrap();
        for _ in 0..3 {
            let path = format!("/workspaces/{}/users?page=1", simulator.workspace_id());
            let Ok(reply) = try_get(&simulator, &path).await else { continue };
            let json =
                serde_json::from_str::<serde_json::Value>(&reply.text).is_ok_and(|json| json.is_array());
            let good =
                reply.status == 200 && json && reply.header("content-type") == honest.header("content-type");
            assert!(!good, "{fault:?} answers well");
        }
        assert_eq!(simulator.faults_fired()[0].1, 3, "{fault:?}");
        assert!(!matches!(fault.action(), Action::Delay(_)));
    }
}
