//! Takes the members out of a workspace while its body arrives: the list of 100,000 people is 25 MB of JSON, of which no
//! more is held than what is being decoded.
//!
//! What is left of the body is read as any other answer, with an empty array where the members were. Nothing is judged
//! here. From the first element on that ordinary decoding stops at, be it broken or only odd, everything stays in the body,
//! and a second list makes the first one count for nothing, as it does for who reads the whole.

mod cut;
#[cfg(test)]
mod tests;

use serde_json::Deserializer;
use serde_json::de::Read;

use crate::model::{Element, Members, Membership};

pub(super) use cut::Cut;

/// The key of the list, as it is usually written.
const KEY: &[u8] = br#""memberships""#;

/// The body of a workspace as far as it has arrived.
#[derive(Default)]
pub(super) struct Aside {
    /// The body without what was taken out of it.
    kept: Vec<u8>,
    /// How far that was looked through.
    at: usize,
    stage: Stage,
    /// How many objects and arrays are open there.
    depth: usize,
    before: Before,
    /// Where the text begins that is open there.
    text: Option<usize>,
    /// Whether the key of the list was met.
    met: bool,
    /// What of the list has arrived and is not decoded yet.
    held: Vec<u8>,
    /// How long that has to be until decoding is tried again: a long element must not be read once per piece.
    enough: usize,
    taken: Taken,
    /// How many members there will be, as far as anybody knows.
    expected: usize,
}

/// The members that were taken out of a body.
#[derive(Default)]
pub(super) struct Taken {
    /// Those that could be read, and how many elements have another shape.
    pub(super) members: Members,
    /// The gap that they left.
    pub(super) cut: Cut,
}

#[derive(Clone, Copy, Default)]
enum Stage {
    /// Nothing but blanks has come.
    #[default]
    Start,
    /// In the object, and not in the list.
    Around,
    /// In the list.
    List,
    /// Where there is nothing more to find.
    Rest,
}

/// What comes before a place in the object itself.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Before {
    /// The beginning of the object, or a comma: a key follows.
    #[default]
    Comma,
    /// The key of the list.
    Key,
    /// The key of the list and a colon.
    Colon,
    Other,
}

/// What a look at an element shows.
enum Look {
    /// The element, and the place of what follows it: the next one, or the end of the list.
    Whole(Option<Membership>, usize),
    /// It has not arrived as a whole, with the beginning of what follows it.
    Part,
    /// Ordinary decoding does not get past it.
    Odd,
}

impl Aside {
    /// For a list of about so many members. Whatever there is, is taken.
    pub(super) fn expecting(members: usize) -> Self {
        Self { expected: members, ..Self::default() }
    }

    /// Takes the next piece of the body.
    pub(super) fn feed(&mut self, piece: &[u8]) {
        match self.stage {
            Stage::List => self.held.extend_from_slice(piece),
            Stage::Start | Stage::Around | Stage::Rest => self.kept.extend_from_slice(piece),
        }
        self.go_on();
    }

    /// What is left of the body, and what was taken out of it.
    pub(super) fn finish(mut self) -> (Vec<u8>, Taken) {
        self.enough = 0;
        self.go_on();
        // A body that ends in the list is cut off, and what is left of it shows that.
        self.kept.append(&mut self.held);
        (self.kept, self.taken)
    }

    fn go_on(&mut self) {
        loop {
            let moved = match self.stage {
                Stage::Start => self.begin(),
                Stage::Around => self.look_around(),
                Stage::List => self.decode(),
                Stage::Rest => false,
            };
            if !moved {
                return;
            }
        }
    }

    /// Looks for the object. True when another stage begins, as in the next two.
    fn begin(&mut self) -> bool {
        let Some(start) = after_blanks(&self.kept, self.at) else {
            self.at = self.kept.len();
            return false;
        };
        let is_object = self.kept[start] == b'{';
        (self.at, self.depth) = (start + 1, 1);
        self.stage = if is_object { Stage::Around } else { Stage::Rest };
        true
    }

    /// Looks for the list.
    fn look_around(&mut self) -> bool {
        while let Some(byte) = self.kept.get(self.at) {
            if let Some(start) = self.text {
                match byte {
                    // What is escaped has not come yet.
                    b'\\' if self.at + 1 == self.kept.len() => return false,
                    b'\\' => self.at += 2,
                    b'"' => {
                        self.at += 1;
                        self.text = None;
                        self.end_of_text(start);
                    }
                    _ => self.at += 1,
                }
                continue;
            }
            self.at += 1;
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => continue,
                b'"' => {
                    self.text = Some(self.at - 1);
                    continue;
                }
                b'[' if self.before == Before::Colon => {
                    self.held = self.kept.split_off(self.at);
                    self.taken.cut = Cut::at(self.at);
                    self.stage = Stage::List;
                    return true;
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            self.before = match byte {
                b',' => Before::Comma,
                b':' if self.before == Before::Key => Before::Colon,
                _ => Before::Other,
            };
            if self.depth == 0 {
                self.stage = Stage::Rest;
                return true;
            }
        }
        false
    }

    fn end_of_text(&mut self, start: usize) {
        let is_key = self.depth == 1 && self.before == Before::Comma;
        self.before = Before::Other;
        if !is_key || !is_the_key(&self.kept[start..self.at]) {
            return;
        }
        if self.met {
            // The last list counts, and it stays in the body.
            self.taken.members = Members::default();
        } else {
            self.met = true;
            self.before = Before::Key;
        }
    }

    /// Decodes what has arrived of the list, up to its end or to what ordinary decoding stops at.
    fn decode(&mut self) -> bool {
        if self.held.len() < self.enough {
            return false;
        }
        // Looked through for broken UTF-8 as a whole, the texts in it need not be looked at one by one.
        let text = str::from_utf8(&self.held);
        let (mut done, mut elements) = (0, 0);
        let over = loop {
            let Some(start) = after_blanks(&self.held, done) else { break false };
            let rest = &self.held[start..];
            if matches!(rest[0], b']' | b',') {
                break true;
            }
            let look = match text {
                Ok(text) => look(Deserializer::from_str(&text[start..]), rest),
                Err(_) => look(Deserializer::from_slice(rest), rest),
            };
            match look {
                Look::Whole(Some(member), length) => {
                    self.taken.members.expect(self.expected);
                    self.taken.members.push(member);
                    done = start + length;
                }
                Look::Whole(None, length) => {
                    self.taken.members.skip();
                    done = start + length;
                }
                Look::Part => break false,
                Look::Odd => break true,
            }
            elements += 1;
        };
        self.taken.cut.widen(&self.held[..done], elements);
        self.held.drain(..done);
        if over {
            self.kept.append(&mut self.held);
            (self.stage, self.depth, self.before) = (Stage::Around, 2, Before::Other);
        } else {
            self.enough = 2 * self.held.len();
        }
        over
    }
}

/// Reads the element that the bytes begin with. That it is whole shows only when the next one has begun, or the list has
/// ended: an element that is removed must not take a stray comma with it.
fn look<'a>(json: Deserializer<impl Read<'a>>, bytes: &[u8]) -> Look {
    let mut elements = json.into_iter::<Element<Membership>>();
    let member = match elements.next() {
        Some(Ok(Element(member))) => member,
        Some(Err(error)) if !error.is_eof() => return Look::Odd,
        Some(Err(_)) | None => return Look::Part,
    };
    let Some(end) = after_blanks(bytes, elements.byte_offset()) else { return Look::Part };
    match bytes[end] {
        b']' => Look::Whole(member, end),
        b',' => match after_blanks(bytes, end + 1) {
            None => Look::Part,
            Some(next) if matches!(bytes[next], b']' | b',') => Look::Odd,
            Some(next) => Look::Whole(member, next),
        },
        _ => Look::Odd,
    }
}

/// The place of the next byte that is no blank.
fn after_blanks(bytes: &[u8], from: usize) -> Option<usize> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let blanks = bytes.get(from..)?.iter().position(|byte| !is_blank(byte))?;
    Some(from + blanks)
}

/// Whether a key with its quotes is that of the list, however it is written.
fn is_the_key(key: &[u8]) -> bool {
    let is_escaped = || serde_json::from_slice::<String>(key).is_ok_and(|key| key == "memberships");
    key == KEY || (key.contains(&b'\\') && is_escaped())
}
