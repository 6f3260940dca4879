//! Which instance this is, and on what machine: part of every request to C1.

use baton_proto::c1::connectorapi::baton::v1::baton_service_hello_request::OsInfo;

use crate::platform;

/// The longest text that C1 takes here, in characters.
const MAX: usize = 256;

/// An instance of the connector.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Its id; every instance that shares a credential needs its own.
    pub host_id: String,
    /// The machine.
    pub os: OsInfo,
}

impl Identity {
    /// This instance. The id is what the user set, the machine's name, or the connector's.
    pub fn here(set: Option<&str>, connector: &str) -> Self {
        let machine = platform::machine();
        let host_id = [set.unwrap_or_default(), &machine.hostname, connector]
            .into_iter()
            .map(str::trim)
            .find(|id| !id.is_empty())
            .unwrap_or("connector");
        let os = OsInfo {
            hostname: known(&machine.hostname),
            os: known(std::env::consts::OS),
            platform: known(&machine.platform),
            platform_version: known(&machine.platform_version),
            platform_family: known(&machine.platform_family),
            kernel_version: known(&machine.kernel_version),
            kernel_arch: known(&machine.kernel_arch),
            // Not found out: whoever reads it gains little, and the ways to tell are many and frail.
            virtualization_system: "none".to_owned(),
        };
        Self { host_id: clip(host_id), os }
    }
}

/// C1 wants each of them said.
fn known(text: &str) -> String {
    let text = clip(text.trim());
    if text.is_empty() { "unknown".to_owned() } else { text }
}

fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_set_comes_first() {
        assert_eq!(Identity::here(Some(" replica-1 "), "us").host_id, "replica-1");
        assert_ne!(Identity::here(Some("  "), "us").host_id, "");
        assert_eq!(Identity::here(Some(&"x".repeat(300)), "us").host_id.len(), 256);
    }

    #[test]
    fn nothing_about_the_machine_is_left_empty() {
        let os = Identity::here(None, "us").os;
        let all = [
            os.hostname,
            os.os,
            os.platform,
            os.platform_version,
            os.platform_family,
            os.kernel_version,
            os.kernel_arch,
            os.virtualization_system,
        ];
        assert!(all.iter().all(|text| !text.is_empty()), "{all:?}");
    }
}
