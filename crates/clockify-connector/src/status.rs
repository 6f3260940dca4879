//! Whether a member is enabled here: account status × this workspace's membership.
//!
//! The table is the clockify reference's, section 5. The account status alone never decides: a person deactivated
//! here may be ACTIVE elsewhere.

use clockify_api::model::{AccountStatus, MembershipStatus, MembershipType, User};
use governance_model::{State, Status};

use crate::context::{Context, Drops};
use crate::text;

/// The state that the two raw values amount to, and the values themselves as details.
pub(crate) fn of(account: Option<&AccountStatus>, membership: Option<&MembershipStatus>) -> Status {
    use AccountStatus as A;
    use MembershipStatus as M;
    let state = match (account, membership) {
        (Some(A::Deleted | A::LimitedDeleted), _) => State::Deleted,
        // Invited, refused or deactivated; or added directly while nobody has signed up with that address yet, so that
        // there is no account to use.
        (_, Some(M::Pending | M::Declined | M::Inactive)) | (Some(A::NotRegistered), Some(M::Active)) => {
            State::Disabled
        }
        (Some(A::Active | A::PendingEmailVerification | A::Limited), Some(M::Active)) => State::Enabled,
        // A value that is missing or new is not a reason to call anybody enabled.
        _ => State::Unspecified,
    };
    let account = text::clip(account.map_or("unknown", AccountStatus::as_str), text::MAX_RAW_BYTES);
    let membership = text::clip(membership.map_or("unknown", MembershipStatus::as_str), text::MAX_RAW_BYTES);
    Status { state, details: ["account ", account, ", membership ", membership].concat() }
}

/// This workspace's membership of a user: from the user, else from the workspace's own list, else unknown.
pub(crate) fn membership(user: &User, context: &Context<'_>, drops: &mut Drops) -> Option<MembershipStatus> {
    drops.many("membership that could not be read", user.memberships.unreadable() as u64);
    let mut found: Option<&MembershipStatus> = None;
    let (mut count, mut agree) = (0, true);
    for membership in &user.memberships {
        if membership.membership_type != Some(MembershipType::Workspace) {
            continue;
        }
        if membership.target_id.as_deref() != Some(context.workspace) {
            drops.count("membership of another workspace");
            continue;
        }
        if let Some(status) = &membership.membership_status {
            count += 1;
            agree &= *found.get_or_insert(status) == status;
        }
    }
    drops.many("duplicate workspace membership", u64::saturating_sub(count, 1));
    match found {
        Some(found) if agree => Some(found.clone()),
        // Missing, or duplicates that contradict each other: the workspace's own list decides, and what it does not
        // know stays unknown, because a guess could call somebody enabled.
        _ => context.listed_status(&user.id).filter(|raw| !raw.is_empty()).map(MembershipStatus::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row of the reference's table, by hand.
    #[test]
    fn the_table() {
        let rows: &[(&str, &str, State)] = &[
            ("ACTIVE", "ACTIVE", State::Enabled),
            ("PENDING_EMAIL_VERIFICATION", "ACTIVE", State::Enabled),
            ("ACTIVE", "PENDING", State::Disabled),
            ("NOT_REGISTERED", "PENDING", State::Disabled),
            ("NOT_REGISTERED", "ACTIVE", State::Disabled),
            ("ACTIVE", "DECLINED", State::Disabled),
            ("NOT_REGISTERED", "DECLINED", State::Disabled),
            ("ACTIVE", "INACTIVE", State::Disabled),
            ("PENDING_EMAIL_VERIFICATION", "INACTIVE", State::Disabled),
            ("DELETED", "ACTIVE", State::Deleted),
            ("DELETED", "INACTIVE", State::Deleted),
            ("LIMITED", "ACTIVE", State::Enabled),
            ("LIMITED", "INACTIVE", State::Disabled),
            ("LIMITED_DELETED", "INACTIVE", State::Deleted),
            ("SOMETHING_NEW", "ACTIVE", State::Unspecified),
            ("ACTIVE", "SOMETHING_NEW", State::Unspecified),
            ("SOMETHING_NEW", "INACTIVE", State::Disabled),
        ];
        for (account, membership, expected) in rows {
            let status = of(Some(&AccountStatus::from(*account)), Some(&MembershipStatus::from(*membership)));
            assert_eq!(status.state, *expected, "{account} x {membership}");
            assert_eq!(status.details, format!("account {account}, membership {membership}"));
        }
        assert_eq!(of(Some(&AccountStatus::Active), None).state, State::Unspecified);
        assert_eq!(of(None, Some(&MembershipStatus::Active)).state, State::Unspecified);
        assert_eq!(of(None, None).details, "account unknown, membership unknown");
    }
}
