//! The small objects that several answers share (clockify reference 6).

use serde::Serialize;

use crate::content::{MembershipStatus, MembershipType, SimMembership, SimRate};

/// An amount of money, in minor units.
#[derive(Serialize)]
pub(super) struct RateDto<'a> {
    amount: i64,
    currency: &'a str,
}

impl<'a> RateDto<'a> {
    pub(super) fn zero(currency: &'a str) -> Self {
        Self { amount: 0, currency }
    }
}

impl<'a> From<&'a SimRate> for RateDto<'a> {
    fn from(rate: &'a SimRate) -> Self {
        Self { amount: rate.amount, currency: &rate.currency }
    }
}

/// One entry of a membership list.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MembershipDto<'a> {
    pub(super) user_id: &'a str,
    pub(super) hourly_rate: Option<RateDto<'a>>,
    pub(super) cost_rate: Option<RateDto<'a>>,
    pub(super) target_id: &'a str,
    pub(super) membership_type: &'a MembershipType,
    pub(super) membership_status: &'a MembershipStatus,
}

impl<'a> From<&'a SimMembership> for MembershipDto<'a> {
    fn from(entry: &'a SimMembership) -> Self {
        Self {
            user_id: &entry.user_id,
            hourly_rate: None,
            cost_rate: None,
            target_id: &entry.target_id,
            membership_type: &entry.kind,
            membership_status: &entry.status,
        }
    }
}

/// Writes `value` behind `out` as JSON.
pub(super) fn append<T: Serialize>(out: &mut Vec<u8>, value: &T) {
    serde_json::to_writer(&mut *out, value)
        .expect("these types hold no maps with odd keys, and a vector takes any byte");
}
