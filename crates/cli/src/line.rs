//! The line on a terminal that says what the program is doing, and what is printed past it.
//!
//! What it shows is made anew each time it is drawn, so that a countdown counts without anybody doing anything.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use jiff::tz::TimeZone;
use sync_engine::{Clock, SystemClock};
use tracing_subscriber::fmt::MakeWriter;

use crate::args::SyncArgs;
use crate::countdown::Wait;

/// How often it is drawn.
const TICK: Duration = Duration::from_millis(120);

/// Where the machine is. Only a line that tells of a wait needs it, and looking through the names of all zones takes longer
/// than starting does.
static ZONE: LazyLock<TimeZone> = LazyLock::new(TimeZone::system);

/// A line on stderr; nothing where there is no terminal to show it.
#[derive(Clone)]
pub(crate) struct Line {
    bar: ProgressBar,
    shown: bool,
    what: Arc<Mutex<What>>,
}

/// What it shows.
#[derive(Default)]
struct What {
    doing: String,
    wait: Option<Wait>,
}

impl Line {
    /// A line that is not shown yet.
    pub(crate) fn new(args: &SyncArgs) -> Self {
        let shown = is_wanted(args);
        let bar = if shown { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        let what = Arc::new(Mutex::new(What::default()));
        let drawn = what.clone();
        let draw = move |_: &ProgressState, out: &mut dyn fmt::Write| {
            // What a line cannot take is not shown, and is drawn again soon.
            let _ = out.write_str(&locked(&drawn).text());
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4}  {what}") {
            bar.set_style(style.with_key("what", draw));
        }
        Self { bar, shown, what }
    }

    /// Whether there is a terminal on which it is shown.
    pub(crate) fn is_shown(&self) -> bool {
        self.shown
    }

    /// Shows it from now on.
    pub(crate) fn begin(&self) {
        if self.shown {
            self.bar.reset_elapsed();
            self.bar.enable_steady_tick(TICK);
        }
    }

    /// Says what is being done.
    pub(crate) fn doing(&self, text: impl Into<String>) {
        locked(&self.what).doing = text.into();
    }

    /// Counts down to the end of a wait; `None` ends it.
    pub(crate) fn waits(&self, wait: Option<Wait>) {
        locked(&self.what).wait = wait;
    }

    /// Prints a sentence above it.
    pub(crate) fn say(&self, sentence: &str) {
        self.bar.println(sentence);
    }

    /// Takes it away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl What {
    fn text(&self) -> String {
        let now = SystemClock.now();
        match self.wait.as_ref().filter(|wait| wait.until > now) {
            Some(wait) if wait.stops_everything() || self.doing.is_empty() => wait.on_a_terminal(now, &ZONE),
            Some(wait) => format!("{}; {}", self.doing, wait.on_a_terminal(now, &ZONE)),
            None => self.doing.clone(),
        }
    }
}

/// Nothing here panics while it holds the lock, and a line after a panic elsewhere is better than none.
fn locked(what: &Mutex<What>) -> MutexGuard<'_, What> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether there is to be a line: stderr is a terminal, nobody asked for log lines, and `NO_PROGRESS` is not set.
fn is_wanted(args: &SyncArgs) -> bool {
    args.log_level.is_none() && io::stderr().is_terminal() && std::env::var_os("NO_PROGRESS").is_none()
}

/// Lets log lines past it.
impl<'a> MakeWriter<'a> for Line {
    type Writer = Past<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Past(self)
    }
}

/// Writes to stderr while the line is away.
pub(crate) struct Past<'a>(&'a Line);

impl Write for Past<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.bar.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
