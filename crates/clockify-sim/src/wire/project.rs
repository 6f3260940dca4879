//! A project object (clockify reference 3.12).

use serde::Serialize;
use serde_json::Value;

use super::common::{MembershipDto, RateDto, append};
use crate::content::{MembershipType, SimProject};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the real object has as many")]
struct ProjectDto<'a> {
    id: &'a str,
    name: &'a str,
    hourly_rate: RateDto<'a>,
    client_id: &'a str,
    workspace_id: &'a str,
    billable: bool,
    memberships: Vec<MembershipDto<'a>>,
    color: &'static str,
    estimate: EstimateDto,
    archived: bool,
    duration: &'static str,
    client_name: &'a str,
    note: &'a str,
    cost_rate: Option<RateDto<'a>>,
    time_estimate: TimeEstimateDto,
    budget_estimate: Value,
    estimate_reset: Value,
    template: bool,
    public: bool,
}

#[derive(Serialize)]
struct EstimateDto {
    estimate: &'static str,
    r#type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimeEstimateDto {
    estimate: &'static str,
    r#type: &'static str,
    reset_option: Value,
    active: bool,
    include_non_billable: bool,
}

/// Writes a project object behind `out`.
pub(crate) fn project(out: &mut Vec<u8>, project: &SimProject, workspace_id: &str, currency: &str) {
    let memberships = project
        .members
        .iter()
        .map(|member| MembershipDto {
            user_id: &member.id,
            hourly_rate: member.hourly_rate.as_ref().map(RateDto::from),
            cost_rate: None,
            target_id: &project.id,
            membership_type: &MembershipType::Project,
            membership_status: &member.status,
        })
        .collect();
    append(
        out,
        &ProjectDto {
            id: &project.id,
            name: &project.name,
            hourly_rate: RateDto::zero(currency),
            client_id: &project.client_id,
            workspace_id,
            billable: project.billable,
            memberships,
            color: "#03A9F4",
            estimate: EstimateDto { estimate: "PT0S", r#type: "AUTO" },
            archived: project.archived,
            duration: "PT41H30M",
            client_name: &project.client_name,
            note: &project.note,
            cost_rate: None,
            time_estimate: TimeEstimateDto {
                estimate: "PT0S",
                r#type: "AUTO",
                reset_option: Value::Null,
                active: false,
                include_non_billable: true,
            },
            budget_estimate: Value::Null,
            estimate_reset: Value::Null,
            template: false,
            public: project.public,
        },
    );
}
