//! Variables that belong together: with one of them missing, a store would look for credentials of the machine instead, and fail
//! with words about those.

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey as Aws};
use object_store::azure::{AzureConfigKey as Azure, MicrosoftAzureBuilder};

/// The variable that is set, and what is missing.
type Half = (&'static str, &'static str);

const KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const ACCOUNT: &str = "AZURE_STORAGE_ACCOUNT";

/// What is missing of Amazon's variables.
pub(crate) fn of_aws(store: &AmazonS3Builder) -> Option<Half> {
    let is_set = |key: Aws| store.get_config_value(&key).is_some();
    if store.get_config_value(&Aws::SkipSignature).is_some_and(|skip| skip != "false") {
        return None;
    }
    match (is_set(Aws::AccessKeyId), is_set(Aws::SecretAccessKey)) {
        (true, false) => Some((KEY, SECRET)),
        (false, true) => Some((SECRET, KEY)),
        (false, false) if is_set(Aws::Token) => Some(("AWS_SESSION_TOKEN", KEY)),
        (false, false) if is_set(Aws::WebIdentityTokenFile) && !is_set(Aws::RoleArn) => {
            Some(("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"))
        }
        (true, true) | (false, false) => None,
    }
}

/// What is missing of Azure's variables. A client id alone chooses among the identities of a machine, and a tenant id alone says
/// nothing.
pub(crate) fn of_azure(store: &MicrosoftAzureBuilder) -> Option<Half> {
    let is_set = |key: Azure| store.get_config_value(&key).is_some();
    if store.get_config_value(&Azure::UseEmulator).is_some_and(|emulator| emulator != "false") {
        return None;
    }
    let with = |(key, name): (Azure, &'static str)| is_set(key).then_some(name);
    let account = [
        (Azure::AccessKey, "AZURE_STORAGE_KEY"),
        (Azure::SasKey, "AZURE_STORAGE_SAS_TOKEN"),
        (Azure::ClientSecret, "AZURE_CLIENT_SECRET"),
        (Azure::FederatedTokenFile, "AZURE_FEDERATED_TOKEN_FILE"),
    ];
    let proof = account.into_iter().find_map(with);
    if let Some(proof) = proof.filter(|_| !is_set(Azure::AccountName)) {
        return Some((proof, ACCOUNT));
    }
    if is_set(Azure::AccessKey) || is_set(Azure::SasKey) {
        return None;
    }
    let proof = proof?;
    [(Azure::ClientId, "AZURE_CLIENT_ID"), (Azure::AuthorityId, "AZURE_TENANT_ID")]
        .into_iter()
        .find(|(key, _)| store.get_config_value(key).is_none())
        .map(|(_, missing)| (proof, missing))
}
