//! The way of each setting through the layers, and what is wrong with what is found there.

use std::ffi::{OsStr, OsString};

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use clockify_api::BaseUrl;

use super::file::{self, CONFIG_PATH, ConfigFile};
use super::given::{Given, Layer, Setting};
use super::secrets::{self, SECRETS};
use super::{environment, key_of, keys, split, values, variable_of};
use crate::args;
use crate::problems::Problems;

/// Whether a setting decides who is sent secrets or what was read, or who is believed, so that it must not come from a file
/// that merely lies in the folder where the program runs.
fn decides_who_is_trusted(field: &str, values: &[OsString]) -> bool {
    let texts = || values.iter().filter_map(|value| value.to_str()).filter(|text| !text.trim().is_empty());
    match field {
        "clockify-trusted-host" | "c1-api-host" | "ca-cert" | "otel-collector-endpoint" => {
            texts().next().is_some()
        }
        // Any other host outside of Clockify has to be named besides.
        "clockify-base-url" => texts().any(|text| BaseUrl::parse(text).is_ok_and(|url| url.is_loopback())),
        _ => false,
    }
}

/// What is found on the way through the layers.
pub(super) struct Layers<'a> {
    file: Option<ConfigFile>,
    /// The arguments of the command at hand.
    arguments: Vec<&'a Arg>,
    pub(super) given: Given,
    pub(super) problems: Problems,
    pub(super) warnings: Vec<String>,
}

impl<'a> Layers<'a> {
    pub(super) fn read(declared: &'a Command, matches: &ArgMatches) -> Self {
        let mut warnings = Vec::new();
        let mut problems = Problems::default();
        let file = file::read(&mut warnings).unwrap_or_else(|problem| {
            problems.sentence(problem);
            problems
                .hint("docs/configuration.md says what is in that file; BATON_CONFIG_PATH names another one");
            None
        });
        let mut layers = Self { file, arguments: Vec::new(), given: Given::default(), problems, warnings };
        let secrets_matter = args::asks_clockify(matches.subcommand_name());
        let (mut command, mut matches) = (Some(declared), Some(matches));
        while let (Some(here), Some(found)) = (command, matches) {
            for argument in here.get_arguments().filter(|argument| argument.get_env().is_some()) {
                layers.look(argument, found, secrets_matter);
            }
            command = found.subcommand_name().and_then(|name| here.find_subcommand(name));
            matches = found.subcommand().map(|(_, below)| below);
        }
        layers.tell_of_unknown();
        layers
    }

    /// Looks an argument up, layer by layer.
    fn look(&mut self, argument: &'a Arg, matches: &ArgMatches, secrets_matter: bool) {
        let (Some(field), Some(variable)) = (argument.get_long(), variable_of(argument)) else { return };
        if self.arguments.iter().any(|known| known.get_long() == Some(field)) {
            // A global one, at the level below.
            return;
        }
        self.arguments.push(argument);
        let is_switch = argument.get_num_args().is_some_and(|range| range.min_values() == 0);
        let set = |layer, values| Setting { layer, values, variable: variable.clone(), is_switch };
        let found = if let Some(values) = by_flag(argument, matches) {
            Some(set(Layer::Flag, values))
        } else if secrets::is_secret(field) {
            match self.secret(field, &variable, secrets_matter) {
                Ok(found) => found.map(|found| set(found.layer, vec![found.value])),
                Err(problem) => {
                    // It is set, and wrong, and not missing besides.
                    self.problems.wrong(field, problem);
                    Some(set(Layer::Variable, vec![variable.clone().into()]))
                }
            }
        } else {
            environment(&variable)
                .map(|text| set(Layer::Variable, split(&text, argument.get_value_delimiter())))
        };
        let found = found.or_else(|| {
            let delimiter = argument.get_value_delimiter();
            let values = self.by_file(field, &variable, delimiter, secrets_matter)?;
            Some(set(Layer::File(self.file.as_ref()?.path.clone()), values))
        });
        if let Some(found) = found.filter(|found| !found.values.iter().all(|value| value.is_empty())) {
            if let Some(origin) = found.layer.origin(&variable) {
                self.problems.comes_from(field, origin);
            }
            self.given.0.insert(field.to_owned(), found);
        }
    }

    /// The layers of a secret above the configuration file. What no command of this run sends anywhere is not read.
    fn secret(
        &mut self,
        field: &str,
        variable: &str,
        matters: bool,
    ) -> Result<Option<secrets::Found>, String> {
        let value = environment(variable);
        if matters {
            let file = secrets::by_variable(variable, value.is_some(), &mut self.warnings)?;
            if file.is_some() {
                return Ok(file);
            }
        }
        match value {
            Some(value) => Ok(Some(secrets::Found { layer: Layer::Variable, value })),
            None if matters => secrets::by_credential(field, variable),
            None => Ok(None),
        }
    }

    fn by_file(
        &mut self,
        field: &str,
        variable: &str,
        delimiter: Option<char>,
        secrets_matter: bool,
    ) -> Option<Vec<OsString>> {
        let file = self.file.as_ref()?;
        let entry = file.entries.get(&key_of(variable))?;
        match entry.value.values(delimiter) {
            Ok(values) if secrets_matter && !file.is_named && decides_who_is_trusted(field, &values) => {
                let problem = format!(
                    "who is sent keys and who is believed is not taken from {} (line {}), which may be anybody's: \
                     set {variable}, or name the file with {CONFIG_PATH}",
                    file.path.display(),
                    entry.line
                );
                self.problems.wrong(field, problem);
                None
            }
            Ok(values) => Some(values),
            Err(problem) => {
                let place = format!("{}, line {}", file.path.display(), entry.line);
                self.problems.wrong(field, format!("{problem} ({place})"));
                None
            }
        }
    }

    /// Warns of names in the configuration file that no command knows, and of secrets in it that others can read.
    fn tell_of_unknown(&mut self) {
        let Some(file) = &self.file else { return };
        let known = keys(&args::command());
        for (name, entry) in &file.entries {
            if known.contains(name) {
                continue;
            }
            let meant = file::meant(name, known.iter().map(String::as_str));
            let meant = meant.map(|name| format!(" Is it meant to be {name:?}?")).unwrap_or_default();
            let path = file.path.display();
            self.warnings.push(format!("{path}, line {}: there is no setting {name:?}.{meant}", entry.line));
        }
        if file.is_open && SECRETS.iter().any(|secret| file.entries.contains_key(*secret)) {
            self.warnings.push(secrets::open_to_others(&file.path));
        }
    }

    /// Tries every value; says whether a wrong one is on the command line.
    pub(super) fn check(&mut self) -> bool {
        let mut by_flag = false;
        for argument in &self.arguments {
            let Some((field, setting)) =
                argument.get_long().and_then(|field| Some((field, self.given.0.get(field)?)))
            else {
                continue;
            };
            if self.problems.is_wrong(field) {
                continue;
            }
            if let Err(problem) = values::check(argument, &setting.values) {
                by_flag |= setting.layer == Layer::Flag;
                self.problems.wrong(field, problem);
            }
        }
        by_flag
    }
}

fn by_flag(argument: &Arg, matches: &ArgMatches) -> Option<Vec<OsString>> {
    let id = argument.get_id().as_str();
    if matches.value_source(id) != Some(ValueSource::CommandLine) {
        return None;
    }
    Some(matches.get_raw(id)?.map(OsStr::to_owned).collect())
}
