//! Problems of a pathway file: where, what is wrong, what to write instead.

use super::width::text_width;
use super::wrong::Wrong;
use crate::Locale;
use std::fmt::Write;
use std::ops::Range;

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The name of the file, as the caller gave it.
    pub file: String,
    /// The bytes it is about.
    pub span: Range<usize>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The piece of text it is about, at most one line.
    pub piece: String,
    /// What is wrong.
    pub wrong: Wrong,
}

impl Problem {
    /// The stable code of the mistake.
    pub fn code(&self) -> &'static str {
        self.wrong.code()
    }

    /// What is wrong, in one language.
    pub fn message(&self, locale: Locale) -> String {
        self.wrong.message(locale)
    }

    /// What to write instead, in one language.
    pub fn help(&self, locale: Locale) -> String {
        self.wrong.help(locale)
    }
}

/// Problems as they are found.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<(Range<usize>, Wrong)>,
}

/// More than this many problems are only counted.
const SHOWN_MAX: usize = 100;

impl Problems {
    /// Notes one.
    pub(super) fn add(&mut self, span: &Range<usize>, wrong: Wrong) {
        self.found.push((span.clone(), wrong));
    }

    /// Whether there is none so far.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// In the order of the file, each with its line and piece.
    pub(super) fn in_file(mut self, file: &str, text: &str) -> Vec<Problem> {
        self.found
            .sort_by(|(a, x), (b, y)| (a.start, a.end, x).cmp(&(b.start, b.end, y)));
        self.found.dedup();
        let more = self.found.len().saturating_sub(SHOWN_MAX);
        if more != 0 {
            self.found.truncate(SHOWN_MAX);
            self.found
                .push((text.len()..text.len(), Wrong::TooMany { more }));
        }
        let lines = Lines::of(text);
        self.found
            .into_iter()
            .map(|(span, wrong)| {
                let (line, column) = lines.position(span.start);
                let piece = lines.piece(&span);
                Problem {
                    file: file.to_owned(),
                    span,
                    line,
                    column,
                    piece,
                    wrong,
                }
            })
            .collect()
    }
}

/// Where lines begin.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// The lines of a text.
    pub(super) fn of(text: &'a str) -> Self {
        let after_newline = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after_newline).collect(),
        }
    }

    /// The line and column of a byte, both from 1.
    pub(super) fn position(&self, at: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..at)
            .map_or(0, |before| before.chars().count())
            + 1;
        (
            u32::try_from(line).unwrap_or(u32::MAX),
            u32::try_from(column).unwrap_or(u32::MAX),
        )
    }

    fn piece(&self, span: &Range<usize>) -> String {
        let piece = self.text.get(span.clone()).unwrap_or("");
        let line = piece.lines().next().unwrap_or("").trim_end();
        printable(&line.chars().take(120).collect::<String>())
    }
}

fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect()
}

/// The problems as plain text: file, line, the piece underlined, and what to write instead.
pub fn render(problems: &[Problem], source: &str, locale: Locale) -> String {
    let mut out = String::new();
    for problem in problems {
        render_one(&mut out, problem, source, locale);
    }
    let count = problems.len();
    let file = problems.first().map_or("", |problem| problem.file.as_str());
    let last = match (locale, count) {
        (_, 0) => return out,
        (Locale::En, 1) => format!("{file}: 1 problem\n"),
        (Locale::En, _) => format!("{file}: {count} problems\n"),
        (Locale::Ko, _) => format!("{file}: 문제 {count}건\n"),
    };
    out.push_str(&last);
    out
}

fn render_one(out: &mut String, problem: &Problem, source: &str, locale: Locale) {
    let Problem {
        file,
        line,
        column,
        piece,
        ..
    } = problem;
    let help_word = match locale {
        Locale::En => "help",
        Locale::Ko => "도움말",
    };
    let shown = usize::try_from(*line)
        .ok()
        .and_then(|line| source.split('\n').nth(line.saturating_sub(1)))
        .unwrap_or("");
    let shown = printable(shown.trim_end());
    let before: String = shown
        .chars()
        .take(usize::try_from(*column).unwrap_or(1).saturating_sub(1))
        .collect();
    let cut: String = shown.chars().take(160).collect();
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let pad = " ".repeat(text_width(&before).min(160));
    let mark = "^".repeat(text_width(piece).clamp(1, 160));
    let message = problem.message(locale);
    let help = problem.help(locale);
    let code = problem.code();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{file}:{line}:{column}: [{code}] {message}\n{margin} |\n{number} | {cut}\n{margin} | {pad}{mark}\n{margin} = {help_word}: {help}\n"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_in_characters_from_one() {
        let lines = Lines::of("가나 = 1\r\nb");
        assert_eq!(lines.position(0), (1, 1));
        assert_eq!(lines.position(3), (1, 2));
        assert_eq!(lines.position(12), (2, 1));
        assert_eq!(lines.position(13), (2, 2));
    }

    #[test]
    fn the_mark_stands_under_the_piece_also_after_hangul() {
        let text = "a = \"가나다\" x";
        let mut problems = Problems::default();
        problems.add(&(16..17), Wrong::EmptyText);
        let shown = render(&problems.in_file("f", text), text, Locale::En);
        insta::assert_snapshot!(shown, @r#"
        f:1:11: [empty-text] the text is empty
          |
        1 | a = "가나다" x
          |              ^
          = help: write what people should read here

        f: 1 problem
        "#);
    }
}
