//! What observers hear while a sync waits, and what becomes of a wait when the clock is set.

use std::sync::Mutex;
use std::time::Duration;

use governance_model::Timestamp;
use jiff::SignedDuration;
use sync_engine::{C1zStores, Clock, Event, Observer, Options, WaitReason};
use tokio::time::Instant;

use crate::scripted::{Quota, Scripted};

/// Follows tokio's paused time, and is set once.
struct Set {
    begun: Instant,
    /// When, and by how much.
    set: Option<(Duration, SignedDuration)>,
}

impl Set {
    fn never() -> Self {
        Self { begun: Instant::now(), set: None }
    }
}

impl Clock for Set {
    fn now(&self) -> Timestamp {
        let passed = self.begun.elapsed();
        let by = self.set.filter(|(when, _)| passed >= *when).map_or(SignedDuration::ZERO, |(_, by)| by);
        Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::try_from(passed).unwrap() + by
    }
}

/// Keeps what is said about waits, with the time that had passed.
struct Heard {
    begun: Instant,
    said: Mutex<Vec<(u64, String)>>,
}

impl Heard {
    fn new() -> Self {
        Self { begun: Instant::now(), said: Mutex::default() }
    }
}

impl Observer for Heard {
    fn event(&self, event: &Event<'_>) {
        let text = match event {
            Event::Waiting { reason: WaitReason::Quota, seconds, until } => {
                format!("waiting {seconds} until {}", until.as_second() - 1_800_000_000)
            }
            Event::StillWaiting { reason: WaitReason::Quota, seconds, until } => {
                format!("still {seconds} until {}", until.as_second() - 1_800_000_000)
            }
            Event::WaitOver => "over".to_owned(),
            _ => return,
        };
        self.said.lock().unwrap().push((self.begun.elapsed().as_secs(), text));
    }
}

/// A sync of 24 answers with a pause of so long after the first twenty, and what was heard of it.
async fn heard(pause: Duration, clock: &Set) -> Vec<(u64, String)> {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let mut source = Scripted::workspace(60);
    source.quota = Some(Quota { answers: 20, pause, says_how_long: true });
    let heard = Heard::new();
    let options = Options { concurrency: 1, max_wait: Duration::from_secs(86_400), ..Options::default() };
    sync_engine::sync(&source, &stores, clock, &options, &heard).await.unwrap();
    heard.said.into_inner().unwrap()
}

fn said(heard: &[(u64, String)]) -> Vec<(u64, &str)> {
    heard.iter().map(|(at, text)| (*at, text.as_str())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_told_at_its_start_every_minute_and_at_its_end() {
    let heard = heard(Duration::from_secs(150), &Set::never()).await;
    assert_eq!(
        said(&heard),
        [
            (0, "waiting 150 until 150"),
            (60, "still 90 until 150"),
            (120, "still 30 until 150"),
            (150, "over")
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_short_wait_has_a_start_and_an_end() {
    let heard = heard(Duration::from_millis(2_500), &Set::never()).await;
    assert_eq!(said(&heard), [(0, "waiting 3 until 2"), (2, "over")]);
}

/// As when the machine slept: the quota opened meanwhile as far as the clock can tell, so it is asked for again at once.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_forward_past_the_end_ends_the_wait_within_a_minute() {
    let clock =
        Set { begun: Instant::now(), set: Some((Duration::from_secs(70), SignedDuration::from_hours(5))) };
    let heard = heard(Duration::from_secs(3_600), &clock).await;
    assert_eq!(
        said(&heard)[..4],
        [
            (0, "waiting 3600 until 3600"),
            (60, "still 3540 until 3600"),
            (120, "over"),
            // The source has its own time, and is not ready.
            (120, "waiting 3480 until 21600"),
        ]
    );
    assert_eq!(said(&heard).last(), Some(&(3_600, "over")));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_does_not_make_a_wait_longer() {
    let clock =
        Set { begun: Instant::now(), set: Some((Duration::from_secs(70), SignedDuration::from_hours(-5))) };
    let heard = heard(Duration::from_secs(150), &clock).await;
    assert_eq!(said(&heard).last(), Some(&(150, "over")));
    assert_eq!(said(&heard)[2], (120, "still 30 until 150"));
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_end_of_the_calendar_is_no_reason_to_panic() {
    let folder = tempfile::tempdir().unwrap();
    let stores = C1zStores::lock(&folder.path().join("sync.c1z")).unwrap();
    let mut source = Scripted::workspace(60);
    let pause = Duration::from_secs(1_000_000_000_000);
    source.quota = Some(Quota { answers: 20, pause, says_how_long: true });
    let (stopper, stop) = sync_engine::Stop::pair();
    let options = Options { max_wait: Duration::MAX, stop, ..Options::default() };
    let (clock, heard) = (Set::never(), Heard::new());
    let asking = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        stopper.stop();
    };
    let (outcome, ()) = tokio::join!(sync_engine::sync(&source, &stores, &clock, &options, &heard), asking);
    assert!(matches!(outcome, Err(sync_engine::SyncError::Stopped)), "{outcome:?}");
    assert_eq!(heard.said.lock().unwrap().len(), 2);
}
