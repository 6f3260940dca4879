//! Workspaces as a c1z and its report: synced and written by the real program.

use std::path::Path;
use std::process::{Command, Stdio};

use clockify_sim::{
    FixedWorkspace, RoleCode, SeededWorkspace, SimGroup, SimRole, SimScope, SimUser, Simulator,
};
use tempfile::TempDir;

const KEY: &str = "a-key-nobody-must-see";

/// Names that would do something if they were taken for markup, script, style or JSON.
pub(crate) const HOSTILE: [&str; 5] = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "\"><svg onload=alert(3)>",
    "'-alert(4)-'",
    "<!--<script>",
];

/// Who is given an administrative role between the two syncs.
pub(crate) const PROMOTED: &str = "Amelia Urquhart";
/// Who leaves between them.
pub(crate) const GONE: &str = "李 思敏";

/// A report in a folder of its own.
pub(crate) struct Report {
    folder: TempDir,
    /// The sync's people.
    pub(crate) workspace: FixedWorkspace,
}

impl Report {
    /// The demo workspace, read twice: in between somebody got a role, somebody left, and people with hostile names came.
    pub(crate) async fn demo() -> Self {
        let simulator = Simulator::builder(SeededWorkspace::demo()).api_key(KEY).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        sync(&simulator, folder.path());
        let mut workspace = FixedWorkspace::copy_of(&*simulator.content());
        change(&mut workspace);
        simulator.replace_content(workspace.clone());
        sync(&simulator, folder.path());
        report(folder.path());
        Self { folder, workspace }
    }

    /// A workspace of many.
    pub(crate) async fn of(users: usize, groups: usize) -> Self {
        let content = SeededWorkspace::new(3).users(users).groups(groups).projects(50);
        let simulator = Simulator::builder(content).api_key(KEY).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        sync(&simulator, folder.path());
        report(folder.path());
        Self { folder, workspace: FixedWorkspace::copy_of(&*simulator.content()) }
    }

    pub(crate) fn url(&self) -> String {
        format!("file://{}", self.folder.path().join("report.html").display())
    }

    pub(crate) fn html(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("report.html")).unwrap()
    }
}

fn change(workspace: &mut FixedWorkspace) {
    for (at, name) in HOSTILE.iter().enumerate() {
        let id = format!("6aaaaaaaaaaaaaaaaaaaaa{at:02}");
        workspace.users.push(SimUser::new(id, *name, format!("hostile{at}@marrowstone.example")));
    }
    let promoted = workspace.users.iter_mut().find(|user| user.name.as_deref() == Some(PROMOTED)).unwrap();
    promoted.roles.push(SimRole { role: RoleCode::Admin, scope: SimScope::Workspace });
    let gone = workspace.users.iter().find(|user| user.name.as_deref() == Some(GONE)).unwrap().id.clone();
    workspace.remove_user(&gone);
    // Groups and projects would go on naming the account.
    workspace.groups.iter_mut().for_each(|group| group.user_ids.retain(|id| *id != gone));
    workspace.projects.iter_mut().for_each(|project| project.members.retain(|member| member.id != gone));
    let members = [workspace.users[30].id.clone()];
    workspace.groups.push(SimGroup::new("6bbbbbbbbbbbbbbbbbbbbbbb", HOSTILE[1], members));
}

fn sync(simulator: &Simulator, folder: &Path) {
    run(
        Command::new(env!("CARGO_BIN_EXE_baton-clockify"))
            .arg("--sync-projects")
            .env_clear()
            .env("BATON_CLOCKIFY_API_KEY", KEY)
            .env("BATON_CLOCKIFY_WORKSPACE_ID", simulator.workspace_id())
            .env("BATON_CLOCKIFY_BASE_URL", simulator.base_url())
            .env("BATON_CLOCKIFY_RATE_LIMIT", "unlimited"),
        folder,
    );
}

fn report(folder: &Path) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_baton-clockify"));
    run(program.args(["report", "--out", "report.html"]).env_clear(), folder);
}

fn run(command: &mut Command, folder: &Path) {
    let command = command.current_dir(folder).stdin(Stdio::null());
    let output = tokio::task::block_in_place(|| command.output().unwrap());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
