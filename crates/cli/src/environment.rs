//! Every environment variable that the program reads, in one list: those of flags, which clap declares, and the others.
//!
//! Of the variables of clouds it has those that documents and hints speak of. The crate that speaks to stores knows more of
//! them, all with the same beginnings, for stores that need something special.

use crate::{args, layers, temporary};

/// A variable, and what it is for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) purpose: String,
}

/// Variables that are no flag's.
const OTHERS: [(&str, &str); 15] = [
    (layers::CONFIG_PATH, "configuration file, .yaml or .yml"),
    (layers::CREDENTIALS_DIRECTORY, "folder of systemd's credentials, which systemd sets"),
    (temporary::VARIABLE, "folder for decoded copies, when --c1z-temp-dir is not given"),
    ("BATON_DECODER_MAX_DECODED_SIZE_MB", "largest c1z that is read, decoded, in megabytes"),
    ("BATON_DECODER_MAX_MEMORY_MB", "memory for decoding a c1z, in megabytes"),
    (
        "STATE_DIRECTORY",
        "where service mode keeps unfinished syncs when --data-dir is not given, which systemd sets",
    ),
    ("SSL_CERT_FILE", "file of root certificates, besides the system's"),
    ("SSL_CERT_DIR", "folder of root certificates, instead of the system's"),
    ("HTTPS_PROXY", "proxy to servers that are spoken to over https, https_proxy as well"),
    ("HTTP_PROXY", "proxy to servers that are spoken to over http, http_proxy as well"),
    ("ALL_PROXY", "proxy to all servers, all_proxy as well"),
    ("NO_PROXY", "hosts that are reached without a proxy, no_proxy as well"),
    ("TMPDIR", "the system's folder for temporary files"),
    ("TZ", "time zone of schedules and of times on a terminal"),
    ("NO_PROGRESS", "no progress line on a terminal, when set"),
];

/// Variables of object stores, with the names that each cloud's own tools have given them.
const STORES: [(&str, &str); 23] = [
    ("AWS_ACCESS_KEY_ID", "credentials for S3, with AWS_SECRET_ACCESS_KEY"),
    ("AWS_SECRET_ACCESS_KEY", "credentials for S3, with AWS_ACCESS_KEY_ID"),
    ("AWS_SESSION_TOKEN", "credentials for S3, if they are temporary"),
    ("AWS_REGION", "region of a bucket in S3"),
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "role for S3: the token, with AWS_ROLE_ARN"),
    ("AWS_ROLE_ARN", "role for S3: its name, with AWS_WEB_IDENTITY_TOKEN_FILE"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "role for S3 of a container, which its platform sets"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "role for S3 of a container, which its platform sets"),
    ("AWS_EC2_METADATA_DISABLED", "whether not to ask for the role for S3 of the machine"),
    ("AWS_ENDPOINT_URL", "another store than Amazon's that speaks as S3 does"),
    ("AWS_ALLOW_HTTP", "whether another store than Amazon's may be spoken to without encryption"),
    ("AWS_CONDITIONAL_PUT", "disabled, for a store like S3 that refuses to write on conditions"),
    ("AWS_SKIP_SIGNATURE", "whether a bucket in S3 is open to everybody"),
    ("GOOGLE_APPLICATION_CREDENTIALS", "file with credentials for Google Cloud Storage"),
    ("STORAGE_EMULATOR_HOST", "an emulator in place of Google Cloud Storage, without credentials"),
    ("AZURE_STORAGE_CONNECTION_STRING", "account and credentials for Azure Blob Storage in one"),
    ("AZURE_STORAGE_ACCOUNT", "account in Azure Blob Storage"),
    ("AZURE_STORAGE_KEY", "credentials for Azure Blob Storage: the account's key"),
    ("AZURE_STORAGE_SAS_TOKEN", "credentials for Azure Blob Storage: a shared access signature"),
    ("AZURE_TENANT_ID", "credentials for Azure Blob Storage: the tenant, with AZURE_CLIENT_ID"),
    ("AZURE_CLIENT_ID", "credentials for Azure Blob Storage: the application"),
    ("AZURE_CLIENT_SECRET", "credentials for Azure Blob Storage: the application's secret"),
    ("AZURE_FEDERATED_TOKEN_FILE", "credentials for Azure Blob Storage: a token in place of the secret"),
];

/// All of them, sorted by name.
pub(crate) fn variables() -> Vec<Variable> {
    let mut all: Vec<_> = OTHERS
        .iter()
        .chain(&STORES)
        .map(|(name, purpose)| Variable { name: (*name).to_owned(), purpose: (*purpose).to_owned() })
        .collect();
    collect(&args::command(), &mut all);
    all.sort();
    all.dedup_by(|one, other| one.name == other.name);
    all
}

fn collect(command: &clap::Command, all: &mut Vec<Variable>) {
    for argument in command.get_arguments() {
        let (Some(name), Some(flag)) = (argument.get_env(), argument.get_long()) else { continue };
        let name = name.to_string_lossy().into_owned();
        if layers::SECRETS.contains(&flag) {
            let purpose = format!("file that holds what --{flag} is");
            all.push(Variable { name: layers::file_variable(&name), purpose });
        }
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        all.push(Variable { name, purpose: help });
    }
    for below in command.get_subcommands() {
        collect(below, all);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const DOCUMENT: &str = include_str!("../../../docs/configuration.md");

    fn words(text: &str) -> BTreeSet<&str> {
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        text.split(|c| !is_name(c)).collect()
    }

    #[test]
    fn the_documentation_lists_each_and_no_other() {
        let known: BTreeSet<String> = variables().into_iter().map(|variable| variable.name).collect();
        let documented = words(DOCUMENT);
        let missing: Vec<_> = known.iter().filter(|name| !documented.contains(name.as_str())).collect();
        assert!(missing.is_empty(), "not in docs/configuration.md: {missing:?}");
        let unknown: Vec<_> = documented
            .iter()
            .filter(|word| word.starts_with("BATON_") && word.len() > 6 && !known.contains(**word))
            .collect();
        assert!(unknown.is_empty(), "only in docs/configuration.md: {unknown:?}");
    }

    #[test]
    fn secrets_are_flags_whose_values_help_does_not_show() {
        let command = args::command();
        for secret in layers::SECRETS {
            let flag = command.get_arguments().find(|argument| argument.get_long() == Some(secret)).unwrap();
            assert!(flag.is_hide_env_values_set(), "{secret}");
        }
    }

    #[test]
    fn a_variable_is_named_after_its_flag_or_its_command_and_flag() {
        let command = args::command();
        for argument in command.get_arguments().filter(|argument| argument.get_env().is_some()) {
            let name = argument.get_env().unwrap().to_str().unwrap();
            assert_eq!(Some(layers::key_of(name).as_str()), argument.get_long());
        }
        for below in command.get_subcommands() {
            for argument in below.get_arguments().filter(|argument| argument.get_env().is_some()) {
                let name = layers::key_of(argument.get_env().unwrap().to_str().unwrap());
                let flag = argument.get_long().unwrap();
                let of_command = format!("{}-{flag}", below.get_name());
                assert!(name == flag || name == of_command, "{name} is {flag} of {}", below.get_name());
            }
        }
    }
}
