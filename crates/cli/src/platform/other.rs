//! Everything that is not Unix: Ctrl-C is the one signal, and permissions are not looked at.

use std::fs::Metadata;
use std::io;
use std::path::Path;

/// The signals that ask a program to end.
pub(crate) struct Signals;

impl Signals {
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    #[expect(clippy::unused_self, reason = "the same shape as on Unix")]
    pub(crate) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Makes a folder, and those above it; who may read it follows from where it is.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Whether people may read a file who need not; nothing is known about that here.
pub(crate) fn is_open_to_others(_: &Metadata) -> bool {
    false
}
