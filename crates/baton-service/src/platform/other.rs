//! Systems without `uname`.

use super::Machine;

pub(crate) fn machine() -> Machine {
    Machine {
        // Windows names the machine there, and child processes inherit it.
        hostname: std::env::var("COMPUTERNAME").unwrap_or_default(),
        platform: std::env::consts::OS.to_owned(),
        platform_family: std::env::consts::FAMILY.to_owned(),
        kernel_arch: std::env::consts::ARCH.to_owned(),
        ..Machine::default()
    }
}
