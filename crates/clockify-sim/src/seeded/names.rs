//! Invented names from several scripts, each with the spelling that goes into an e-mail address.

use fastrand::Rng;

/// A name as people write it and as an address spells it.
type Spelled = (&'static str, &'static str);

const LATIN_FIRST: &[Spelled] = &[
    ("Amelia", "amelia"),
    ("Björn", "bjorn"),
    ("Chloé", "chloe"),
    ("Dario", "dario"),
    ("Eszter", "eszter"),
    ("Fionn", "fionn"),
    ("Greta", "greta"),
    ("Håkon", "hakon"),
    ("Inês", "ines"),
    ("Jürgen", "juergen"),
    ("Katarzyna", "katarzyna"),
    ("Łukasz", "lukasz"),
    ("Maël", "mael"),
    ("Ngozi", "ngozi"),
    ("Óscar", "oscar"),
    ("Priya", "priya"),
    ("Quentin", "quentin"),
    ("Renée", "renee"),
    ("Siobhán", "siobhan"),
    ("Tomás", "tomas"),
    ("Ümit", "umit"),
    ("Věra", "vera"),
    ("Wanjiru", "wanjiru"),
    ("Ximena", "ximena"),
    ("Yara", "yara"),
    ("Žofia", "zofia"),
];
const LATIN_LAST: &[Spelled] = &[
    ("Abernathy", "abernathy"),
    ("Bağcı", "bagci"),
    ("Castellanos", "castellanos"),
    ("D'Angelo", "dangelo"),
    ("Eklund", "eklund"),
    ("Fernández", "fernandez"),
    ("Grünwald", "gruenwald"),
    ("Hłasko", "hlasko"),
    ("Iyer", "iyer"),
    ("Jørgensen", "joergensen"),
    ("Kovačević", "kovacevic"),
    ("L’Écuyer", "lecuyer"),
    ("Mbeki-Lane", "mbeki-lane"),
    ("Nováková", "novakova"),
    ("O'Shaughnessy", "oshaughnessy"),
    ("Petersen", "petersen"),
    ("Quesada", "quesada"),
    ("Rößler", "roessler"),
    ("Søndergaard", "soendergaard"),
    ("Türkmen", "tuerkmen"),
    ("Urquhart", "urquhart"),
    ("van der Meer", "vandermeer"),
    ("Whitlock", "whitlock"),
    ("Yılmaz", "yilmaz"),
    ("Zieliński", "zielinski"),
];
const OTHER_SCRIPTS: &[Spelled] = &[
    ("Анна Соколова", "anna.sokolova"),
    ("Дмитро Ткаченко", "dmytro.tkachenko"),
    ("Ђорђе Илић", "djordje.ilic"),
    ("李 思敏", "simin.li"),
    ("佐藤 健一", "kenichi.sato"),
    ("김민준", "minjun.kim"),
    ("陳大文", "taiman.chan"),
    ("Ελένη Δημητρίου", "eleni.dimitriou"),
    ("ליאור כהן", "lior.cohen"),
    ("ياسمين حداد", "yasmin.haddad"),
    ("अनन्या शर्मा", "ananya.sharma"),
];
const EMOJI: &[&str] = &["🌊", "🦊", "🚲", "☕️", "👩‍💻"];

/// Draws a display name and the local part of an address. Names repeat, as they do in life; the caller makes the address
/// unique.
pub(super) fn draw(rng: &mut Rng) -> (String, String) {
    if rng.u8(0..8) == 0 {
        let (name, slug) = OTHER_SCRIPTS[rng.usize(..OTHER_SCRIPTS.len())];
        return (name.to_owned(), slug.to_owned());
    }
    let (first, first_slug) = LATIN_FIRST[rng.usize(..LATIN_FIRST.len())];
    let (last, last_slug) = LATIN_LAST[rng.usize(..LATIN_LAST.len())];
    let mut name = format!("{first} {last}");
    if rng.u8(0..25) == 0 {
        name.push(' ');
        name.push_str(EMOJI[rng.usize(..EMOJI.len())]);
    }
    (name, format!("{first_slug}.{last_slug}"))
}
