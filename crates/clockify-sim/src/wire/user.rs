//! A user object (clockify reference 3.2) with its roles (4.2).

use serde::Serialize;
use serde_json::Value;

use super::common::{MembershipDto, RateDto, append};
use crate::content::{
    AccountStatus, CustomFieldType, MembershipType, RoleCode, SimMembership, SimSettings, SimUser,
};

/// Which membership entries a request asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MembershipFilter {
    All,
    None,
    Workspace,
    Project,
    UserGroup,
}

impl MembershipFilter {
    pub(crate) fn admits(self, kind: &MembershipType) -> bool {
        match self {
            Self::All => true,
            Self::None => false,
            Self::Workspace => *kind == MembershipType::Workspace,
            Self::Project => *kind == MembershipType::Project,
            Self::UserGroup => *kind == MembershipType::UserGroup,
        }
    }
}

/// One thing that a role is held over, as the wire names it.
pub(crate) struct RoleEntity {
    pub(crate) role: RoleCode,
    pub(crate) scope: EntityScope,
}

/// The entity of a role: its id, its name, and the group that the assignment comes from.
pub(crate) struct EntityScope {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) source_group: Option<String>,
}

/// What goes into a user object beside the user.
pub(crate) struct UserParts<'a> {
    pub(crate) workspace_id: &'a str,
    pub(crate) memberships: MembershipFilter,
    /// The entries that follow from groups and projects.
    pub(crate) belongings: &'a [SimMembership],
    /// Present when the request asked for roles.
    pub(crate) roles: Option<&'a [RoleEntity]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserDto<'a> {
    id: &'a str,
    email: Option<&'a str>,
    name: Option<&'a str>,
    memberships: Vec<MembershipDto<'a>>,
    profile_picture: &'a str,
    active_workspace: Option<&'a str>,
    default_workspace: Option<&'a str>,
    settings: Option<SettingsDto<'a>>,
    status: &'a AccountStatus,
    custom_fields: Vec<CustomFieldDto<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<RoleDto<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomFieldDto<'a> {
    custom_field_id: &'a str,
    custom_field_name: &'a str,
    custom_field_type: &'a CustomFieldType,
    user_id: &'a str,
    value: &'a Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoleDto<'a> {
    role: &'static str,
    formatter_role_name: &'static str,
    entities: Vec<EntityDto<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EntityDto<'a> {
    id: &'a str,
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    membership_status: Option<&'static str>,
    source: Option<SourceDto<'a>>,
}

#[derive(Serialize)]
struct SourceDto<'a> {
    id: &'a str,
    r#type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the real object has as many")]
struct SettingsDto<'a> {
    week_start: &'static str,
    time_zone: &'a str,
    time_format: &'static str,
    date_format: &'static str,
    send_newsletter: bool,
    weekly_updates: bool,
    long_running: bool,
    scheduled_reports: bool,
    approval: bool,
    pto: bool,
    alerts: bool,
    reminders: bool,
    onboarding: bool,
    time_tracking_manual: bool,
    summary_report_settings: SummaryReportDto,
    is_compact_view_on: bool,
    dashboard_selection: &'static str,
    dashboard_view_type: &'static str,
    dashboard_pin_to_top: bool,
    project_list_collapse: u32,
    collapse_all_project_lists: bool,
    group_similar_entries_disabled: bool,
    my_start_of_day: &'static str,
    dark_theme: bool,
    project_picker_special_filter: bool,
    lang: &'a str,
    multi_factor_enabled: bool,
    scheduling: bool,
    show_only_working_days: bool,
    theme: &'static str,
}

#[derive(Serialize)]
struct SummaryReportDto {
    group: &'static str,
    subgroup: &'static str,
}

impl<'a> From<&'a SimSettings> for SettingsDto<'a> {
    fn from(settings: &'a SimSettings) -> Self {
        Self {
            week_start: "MONDAY",
            time_zone: &settings.time_zone,
            time_format: "HOUR24",
            date_format: "DD/MM/YYYY",
            send_newsletter: false,
            weekly_updates: false,
            long_running: false,
            scheduled_reports: true,
            approval: true,
            pto: true,
            alerts: true,
            reminders: true,
            onboarding: false,
            time_tracking_manual: false,
            summary_report_settings: SummaryReportDto { group: "Project", subgroup: "Time Entry" },
            is_compact_view_on: false,
            dashboard_selection: "ME",
            dashboard_view_type: "PROJECT",
            dashboard_pin_to_top: false,
            project_list_collapse: 50,
            collapse_all_project_lists: false,
            group_similar_entries_disabled: false,
            my_start_of_day: "09:00",
            dark_theme: false,
            project_picker_special_filter: false,
            lang: &settings.language,
            multi_factor_enabled: settings.multi_factor_enabled,
            scheduling: true,
            show_only_working_days: false,
            theme: "DEFAULT",
        }
    }
}

/// Writes a user object behind `out`.
pub(crate) fn user(out: &mut Vec<u8>, user: &SimUser, parts: &UserParts<'_>) {
    let own = MembershipDto {
        user_id: &user.id,
        hourly_rate: user.hourly_rate.as_ref().map(RateDto::from),
        cost_rate: user.cost_rate.as_ref().map(RateDto::from),
        target_id: parts.workspace_id,
        membership_type: &MembershipType::Workspace,
        membership_status: &user.membership_status,
    };
    let memberships = user
        .lists_own_membership
        .then_some(own)
        .into_iter()
        .chain(user.extra_memberships.iter().map(MembershipDto::from))
        .chain(parts.belongings.iter().map(MembershipDto::from))
        .filter(|entry| parts.memberships.admits(entry.membership_type))
        .collect();
    let custom_fields = user
        .custom_fields
        .iter()
        .map(|field| CustomFieldDto {
            custom_field_id: &field.id,
            custom_field_name: &field.name,
            custom_field_type: &field.kind,
            user_id: &user.id,
            value: &field.value,
        })
        .collect();
    append(
        out,
        &UserDto {
            id: &user.id,
            email: user.email.as_deref(),
            name: user.name.as_deref(),
            memberships,
            profile_picture: &user.profile_picture,
            active_workspace: user.active_workspace.as_deref(),
            default_workspace: user.default_workspace.as_deref(),
            settings: user.settings.as_ref().map(SettingsDto::from),
            status: &user.account_status,
            custom_fields,
            roles: parts.roles.map(roles),
        },
    );
}

/// Gathers entities under their role, in the order in which the roles first appear.
fn roles(entities: &[RoleEntity]) -> Vec<RoleDto<'_>> {
    let mut grouped: Vec<(RoleCode, Vec<EntityDto<'_>>)> = Vec::new();
    for RoleEntity { role, scope } in entities {
        let entity = EntityDto {
            id: &scope.id,
            name: scope.name.as_deref(),
            membership_status: (*role == RoleCode::Owner).then_some(""),
            source: scope.source_group.as_deref().map(|id| SourceDto { id, r#type: "USER_GROUP" }),
        };
        match grouped.iter_mut().find(|(code, _)| code == role) {
            Some((_, list)) => list.push(entity),
            None => grouped.push((*role, vec![entity])),
        }
    }
    grouped
        .into_iter()
        .map(|(role, entities)| RoleDto {
            role: role.as_str(),
            // The owner is called an admin here too: the name is for display only.
            formatter_role_name: match role {
                RoleCode::Owner | RoleCode::Admin => "Admin",
                RoleCode::TeamManager => "Team manager",
                RoleCode::ProjectManager => "Project manager",
            },
            entities,
        })
        .collect()
}
