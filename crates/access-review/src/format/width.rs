//! How wide text is on a terminal, which is neither its bytes nor its characters.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many columns of a terminal a text takes: two for each ideograph and each emoji, however it is put together.
pub(crate) fn of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// A text that takes no more than so many columns, with an ellipsis where something is missing. Nothing is cut in the
/// middle of what a reader takes for one character.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if of(text) <= columns {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut used = 1;
    for grapheme in text.graphemes(true) {
        used += of(grapheme);
        if used > columns {
            break;
        }
        shown.push_str(grapheme);
    }
    // A space before the ellipsis says nothing.
    shown.truncate(shown.trim_end().len());
    shown.push('…');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ideographs_and_emoji_take_two_columns_and_marks_none() {
        for (text, columns) in [
            ("", 0),
            ("Ann", 3),
            ("Zoë", 3),
            ("Zoe\u{308}", 3),
            ("李 思敏", 7),
            ("🚀", 2),
            ("👩\u{200d}💻", 2),
            ("Ελένη", 5),
        ] {
            assert_eq!(of(text), columns, "{text}");
        }
    }

    #[test]
    fn a_cut_text_fits_and_says_that_it_is_cut() {
        for (text, columns, shown) in [
            ("Engineering", 11, "Engineering"),
            ("Engineering", 10, "Engineeri…"),
            ("Ann Lee", 5, "Ann…"),
            ("研究開発", 8, "研究開発"),
            ("研究開発", 7, "研究開…"),
            ("研究開発", 6, "研究…"),
            ("a👩\u{200d}💻b", 3, "a…"),
            ("ab", 1, "…"),
        ] {
            assert_eq!(cut(text, columns), shown, "{text} in {columns}");
        }
    }
}
