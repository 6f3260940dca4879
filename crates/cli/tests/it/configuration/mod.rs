//! Where values come from, what is said of those that are wrong, and what the flags of the Go SDK do.
//!
//! The wordings are the Go SDK's, as its command line prints them.

mod effects;
mod file;
mod layers;
mod places;
mod refusals;
mod relations;
mod secrets;
mod unknown;

use std::path::PathBuf;

use clockify_sim::{SeededWorkspace, Simulator};

use crate::program::{KEY, Program, Ran};

/// A workspace id that nobody has.
pub(crate) const NOBODYS: &str = "66b0c1d2e4f5a6978812aa00";

async fn demo() -> Simulator {
    Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap()
}

/// Everything that a sync needs is set, and nobody listens where it would go.
fn complete() -> Program {
    Program::bare()
        .set("BATON_CLOCKIFY_API_KEY", KEY)
        .set("BATON_CLOCKIFY_WORKSPACE_ID", NOBODYS)
        .set("BATON_CLOCKIFY_BASE_URL", "http://127.0.0.1:9/api/v1")
}

impl Program {
    /// Writes a file into the folder of the program.
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    fn put(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Ran {
    /// What is said after `error: `, up to the hint.
    fn error(&self) -> &str {
        let start = self.stderr.find("error: ").unwrap_or_else(|| panic!("no error in {}", self.stderr));
        let text = &self.stderr[start + "error: ".len()..];
        text.split("\n\nhint: ").next().unwrap_or_default().trim_end()
    }

    /// Fails unless exactly this was the error.
    #[track_caller]
    fn failed(&self, code: i32, error: &str) {
        assert_eq!((self.code, self.error()), (Some(code), error), "{}", self.stderr);
    }
}
