//! The rules that requests are held against (appendix A of the protocol's description).
//!
//! Characters and bytes are told apart as the protocol tells them apart. Every breach names its field.

mod metadata;
mod requests;

use prost_types::Any;

pub(crate) use requests::{
    finish_task, get_task, get_tasks, heartbeat, hello, hello_remarks, upload_data, upload_eof,
    upload_metadata,
};

/// `Err` names the field and the rule.
pub(crate) type Check = Result<(), String>;

const MOST_ANNOTATIONS: usize = 16;

fn characters(field: &str, value: &str, least: usize, most: usize) -> Check {
    within(field, value.chars().count(), least, most, "characters")
}

fn bytes(field: &str, length: usize, least: usize, most: usize) -> Check {
    within(field, length, least, most, "bytes")
}

fn items(field: &str, count: usize, most: usize) -> Check {
    within(field, count, 0, most, "items")
}

fn within(field: &str, length: usize, least: usize, most: usize, unit: &str) -> Check {
    if (least..=most).contains(&length) {
        return Ok(());
    }
    Err(format!("{field}: {least} to {most} {unit} are wanted, and there are {length}"))
}

/// Bytes of a text that may be left out.
fn bytes_or_nothing(field: &str, value: &str, most: usize) -> Check {
    bytes(field, value.len(), 0, most)
}

fn host_id(field: &str, value: &str) -> Check {
    characters(field, value, 1, 256)
}

fn task_id(field: &str, value: &str) -> Check {
    if value.len() == 27 && value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(format!("{field}: 27 letters and digits are wanted, and it is {value:?}"))
}

fn annotations(field: &str, list: &[Any]) -> Check {
    items(field, list.len(), MOST_ANNOTATIONS)
}
