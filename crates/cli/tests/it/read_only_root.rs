//! The program as in its image: a root that cannot be written and holds nothing but the program and its libraries. There is no
//! `/tmp`, no home, no `/etc`, no `/proc`; only the data folder takes files. As root it runs as the image's user.
//!
//! Linux gives such a root to whoever may make a mount namespace. Where that is not allowed the tests are left out and say so,
//! except on a machine that sets `CI`.

#![expect(clippy::print_stderr, reason = "a test that is left out says so")]

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use c1_sim::{C1Sim, Options, TaskScript};
use clockify_sim::{SeededWorkspace, Simulator};
use sync_trials::database::{texts, with};
use sync_trials::{Expected, same};
use tempfile::TempDir;

use crate::program::{KEY, Program};

/// The image's user, who has no entry in any list of users.
const USER: u32 = 65532;

/// Makes the root, proves that it cannot be written, and becomes the program in it.
const SCRIPT: &str = r#"
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
root=$1 data=$2 program=$3 user=$4
shift 4
mount -t tmpfs none "$root"
mkdir -p "$root/data" "$root/usr/local/bin"
for library in $(ldd "$program" | grep -o '/[^ )]*'); do
    mkdir -p "$root${library%/*}"
    cp -L "$library" "$root$library"
done
: > "$root/usr/local/bin/baton-clockify"
mount --bind "$program" "$root/usr/local/bin/baton-clockify"
mount --bind "$data" "$root/data"
mount -o remount,bind,ro "$root"
if mkdir "$root/tmp" 2> /dev/null; then
    echo "the root can be written" >&2
    exit 99
fi
chroot=$(command -v chroot)
unset PATH
exec "$chroot" $user "$root" /usr/local/bin/baton-clockify "$@"
"#;

/// A root of its own around the folder of a program.
struct Sealed {
    root: TempDir,
    program: Program,
    is_root: bool,
}

impl Sealed {
    /// `None`, and a line that says so, where no such root can be made.
    fn around(program: Program) -> Option<Self> {
        let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        let sealed = Self { root: tempfile::tempdir().unwrap(), program, is_root };
        let trial =
            sealed.namespace().args(["mount", "-t", "tmpfs", "none"]).arg(sealed.root.path()).output();
        match trial {
            Ok(output) if output.status.success() => {}
            refused => {
                assert!(std::env::var_os("CI").is_none(), "no mount namespace can be made: {refused:?}");
                eprintln!("no mount namespace can be made here: a read-only root is not tested");
                return None;
            }
        }
        if is_root {
            chown(sealed.program.folder(), Some(USER), Some(USER)).unwrap();
        }
        Some(sealed)
    }

    fn namespace(&self) -> Command {
        let mut command = Command::new("unshare");
        command.arg("--mount");
        if !self.is_root {
            command.arg("--map-root-user");
        }
        command
    }

    fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.namespace();
        command.args(["sh", "-c", SCRIPT, "sealed"]).arg(self.root.path()).arg(self.program.folder());
        command.arg(env!("CARGO_BIN_EXE_baton-clockify"));
        command.arg(if self.is_root { "--userspec=65532:65532 --groups=65532" } else { "" });
        command.args(arguments).env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
        for (name, value) in self.program.command(&[]).get_envs() {
            command.env(name, value.unwrap());
        }
        command
    }

    /// Runs it to its end.
    fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
        tokio::task::block_in_place(|| self.command(arguments).output().unwrap())
    }

    #[track_caller]
    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{arguments:?} {}: {stdout}{stderr}", output.status);
        stdout
    }

    /// What the image's health check says, by its exit code.
    fn probe(&self) -> Option<i32> {
        self.run(health_check_of_the_image()).status.code()
    }
}

/// The arguments of the program in the image's `HEALTHCHECK`.
fn health_check_of_the_image() -> Vec<String> {
    let image = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/Dockerfile");
    let image = fs::read_to_string(image).unwrap();
    let (_, check) = image.split_once("\nHEALTHCHECK ").unwrap();
    let command = &check[check.find('[').unwrap()..=check.find(']').unwrap()];
    let mut words: Vec<String> = serde_json::from_str(command).unwrap();
    assert_eq!(words.remove(0), "/usr/local/bin/baton-clockify");
    words
}

async fn clockify() -> Simulator {
    let workspace = SeededWorkspace::new(5).users(300).groups(10);
    Simulator::builder(workspace).api_key(KEY).start().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_and_its_readers_write_to_the_data_folder_only() {
    let simulator = clockify().await;
    let Some(sealed) = Sealed::around(Program::against(&simulator).set("BATON_FILE", "/data/sync.c1z"))
    else {
        return;
    };
    // The second one keeps what the first has sealed.
    for _ in 0..2 {
        sealed.succeeds(&[]);
        assert_eq!(sealed.program.files(), ["sync.c1z"]);
    }
    let file = sealed.program.output();
    let found = fs::metadata(&file).unwrap();
    assert_eq!(found.mode() & 0o777, 0o600);
    if sealed.is_root {
        assert_eq!((found.uid(), found.gid()), (USER, USER));
    }
    let expected = Expected::of(&*simulator.content(), false);
    with(&file, |database| {
        let sync = texts(database, "select sync_id from v1_sync_runs order by ended_at desc").remove(0);
        let rows = format!("select external_id from v1_resources where sync_id = '{sync}'");
        same(&texts(database, &rows).into_iter().collect(), &expected.resources);
    });

    sealed.succeeds(&["status"]);
    assert!(sealed.succeeds(&["users"]).contains('@'));
    sealed.succeeds(&["diff"]);
    sealed.succeeds(&["findings"]);
    sealed.succeeds(&["report", "--out", "/data/report.html"]);
    sealed.succeeds(&["export", "xlsx", "--out", "/data/export.xlsx"]);
    sealed.succeeds(&["evidence", "create", "/data/evidence"]);
    sealed.succeeds(&["evidence", "verify", "/data/evidence"]);
    assert_eq!(sealed.program.files(), ["evidence", "export.xlsx", "report.html", "sync.c1z"]);
    // Nobody answers probes here, and that is no illness.
    assert_eq!(sealed.probe(), Some(0));

    // Where nothing can be written that is told before anything is asked.
    let asked = simulator.requests().len();
    let refused = sealed.run(["--file", "/sync.c1z"]);
    assert_eq!(refused.status.code(), Some(9));
    assert_eq!(simulator.requests().len(), asked);
}

/// It ends with the test, whatever comes of it.
struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_syncs_is_probed_and_ends_in_order() {
    let (simulator, c1) = (clockify().await, C1Sim::start(Options::default()).await.unwrap());
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let credentials = c1.credentials();
    let program = Program::against(&simulator)
        .set("BATON_CLIENT_ID", &credentials.client_id)
        .set("BATON_CLIENT_SECRET", &credentials.client_secret)
        .set("BATON_C1_API_HOST", &c1.address())
        .set("SSL_CERT_FILE", "/data/ca.pem")
        .set("BATON_DATA_DIR", "/data")
        .set("BATON_HEALTH_CHECK", "true")
        .set("BATON_HEALTH_CHECK_PORT", &port.to_string());
    let Some(sealed) = Sealed::around(program) else { return };
    let authority = sealed.program.folder().join("ca.pem");
    fs::copy(c1.ca_file(), &authority).unwrap();
    fs::set_permissions(&authority, Permissions::from_mode(0o644)).unwrap();
    // A service that answers nobody is ill.
    assert_eq!(sealed.probe(), Some(14));

    let task = c1.script(TaskScript::sync());
    let nothing: [&str; 0] = [];
    let mut command = sealed.command(nothing);
    let mut service = Service(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    assert!(c1.wait_until_done(Duration::from_secs(60)).await, "{:?} {:?}", c1.tasks(), c1.violations());
    assert_eq!(sealed.probe(), Some(0));
    sealed.succeeds(&["health-check", "--endpoint", "ready"]);
    assert_eq!(c1.uploads(&task).len(), 1);

    let id = service.0.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &id]).status().unwrap().success());
    let ended = tokio::task::block_in_place(|| service.0.wait().unwrap());
    assert_eq!(ended.code(), Some(0));
    assert_eq!(sealed.probe(), Some(14));
    assert_eq!(c1.violations(), []);
}
