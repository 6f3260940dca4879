//! A Markdown document, taken apart: its code, its links, and what can be linked to in it.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// What the rules look at.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) code: Vec<Code>,
    /// What is not code, piece by piece.
    pub(super) prose: Vec<Code>,
    pub(super) links: Vec<Link>,
    /// Names of the headings, as addresses have them.
    pub(super) anchors: BTreeSet<String>,
}

/// A block, or a piece of a line.
#[derive(Debug)]
pub(crate) struct Code {
    pub(super) line: usize,
    /// What a block says it is; none for a piece in a line.
    pub(crate) language: Option<String>,
    pub(crate) text: String,
}

/// A link to somewhere.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) line: usize,
    pub(super) target: String,
}

impl Document {
    pub(crate) fn read(text: &str) -> Self {
        let mut document = Self::default();
        let mut repeated: BTreeMap<String, usize> = BTreeMap::new();
        let mut heading: Option<String> = None;
        let mut block: Option<Code> = None;
        for (event, place) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
            let line = text[..place.start].matches('\n').count() + 1;
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(language) => language.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    block = Some(Code { line, language: Some(language), text: String::new() });
                }
                Event::End(TagEnd::CodeBlock) => document.code.extend(block.take()),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    document.links.push(Link { line, target: dest_url.to_string() });
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap_or_default());
                    let count = repeated.entry(anchor.clone()).or_default();
                    document.anchors.insert(if *count == 0 { anchor } else { format!("{anchor}-{count}") });
                    *count += 1;
                }
                Event::Code(code) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&code);
                    }
                    document.code.push(Code { line, language: None, text: code.to_string() });
                }
                Event::Text(piece) => match (&mut block, &mut heading) {
                    (Some(block), _) => block.text.push_str(&piece),
                    (None, heading) => {
                        document.prose.push(Code { line, language: None, text: piece.to_string() });
                        if let Some(heading) = heading {
                            heading.push_str(&piece);
                        }
                    }
                },
                _ => {}
            }
        }
        document
    }
}

/// As GitHub makes them.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_taken_apart() {
        let document = Document::read(
            "# Try `it`, now!\n\nSee [this](a.md#b) and `x --y`.\n\n| a |\n|---|\n| `b\\|c` |\n\n```sh\nrun me\nagain\n```\n\n## Try it now\n",
        );
        let code: Vec<_> = document
            .code
            .iter()
            .map(|code| (code.line, code.language.as_deref(), code.text.as_str()))
            .collect();
        assert_eq!(
            code,
            [(1, None, "it"), (3, None, "x --y"), (7, None, "b|c"), (9, Some("sh"), "run me\nagain\n")]
        );
        let prose: Vec<_> = document.prose.iter().map(|piece| (piece.line, piece.text.as_str())).collect();
        assert!(prose.contains(&(1, ", now!")) && prose.contains(&(3, " and ")), "{prose:?}");
        assert_eq!((document.links[0].line, document.links[0].target.as_str()), (3, "a.md#b"));
        assert_eq!(document.anchors.into_iter().collect::<Vec<_>>(), ["try-it-now", "try-it-now-1"]);
    }
}
