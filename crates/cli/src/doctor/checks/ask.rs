//! The requests: as few as possible, and each answer kept for every check that it says something for.

use std::sync::{Arc, Mutex, PoisonError};

use clockify_api::model::{Role, User, Workspace};
use clockify_api::{BaseUrl, Client, Error, Fault, Head, Observer};

use super::tls;
use crate::doctor::subject::Subject;

/// Why nothing was asked where no bytes came back.
pub(super) const NO_CONNECTION: &str = "there is no connection";

/// What came of a question.
#[derive(Debug)]
pub(super) enum Outcome<T> {
    /// It was not asked, and why.
    NotAsked(String),
    Answered(T),
    Failed(Error),
}

impl<T> Outcome<T> {
    pub(super) fn answer(&self) -> Option<&T> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::NotAsked(_) | Self::Failed(_) => None,
        }
    }

    fn of(result: Result<T, Error>) -> Self {
        result.map_or_else(Self::Failed, Self::Answered)
    }
}

/// Everything that Clockify was asked.
#[derive(Debug)]
pub(super) struct Asked {
    /// The key's own account, at the configured address.
    pub(super) me: Outcome<User>,
    /// The address that takes the key.
    pub(super) accepted: Option<BaseUrl>,
    /// The other addresses that do not, and what each said.
    pub(super) refused_at: Vec<(String, Error)>,
    /// The workspaces that the key's owner administers.
    pub(super) administered: Outcome<Vec<Workspace>>,
    /// The configured workspace.
    pub(super) workspace: Outcome<Workspace>,
    /// The heads of all answers.
    pub(super) heads: Vec<Head>,
    pub(super) requests: u64,
}

/// Takes the heads of answers down.
#[derive(Clone, Default)]
struct Heads(Arc<Mutex<Vec<Head>>>);

impl Observer for Heads {
    fn answered(&self, head: &Head) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(*head);
    }
}

impl Asked {
    /// Nothing was asked.
    pub(super) fn nothing(why: &str) -> Self {
        let not_asked = || why.to_owned();
        Self {
            me: Outcome::NotAsked(not_asked()),
            accepted: None,
            refused_at: Vec::new(),
            administered: Outcome::NotAsked(not_asked()),
            workspace: Outcome::NotAsked(not_asked()),
            heads: Vec::new(),
            requests: 0,
        }
    }

    /// Asks `base`, and `others` when it does not take the key.
    pub(super) async fn ask(subject: &Subject, base: &BaseUrl, others: &[BaseUrl]) -> Self {
        let heads = Heads::default();
        let client = match subject.client(base, heads.clone()) {
            Ok(client) => client,
            Err(error) => return Self::nothing(&error.to_string()),
        };
        let mut clients = vec![client.clone()];
        let me = Outcome::of(client.me().await);
        let why = match &me {
            _ if subject.key.is_none() => "no usable key is set",
            Outcome::Failed(error) if tls::is_below_http(error) => NO_CONNECTION,
            Outcome::Failed(error) if error.is_rate_limited() => "Clockify answers 429",
            Outcome::Failed(error) if error.is_credential() => "the key is not accepted",
            _ => "the key's own account cannot be read",
        };
        let mut asked = Self { me, ..Self::nothing(why) };
        let mut accepted = asked.me.answer().map(|_| client);
        if accepted.is_none() && subject.key.is_some() && asked.is_refused() {
            for other in others.iter().filter(|other| *other != base) {
                let Ok(client) = subject.client(other, heads.clone()) else { continue };
                clients.push(client.clone());
                match client.me().await {
                    Ok(_) => {
                        accepted = Some(client);
                        break;
                    }
                    Err(error) => asked.refused_at.push((other.host().to_owned(), error)),
                }
            }
        }
        if let Some(client) = accepted {
            asked.accepted = Some(client.base_url().clone());
            asked.look(&client, subject).await;
        }
        asked.heads = std::mem::take(&mut *heads.0.lock().unwrap_or_else(PoisonError::into_inner));
        asked.requests = clients.iter().map(|client| client.usage().requests).sum();
        asked
    }

    /// Asks for the workspace, as a sync does, and for all that the key's owner administers.
    async fn look(&mut self, client: &Client, subject: &Subject) {
        self.workspace = match &subject.workspace {
            Some(id) => Outcome::of(client.workspace(id).await),
            None => Outcome::NotAsked("no workspace id is set".to_owned()),
        };
        self.administered = match &self.workspace {
            // Asking more only makes it last longer.
            Outcome::Failed(error) if error.is_rate_limited() => {
                Outcome::NotAsked("Clockify answers 429".to_owned())
            }
            _ => Outcome::of(client.workspaces(&[Role::Owner, Role::WorkspaceAdmin]).await),
        };
    }

    /// Whether the configured address answers, and does not take the key: as Clockify does with a key of another region, or
    /// as a server does that is not Clockify's API.
    fn is_refused(&self) -> bool {
        let Outcome::Failed(error) = &self.me else { return false };
        let passes = matches!(error.fault(), Some(Fault::RateLimited | Fault::Server | Fault::Suspended));
        error.status().is_some() && !passes && error.fault() != Some(Fault::EmailUnverified)
    }

    /// Whether a request was turned away because there were too many.
    pub(super) fn limited(&self) -> Option<&Error> {
        let failed = [
            if let Outcome::Failed(error) = &self.me { Some(error) } else { None },
            if let Outcome::Failed(error) = &self.administered { Some(error) } else { None },
            if let Outcome::Failed(error) = &self.workspace { Some(error) } else { None },
        ];
        failed.into_iter().flatten().find(|error| error.is_rate_limited())
    }
}
