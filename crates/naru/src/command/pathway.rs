//! `naru pathway`: check a file, draw it, try it out.

use crate::output::{complain, say};
use anyhow::{Context, Result};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use naru_domain::Locale;
use naru_domain::pathway::{PathwayHash, check_bytes, draw, json_schema, render, simulate};
use naru_store::Reference;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Check, draw or try out a pathway file.
#[derive(Debug, Subcommand)]
pub(crate) enum Pathway {
    /// Report every problem of a file, with its line and what to write instead
    Check(File),
    /// Print the pathway as an SVG drawing
    Draw(File),
    /// Play the pathway from opening to completion with a clock that jumps
    Simulate(Simulate),
    /// Print the JSON Schema that gives editors completion
    Schema,
}

/// A pathway file.
#[derive(Debug, Args)]
pub(crate) struct File {
    /// The file
    file: PathBuf,
    /// The language of problems and titles
    #[arg(long, value_enum, default_value_t = Language::En)]
    locale: Language,
}

/// A pathway file and the day to start on.
#[derive(Debug, Args)]
pub(crate) struct Simulate {
    #[command(flatten)]
    file: File,
    /// The day the case is opened
    #[arg(long, default_value = "2026-03-03")]
    from: Date,
}

/// A language.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    En,
    Ko,
}

impl From<Language> for Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Ko => Self::Ko,
        }
    }
}

impl Pathway {
    /// Does it.
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let reference = Reference::shipped()?;
        match self {
            Self::Schema => say(serde_json::to_string_pretty(&json_schema())?),
            Self::Check(file) => {
                let Some((hash, pathway)) = file.checked(&reference)? else {
                    return Ok(ExitCode::FAILURE);
                };
                say(format_args!(
                    "{}: {} version {}, {} stages, {hash}",
                    file.file.display(),
                    pathway.id,
                    pathway.version,
                    pathway.stages.len()
                ));
            }
            Self::Draw(file) => {
                let Some((_, pathway)) = file.checked(&reference)? else {
                    return Ok(ExitCode::FAILURE);
                };
                say(draw(&pathway));
            }
            Self::Simulate(Simulate { file, from }) => {
                let Some((hash, pathway)) = file.checked(&reference)? else {
                    return Ok(ExitCode::FAILURE);
                };
                let start = reference
                    .calendars
                    .get(&pathway.calendar)
                    .map_or(Timestamp::UNIX_EPOCH, |calendar| calendar.opening(*from));
                say(simulate(
                    &pathway,
                    &hash,
                    &reference.calendars,
                    &reference.questionnaires,
                    start,
                )
                .text(file.locale.into())
                .trim_end());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl File {
    /// The pathway, or nothing once its problems have been told.
    fn checked(
        &self,
        reference: &Reference,
    ) -> Result<Option<(PathwayHash, naru_domain::pathway::Pathway)>> {
        let bytes = std::fs::read(&self.file)
            .with_context(|| format!("cannot read `{}`", self.file.display()))?;
        let name = self.file.file_name().map_or_else(
            || self.file.display().to_string(),
            |name| Path::new(name).display().to_string(),
        );
        let questionnaires: BTreeSet<String> = reference
            .questionnaires
            .all()
            .map(|questionnaire| questionnaire.id.clone())
            .collect();
        match check_bytes(&name, &bytes, &reference.calendars, &questionnaires) {
            Ok(checked) => Ok(Some(checked)),
            Err(problems) => {
                complain(render(
                    &problems,
                    &String::from_utf8_lossy(&bytes),
                    self.locale.into(),
                ));
                Ok(None)
            }
        }
    }
}
