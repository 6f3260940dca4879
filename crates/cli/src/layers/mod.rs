//! Where the value of a flag comes from: the command line, else its variable (or a file that a variable names, for a secret),
//! else a credential of systemd's, else the configuration file, else the default.
//!
//! The command line is parsed twice. The first time every value is text, so that what is set can be looked up in all layers and
//! every wrong value be found, not only the first. The second time the other layers stand in for the defaults, and clap makes
//! the typed arguments.

mod file;
mod given;
mod secrets;
mod values;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, FromArgMatches};

use crate::args::{self, Cli};
use crate::failure::Failure;
use crate::problems::Problems;

pub(crate) use file::CONFIG_PATH;
pub(crate) use given::{Given, Layer};
pub(crate) use secrets::{CREDENTIALS_DIRECTORY, SECRETS, file_variable};

use file::ConfigFile;
use given::Setting;

/// The command line, with every layer in it.
pub(crate) struct Parsed {
    pub(crate) cli: Cli,
    pub(crate) given: Given,
    /// What is wrong so far. Where it is anything, `cli` has only what is right.
    pub(crate) problems: Problems,
    /// To be said once logging is set up.
    pub(crate) warnings: Vec<String>,
}

/// Why there is no command line to go on with.
pub(crate) enum Ended {
    /// What clap says: a flag that does not exist, or the help that was asked for.
    Usage(clap::Error),
    /// What is wrong with values, for a command that looks at nothing else.
    Wrong(Failure),
}

/// A variable that is set to something: templates make an empty one of a value nobody gave.
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Reads all layers.
///
/// # Errors
/// See [`Ended`].
pub(crate) fn parse() -> Result<Parsed, Ended> {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let declared = args::command();
    let texts = each_argument(declared.clone(), &|argument| {
        argument
            .env(None::<&'static str>)
            .default_value(None::<&'static str>)
            .value_parser(ValueParser::os_string())
    });
    let matches = match texts.try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return Err(Ended::Usage(usage(error, declared, &arguments))),
    };
    let mut layers = Layers::read(&declared, &matches);
    let chosen = matches.subcommand_name();
    let wrong_by_flag = layers.check();
    let Layers { given, wrong, sentences, hints, warnings, .. } = layers;
    let mut problems = Problems::new(given.origins());
    sentences.into_iter().for_each(|sentence| problems.sentence(sentence));
    wrong.iter().for_each(|(field, problem)| problems.wrong(field, problem));
    hints.into_iter().for_each(|hint| problems.hint(hint));

    let is_wrong = |field: &str| wrong.iter().any(|(name, _)| name == field);
    let stands_in =
        |field: &str, setting: &Setting| (setting.layer != Layer::Flag || wrong_by_flag) && !is_wrong(field);
    let defaults: BTreeMap<&str, &[OsString]> = given
        .0
        .iter()
        .filter(|(field, setting)| stands_in(field, setting))
        .map(|(_, setting)| (&*setting.variable, &*setting.values))
        .collect();
    let command = each_argument(declared, &|argument| {
        let values = variable_of(&argument).and_then(|name| defaults.get(&*name));
        let argument = argument.env(None::<&'static str>);
        match values {
            Some(values) => argument.default_values(values.iter()),
            None => argument,
        }
    });
    // What clap would refuse is left out, to find what else is wrong.
    let arguments = match (wrong_by_flag, chosen) {
        (false, _) => arguments,
        (true, None) => vec![args::NAME.into()],
        (true, Some(name)) if args::asks_clockify(Some(name)) => vec![args::NAME.into(), name.into()],
        (true, Some(_)) => return Err(Ended::Wrong(problems.into_failure())),
    };
    let cli = command
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .map_err(Ended::Usage)?;
    Ok(Parsed { cli, given, problems, warnings })
}

/// What clap says. Help is made of the command line as it is declared, so that it shows the program's own defaults, and neither
/// what is in a file nor a secret.
fn usage(error: clap::Error, declared: Command, arguments: &[OsString]) -> clap::Error {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help { declared.try_get_matches_from(arguments).err().unwrap_or(error) } else { error }
}

/// Changes every argument that has a variable: those are the ones that can be set in every layer.
fn each_argument(command: Command, change: &dyn Fn(Arg) -> Arg) -> Command {
    let command =
        command.mut_args(|argument| if argument.get_env().is_some() { change(argument) } else { argument });
    command.mut_subcommands(|command| each_argument(command, change))
}

fn variable_of(argument: &Arg) -> Option<String> {
    argument.get_env()?.to_str().map(str::to_owned)
}

/// The name in the configuration file: the variable's without its beginning, which is the flag's for all flags that are not a
/// command's own.
pub(crate) fn key_of(variable: &str) -> String {
    variable.strip_prefix("BATON_").unwrap_or(variable).to_lowercase().replace('_', "-")
}

/// The values in one text.
fn split(text: &OsStr, delimiter: Option<char>) -> Vec<OsString> {
    match (delimiter, text.to_str()) {
        (Some(delimiter), Some(text)) => text.split(delimiter).map(|value| value.trim().into()).collect(),
        _ => vec![text.to_owned()],
    }
}

/// What is found on the way through the layers.
struct Layers<'a> {
    file: Option<ConfigFile>,
    /// The arguments of the command at hand.
    arguments: Vec<&'a Arg>,
    given: Given,
    wrong: Vec<(String, String)>,
    sentences: Vec<String>,
    hints: Vec<&'static str>,
    warnings: Vec<String>,
}

impl<'a> Layers<'a> {
    fn read(declared: &'a Command, matches: &ArgMatches) -> Self {
        let mut warnings = Vec::new();
        let mut sentences = Vec::new();
        let mut hints = Vec::new();
        let file = file::read(&mut warnings).unwrap_or_else(|problem| {
            sentences.push(problem);
            hints
                .push("docs/configuration.md says what is in that file; BATON_CONFIG_PATH names another one");
            None
        });
        let mut layers = Self {
            file,
            arguments: Vec::new(),
            given: Given::default(),
            wrong: Vec::new(),
            sentences,
            hints,
            warnings,
        };
        let secrets_matter = args::asks_clockify(matches.subcommand_name());
        let (mut command, mut matches) = (Some(declared), Some(matches));
        while let (Some(here), Some(found)) = (command, matches) {
            for argument in here.get_arguments().filter(|argument| argument.get_env().is_some()) {
                layers.look(argument, found, secrets_matter);
            }
            command = found.subcommand_name().and_then(|name| here.find_subcommand(name));
            matches = found.subcommand().map(|(_, below)| below);
        }
        layers.tell_of_unknown(declared);
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
                    self.wrong.push((field.to_owned(), problem));
                    Some(set(Layer::Variable, vec![variable.clone().into()]))
                }
            }
        } else {
            environment(&variable)
                .map(|text| set(Layer::Variable, split(&text, argument.get_value_delimiter())))
        };
        let found = found.or_else(|| {
            let values = self.by_file(field, &variable, argument.get_value_delimiter())?;
            Some(set(Layer::File(self.file.as_ref()?.path.clone()), values))
        });
        if let Some(found) = found.filter(|found| !found.values.iter().all(|value| value.is_empty())) {
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

    fn by_file(&mut self, field: &str, variable: &str, delimiter: Option<char>) -> Option<Vec<OsString>> {
        let file = self.file.as_ref()?;
        let entry = file.entries.get(&key_of(variable))?;
        match entry.value.values(delimiter) {
            Ok(values) => Some(values),
            Err(problem) => {
                let place = format!("{}, line {}", file.path.display(), entry.line);
                self.wrong.push((field.to_owned(), format!("{problem} ({place})")));
                None
            }
        }
    }

    /// Warns of names in the configuration file that no command knows, and of secrets in it that others can read.
    fn tell_of_unknown(&mut self, declared: &Command) {
        let Some(file) = &self.file else { return };
        let known = keys(declared);
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
    fn check(&mut self) -> bool {
        let mut by_flag = false;
        for argument in &self.arguments {
            let Some((field, setting)) =
                argument.get_long().and_then(|field| Some((field, self.given.0.get(field)?)))
            else {
                continue;
            };
            if let Err(problem) = values::check(argument, &setting.values) {
                by_flag |= setting.layer == Layer::Flag;
                self.wrong.push((field.to_owned(), problem));
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

/// All names that a configuration file may hold.
pub(crate) fn keys(command: &Command) -> Vec<String> {
    let mut names: Vec<_> =
        command.get_arguments().filter_map(variable_of).map(|name| key_of(&name)).collect();
    for below in command.get_subcommands() {
        names.extend(keys(below));
    }
    names.sort_unstable();
    names.dedup();
    names
}
