//! A workspace object (clockify reference 3.4), in two halves with the membership list between them.
//!
//! The list has one entry for every member, so the caller sends it in pieces and never holds it whole.

use serde::Serialize;
use serde_json::Value;

use super::common::{MembershipDto, RateDto, append};
use crate::content::{SimMembership, SimRate, SimWorkspace};

/// A workspace object without the entries of its membership list.
pub(crate) struct WorkspaceFrame {
    /// Everything up to and including the bracket that opens the membership list.
    pub(crate) head: Vec<u8>,
    /// Everything from the bracket that closes it.
    pub(crate) tail: Vec<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HeadDto<'a> {
    id: &'a str,
    name: &'a str,
    hourly_rate: RateDto<'a>,
    cost_rate: RateDto<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TailDto<'a> {
    workspace_settings: Settings<'a>,
    image_url: &'static str,
    feature_subscription_type: Option<&'a str>,
    features: &'a [String],
    currencies: [CurrencyDto<'a>; 1],
    subdomain: SubdomainDto<'a>,
    cake_organization_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CurrencyDto<'a> {
    id: &'static str,
    code: &'a str,
    is_default: bool,
}

#[derive(Serialize)]
struct SubdomainDto<'a> {
    name: Option<&'a str>,
    enabled: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the real object has as many")]
struct Settings<'a> {
    time_rounding_in_reports: bool,
    only_admins_see_billable_rates: bool,
    active_billable_hours: bool,
    only_admins_can_change_billable_status: bool,
    only_admins_create_project: bool,
    only_admins_see_dashboard: bool,
    default_billable_projects: bool,
    lock_time_entries: Value,
    lock_time_zone: Value,
    round: RoundDto,
    project_favorites: bool,
    can_see_time_sheet: bool,
    can_see_tracker: bool,
    project_picker_special_filter: bool,
    force_projects: bool,
    force_tasks: bool,
    force_tags: bool,
    force_description: bool,
    only_admins_see_all_time_entries: bool,
    only_admins_see_public_projects_entries: bool,
    track_time_down_to_second: bool,
    project_grouping_label: &'static str,
    admin_only_pages: &'a [String],
    automatic_lock: Value,
    only_admins_create_tag: bool,
    only_admins_create_task: bool,
    time_tracking_mode: &'static str,
    multi_factor_enabled: bool,
    number_format: &'static str,
    currency_format: &'static str,
    duration_format: &'static str,
    entity_creation_permissions: PermissionsDto,
    project_label: &'static str,
    task_label: &'static str,
    working_days: [&'static str; 5],
    is_project_public_by_default: bool,
}

#[derive(Serialize)]
struct RoundDto {
    round: &'static str,
    minutes: &'static str,
}

#[derive(Serialize)]
struct PermissionsDto {
    #[serde(rename = "whoCanCreateTasks")]
    tasks: &'static str,
    #[serde(rename = "whoCanCreateProjectsAndClients")]
    projects_and_clients: &'static str,
    #[serde(rename = "whoCanCreateTags")]
    tags: &'static str,
}

fn settings(workspace: &SimWorkspace) -> Settings<'_> {
    Settings {
        time_rounding_in_reports: false,
        only_admins_see_billable_rates: true,
        active_billable_hours: true,
        only_admins_can_change_billable_status: false,
        only_admins_create_project: false,
        only_admins_see_dashboard: true,
        default_billable_projects: true,
        lock_time_entries: Value::Null,
        lock_time_zone: Value::Null,
        round: RoundDto { round: "Round to nearest", minutes: "15" },
        project_favorites: true,
        can_see_time_sheet: true,
        can_see_tracker: true,
        project_picker_special_filter: false,
        force_projects: true,
        force_tasks: false,
        force_tags: false,
        force_description: false,
        only_admins_see_all_time_entries: true,
        only_admins_see_public_projects_entries: true,
        track_time_down_to_second: true,
        project_grouping_label: "CLIENT",
        admin_only_pages: &workspace.admin_only_pages,
        automatic_lock: Value::Null,
        only_admins_create_tag: false,
        only_admins_create_task: false,
        time_tracking_mode: "DEFAULT",
        multi_factor_enabled: false,
        number_format: "SPACE_COMMA",
        currency_format: "CURRENCY_SPACE_VALUE",
        duration_format: "FULL",
        entity_creation_permissions: PermissionsDto {
            tasks: "EVERYONE",
            projects_and_clients: "ADMINS_AND_PROJECT_MANAGERS",
            tags: "ADMINS",
        },
        project_label: "project",
        task_label: "task",
        // The real service keeps the days in a set and sends them in no order.
        working_days: ["FRIDAY", "THURSDAY", "TUESDAY", "WEDNESDAY", "MONDAY"],
        is_project_public_by_default: true,
    }
}

/// Writes the two halves of a workspace object.
pub(crate) fn workspace_frame(workspace: &SimWorkspace) -> WorkspaceFrame {
    let mut head = Vec::new();
    append(
        &mut head,
        &HeadDto {
            id: &workspace.id,
            name: &workspace.name,
            hourly_rate: RateDto::zero(&workspace.currency),
            cost_rate: RateDto::zero(&workspace.currency),
        },
    );
    head.pop();
    head.extend_from_slice(b",\"memberships\":[");
    let mut rest = Vec::new();
    append(
        &mut rest,
        &TailDto {
            workspace_settings: settings(workspace),
            image_url: "",
            feature_subscription_type: workspace.plan.as_deref(),
            features: &workspace.features,
            currencies: [CurrencyDto {
                id: "5f0e3c9a1b2c3d4e5f60c0de",
                code: &workspace.currency,
                is_default: true,
            }],
            subdomain: SubdomainDto {
                name: workspace.subdomain.as_deref(),
                enabled: workspace.subdomain.is_some(),
            },
            cake_organization_id: &workspace.cake_organization_id,
        },
    );
    let mut tail = b"],".to_vec();
    tail.extend_from_slice(&rest[1..]);
    WorkspaceFrame { head, tail }
}

/// Writes one entry of a workspace's membership list behind `out`.
pub(crate) fn membership(
    out: &mut Vec<u8>,
    entry: &SimMembership,
    hourly: Option<&SimRate>,
    cost: Option<&SimRate>,
) {
    let dto = MembershipDto {
        hourly_rate: hourly.map(RateDto::from),
        cost_rate: cost.map(RateDto::from),
        ..MembershipDto::from(entry)
    };
    append(out, &dto);
}
