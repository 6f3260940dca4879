//! What differs between the lists: the path, the filters, and the parameters that are always sent.

use super::filter::UserFilter;
use crate::client::Answer;
use crate::model::{AccountStatus, Project, Record, Rows, User, UserGroup};
use crate::{Endpoint, Error, Operation};

/// An element of a list that has pages: [`User`], [`UserGroup`] and [`Project`]. Nothing else can be one.
pub trait Listed: Spec {}

impl<T: Spec> Listed for T {}

/// The private side of [`Listed`].
pub trait Spec: Record {
    /// What a caller can choose.
    type Filter: Default + Clone + Send + Sync + 'static;
    /// The endpoint.
    const ENDPOINT: Endpoint;
    /// The last segment of the path.
    const SEGMENT: &'static str;
    /// What is given up, in this order, when a server does not know an account status.
    const NARROWING: &'static [AccountStatus] = &[];

    /// Parameters sent with every request, whatever the server's defaults are. Clockify ignores a misspelt one
    /// silently (clockify reference 3), and spells a few in camel case.
    fn parameters(filter: &Self::Filter, narrowed: &[AccountStatus]) -> Vec<(&'static str, String)>;

    /// Reads a page. Each element has a function of its own that is never put into another: what a future calls is compiled
    /// in the crate that waits for it, unless it is a whole function of a known type, and then also optimised as that
    /// crate is. Reading pages is what most of the time goes to, and programs may be built for size.
    fn rows(answer: Answer, operation: Operation) -> Result<Rows<Self>, Error>;
}

impl Spec for User {
    type Filter = UserFilter;
    const ENDPOINT: Endpoint = Endpoint::Users;
    const SEGMENT: &'static str = "users";
    const NARROWING: &'static [AccountStatus] =
        &[AccountStatus::LimitedDeleted, AccountStatus::Limited, AccountStatus::Deleted];

    fn parameters(filter: &UserFilter, narrowed: &[AccountStatus]) -> Vec<(&'static str, String)> {
        filter.parameters(narrowed)
    }

    #[inline(never)]
    fn rows(answer: Answer, operation: Operation) -> Result<Rows<Self>, Error> {
        answer.rows(operation)
    }
}

impl Spec for UserGroup {
    type Filter = ();
    const ENDPOINT: Endpoint = Endpoint::UserGroups;
    const SEGMENT: &'static str = "user-groups";

    fn parameters((): &(), _: &[AccountStatus]) -> Vec<(&'static str, String)> {
        vec![("includeTeamManagers", "true".to_owned())]
    }

    #[inline(never)]
    fn rows(answer: Answer, operation: Operation) -> Result<Rows<Self>, Error> {
        answer.rows(operation)
    }
}

impl Spec for Project {
    type Filter = ();
    const ENDPOINT: Endpoint = Endpoint::Projects;
    const SEGMENT: &'static str = "projects";

    fn parameters((): &(), _: &[AccountStatus]) -> Vec<(&'static str, String)> {
        vec![("hydrated", "false".to_owned())]
    }

    #[inline(never)]
    fn rows(answer: Answer, operation: Operation) -> Result<Rows<Self>, Error> {
        answer.rows(operation)
    }
}
