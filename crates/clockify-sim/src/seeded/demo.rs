//! The people and places of the demonstration workspace that have names of their own. All of them are invented.

pub(super) const WORKSPACE_NAME: &str = "Marrowstone Instruments";
pub(super) const MAIL_DOMAIN: &str = "marrowstone.example";

/// The owner and the admins, in order of index: display name, local part of the address.
pub(super) const LEADERS: &[(&str, &str)] = &[
    ("Henrike Aldous", "henrike.aldous"),
    ("Tobias Renn", "tobias.renn"),
    ("Mei-Lin Okafor", "mei-lin.okafor"),
    ("Marrowstone Access Sync", "access-sync"),
];

pub(super) const GROUPS: &[&str] = &[
    "Engineering",
    "Ops / On-Call",
    "Приёмка 🚀",
    "Alumni",
    "=cmd|' /C calc'!A0",
    "<script>alert(\"groups\")</script>",
    "Finance & Legal",
    "研究開発",
    "Field Service: \"North\"",
];

pub(super) const PROJECTS: &[&str] = &[
    "Apollo",
    "Internal",
    "Customer portal",
    "Barometer 2.0",
    "Retired: Anemometer",
    "ISO 27001",
    "Ärzte-App \"Puls\"",
    "Website; relaunch",
    "Trade fair 2026",
    "Hydrophone array",
    "現場調査",
    "Payroll\tmigration",
];
