//! Commands as documents write them: no shell, only as much of one as it takes to see which program gets which words.

/// The name of the program.
pub(crate) const PROGRAM: &str = "baton-clockify";

/// Whether a block of a document is for a shell, by what it says it is. One that says nothing may be.
pub(crate) fn is_language(language: &str) -> bool {
    matches!(language, "" | "sh" | "bash" | "zsh" | "shell" | "console")
}

/// The words of each command in a text. Comments are left out, lines that go on are joined, quotes are taken off.
pub(crate) fn commands(text: &str) -> Vec<Vec<String>> {
    let text = text.replace("\\\n", " ");
    let mut commands = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => while letters.next_if(|letter| *letter != '\n').is_some() {},
            (None, '\n' | ';' | '|' | '&') => {
                words.extend(word.take());
                commands.push(std::mem::take(&mut words));
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    commands.push(words);
    commands.iter_mut().for_each(redirected);
    commands.retain(|words| !words.is_empty());
    commands
}

/// Takes away where output goes and input comes from.
fn redirected(words: &mut Vec<String>) {
    let is_arrow = |word: &String| matches!(word.as_str(), ">" | ">>" | "2>" | "<");
    while let Some(at) = words.iter().position(is_arrow) {
        words.drain(at..words.len().min(at + 2));
    }
}

/// What a command hands to the program, if it is the program that it runs: by its name, through cargo, or in a container.
pub(crate) fn ours(words: &[String]) -> Option<&[String]> {
    let start = words.iter().position(|word| !is_assignment(word) && word != "sudo" && word != "$")?;
    let words = &words[start..];
    let is_program =
        |word: &String| word.trim_end_matches(".exe").rsplit(['/', '\\']).next() == Some(PROGRAM);
    match words[0].as_str() {
        _ if is_program(&words[0]) => Some(&words[1..]),
        "cargo" if words.get(1).is_some_and(|word| word == "run") => {
            let end = words.iter().position(|word| word == "--");
            let (options, rest) = words.split_at(end.unwrap_or(words.len()));
            let package = options.windows(2).find(|pair| pair[0] == "-p" || pair[0] == "--package");
            let another = package.is_some_and(|pair| pair[1] != PROGRAM);
            let another = another || options.iter().any(|word| word == "--example" || word == "--bin");
            (!another).then(|| rest.get(1..).unwrap_or_default())
        }
        "docker" | "podman" | "kubectl" => {
            let in_container =
                |word: &String| (word.contains('/') && is_program(word)) || word.contains("/baton-clockify:");
            let program = words.iter().rposition(|word| !word.starts_with('-') && in_container(word))?;
            // What is only named is not run.
            words.iter().any(|word| word == "run" || word == "exec").then(|| &words[program + 1..])
        }
        _ => None,
    }
}

/// `NAME=value` before a command, or after `export`.
pub(crate) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        commands(text)
    }

    #[test]
    fn words_are_taken_apart_as_a_shell_does() {
        let text = "export A=b C='d e'   # why\nrun \\\n  --cron \"0 2 * * *\" x#y | less > /dev/null && next; # all\n";
        let expected: [&[&str]; 4] =
            [&["export", "A=b", "C=d e"], &["run", "--cron", "0 2 * * *", "x#y"], &["less"], &["next"]];
        assert_eq!(words(text), expected);
    }

    #[test]
    fn what_runs_the_program_is_told_from_what_names_it() {
        let ours_of = |text: &str| ours(&words(text)[0]).map(<[String]>::to_vec);
        for (text, expected) in [
            ("A=b baton-clockify users --admin", Some(vec!["users", "--admin"])),
            ("./target/release/baton-clockify", Some(vec![])),
            ("cargo run --release", Some(vec![])),
            ("cargo run --release -- demo --users 5", Some(vec!["demo", "--users", "5"])),
            ("cargo run -p in-memory -- a.c1z", None),
            ("cargo run -p clockify-api --example list_users", None),
            ("docker run --rm r.example/baton-clockify:0.1.0 users -f a", Some(vec!["users", "-f", "a"])),
            ("docker build --tag r.example/baton-clockify:0.1.0 .", None),
            ("docker compose exec baton-clockify /usr/local/bin/baton-clockify status", Some(vec!["status"])),
            ("kubectl create job --from=cronjob/baton-clockify baton-clockify-now", None),
            ("kubectl create secret generic baton-clockify --from-file=x", None),
            ("systemctl start baton-clockify.service", None),
        ] {
            let expected = expected.map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(ours_of(text), expected, "{text}");
        }
    }
}
