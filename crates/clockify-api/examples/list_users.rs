//! Lists the members of a workspace, with the client alone:
//!
//! ```sh
//! export BATON_CLOCKIFY_API_KEY=… BATON_CLOCKIFY_WORKSPACE_ID=…
//! cargo run -p clockify-api --example list_users
//! ```
//!
//! `BATON_CLOCKIFY_BASE_URL` names another address than Clockify's global one.

use std::io::{self, Write};

use clockify_api::{ApiKey, BaseUrl, Client, WorkspaceId};
use futures_util::TryStreamExt as _;

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    list(|name| std::env::var(name).ok(), &mut io::stdout()).await
}

/// Writes a line for each member: id, status in the workspace, name.
pub(crate) async fn list(
    setting: impl Fn(&str) -> Option<String>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let wanted = |name: &str| setting(name).ok_or_else(|| format!("set {name}"));
    let workspace: WorkspaceId = wanted("BATON_CLOCKIFY_WORKSPACE_ID")?.parse()?;
    let mut client = Client::builder(ApiKey::new(&wanted("BATON_CLOCKIFY_API_KEY")?)?);
    if let Some(address) = setting("BATON_CLOCKIFY_BASE_URL") {
        client = client.base_url(BaseUrl::parse(&address)?);
    }
    let client = client.build()?;

    let mut users = std::pin::pin!(client.users(&workspace).page_size(200).items());
    while let Some(user) = users.try_next().await? {
        let status = user.workspace_status(&workspace.to_string()).map_or("?", |status| status.as_str());
        writeln!(out, "{}  {status:<9} {}", user.id, user.name.as_deref().unwrap_or("(no name)"))?;
    }
    Ok(())
}
