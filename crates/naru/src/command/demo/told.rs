//! The example history as it is told in `assets/demo.story`: devices, cases, what stands in forms, and a line for each thing that somebody does.

use anyhow::{Context, Result, bail};
use jiff::civil::Time;
use std::collections::BTreeMap;

/// Everything that the demo tells.
#[derive(Debug, Default)]
pub(super) struct Told<'a> {
    /// The devices, in the order in which they are registered.
    pub(super) devices: Vec<Device<'a>>,
    /// The cases, by the word that the story has for each.
    pub(super) cases: BTreeMap<&'a str, Case<'a>>,
    /// Answers to forms: the field and what is written into it.
    pub(super) forms: BTreeMap<&'a str, Vec<(&'a str, &'a str)>>,
    /// What happens, in the order in which it is told.
    pub(super) lines: Vec<Line<'a>>,
}

/// A device, and whoever registers it.
#[derive(Debug)]
pub(super) struct Device<'a> {
    pub(super) model: &'a str,
    pub(super) who: &'a str,
    pub(super) ko: &'a str,
    pub(super) en: &'a str,
    pub(super) class: &'a str,
    pub(super) intended_use: &'a str,
    pub(super) document: &'a str,
}

/// Which device goes along which pathway, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case<'a> {
    pub(super) model: &'a str,
    pub(super) hospital: &'a str,
    pub(super) pathway: &'a str,
    pub(super) title: &'a str,
}

/// One thing that somebody does.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// The line itself, for whoever has to mend it.
    pub(super) text: &'a str,
    pub(super) case: &'a str,
    /// So many working days before today.
    pub(super) days_ago: u16,
    pub(super) time: Time,
    pub(super) who: &'a str,
    /// What is done, and to which stage.
    pub(super) act: Vec<&'a str>,
    /// What is said with it.
    pub(super) said: Vec<&'a str>,
}

/// Reads a story.
pub(super) fn read(story: &str) -> Result<Told<'_>> {
    let mut told = Told::default();
    let (mut form, mut case) = ("", "");
    for text in story.lines() {
        if text.trim().is_empty() || text.starts_with('#') {
            continue;
        }
        let line = || format!("the example data do not understand `{text}`");
        if text.starts_with(' ') {
            let answer = text.split_once('=').with_context(line)?;
            let answers = told.forms.get_mut(form).with_context(line)?;
            answers.push((answer.0.trim(), answer.1.trim()));
            continue;
        }
        let parts: Vec<&str> = text.split('|').map(str::trim).collect();
        let (first, said) = parts.split_first().with_context(line)?;
        let words: Vec<&str> = first.split_whitespace().collect();
        match (words.as_slice(), said) {
            (&["form", name], &[]) => {
                form = name;
                told.forms.insert(name, Vec::new());
            }
            (&["device", model], &[who, ko, en, class, intended_use, document]) => {
                told.devices.push(Device {
                    model,
                    who,
                    ko,
                    en,
                    class,
                    intended_use,
                    document,
                });
            }
            (&["case", name], &[model, hospital, pathway, title]) => {
                case = name;
                let known = Case {
                    model,
                    hospital,
                    pathway,
                    title,
                };
                told.cases.insert(name, known);
            }
            (&[days_ago, time, ..], &[act, ref said @ ..]) => {
                let (_, who) = first.split_once(time).with_context(line)?;
                told.lines.push(Line {
                    text,
                    case,
                    days_ago: days_ago.parse().with_context(line)?,
                    time: format!("{time}:00").parse().with_context(line)?,
                    who: who.trim(),
                    act: act.split_whitespace().collect(),
                    said: said.to_vec(),
                });
            }
            _ => bail!(line()),
        }
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_when_who_and_what() {
        let told = read("form f\n  a = b = c\ncase x | M | H | p | T\n12 09:30 Kim Haneul | return triage to intake | one | two").unwrap();
        assert_eq!(told.forms["f"], [("a", "b = c")]);
        let line = &told.lines[0];
        assert_eq!(
            (line.days_ago, line.case, line.who),
            (12, "x", "Kim Haneul")
        );
        assert_eq!(line.act, ["return", "triage", "to", "intake"]);
        assert_eq!(line.said, ["one", "two"]);
        assert_eq!(line.time, jiff::civil::time(9, 30, 0, 0));
    }

    #[test]
    fn a_line_that_means_nothing_is_named() {
        let problem = read("nobody knows").unwrap_err().to_string();
        assert!(problem.contains("nobody knows"), "{problem}");
    }
}
