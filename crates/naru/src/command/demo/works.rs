//! What people do in the studies, feedback rounds and consultations of the example history.

use super::acts::{Stage, by_letter, part};
use super::told::Line;
use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use naru_domain::consultation::{Audience, Consultation, ConsultationCommand};
use naru_domain::feedback::{Answer, Consent, FeedbackCommand, FeedbackRound, InvitedClinician};
use naru_domain::study::{Outcome, RootCause, Study, StudyCommand, TaskResult};
use naru_domain::{AccountId, Actor, AggregateId, Command, InvitationId, Locale, State, Who};
use std::collections::{BTreeMap, BTreeSet};

/// Carries out a line that is about the study, round or consultation `to`.
pub(super) async fn work(
    stage: &Stage<'_>,
    line: &Line<'_>,
    to: AggregateId,
    today: Date,
) -> Result<()> {
    let (actor, command) = match stage.state(to).await? {
        State::Study(study) => (
            stage.person(line.who)?,
            Command::Study(in_study(&study, line, today)?),
        ),
        State::FeedbackRound(round) => {
            let (actor, command) = in_round(stage, &round, line)?;
            (actor, Command::FeedbackRound(command))
        }
        State::Consultation(consultation) => {
            let actor = stage.person(line.who)?;
            let command = in_consultation(stage, &consultation, &actor, line)?;
            (actor, Command::Consultation(command))
        }
        State::Account(_) | State::Organization(_) | State::Device(_) | State::Case(_) => {
            bail!("no work of a stage")
        }
    };
    stage.seed.submit(actor, to, command).await?;
    Ok(())
}

fn in_study(study: &Study, line: &Line<'_>, today: Date) -> Result<StudyCommand> {
    match line.act.as_slice() {
        ["session", _] => session(study, line, today),
        ["close", _] => Ok(StudyCommand::Close {
            conclusion: part(line, 0)?.parse()?,
            residual_risk: None,
            short_sample_reason: None,
        }),
        other => bail!("`{}` means nothing to a study", other.join(" ")),
    }
}

/// A participant, the group, a letter for what came of each task with the seconds it took, and the ten answers of the usability scale.
fn session(study: &Study, line: &Line<'_>, today: Date) -> Result<StudyCommand> {
    let tasks = part(line, 2)?.split_whitespace();
    let result = |(task, word): (&naru_domain::pathway::StudyTask, &str)| -> Result<TaskResult> {
        let (letter, seconds) = word.split_at_checked(1).context("an outcome and seconds")?;
        let outcome = match letter {
            "S" => Outcome::Success,
            "D" => Outcome::SuccessWithDifficulty,
            "C" => Outcome::CloseCall,
            "E" => Outcome::UseError,
            "N" => Outcome::NotAttempted,
            other => bail!("`{other}` is no outcome"),
        };
        let noted = matches!(outcome, Outcome::CloseCall | Outcome::UseError);
        Ok(TaskResult {
            task: task.id.clone(),
            outcome,
            assisted: false,
            seconds: (!seconds.is_empty()).then(|| seconds.parse()).transpose()?,
            note: line
                .said
                .get(4)
                .filter(|_| noted)
                .map(|note| note.parse())
                .transpose()?,
            root_cause: noted.then_some(RootCause::UserInterface),
        })
    };
    let sus = part(line, 3)?
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .map(u8::try_from);
    Ok(StudyCommand::RecordSession {
        participant: part(line, 0)?.parse()?,
        group: part(line, 1)?.to_owned(),
        results: study
            .tasks
            .iter()
            .zip(tasks)
            .map(result)
            .collect::<Result<_>>()?,
        sus: Some(sus.collect::<Result<_, _>>()?),
        moderated_on: today,
    })
}

fn in_round(
    stage: &Stage<'_>,
    round: &FeedbackRound,
    line: &Line<'_>,
) -> Result<(Actor, FeedbackCommand)> {
    let command = match line.act.as_slice() {
        ["panel", _] => FeedbackCommand::Invite {
            invitations: line
                .said
                .iter()
                .map(|said| clinician(said))
                .collect::<Result<_>>()?,
        },
        ["answer", _] => {
            let email = line.who.strip_prefix("guest ").context("a guest answers")?;
            let invited = round
                .invitations
                .iter()
                .find(|(_, invited)| invited.clinician.email.as_str() == email);
            let invitation: InvitationId = *invited
                .with_context(|| format!("nobody was invited as `{email}`"))?
                .0;
            return Ok((
                by_letter(Who::Guest(invitation)),
                answer(stage, round, line)?,
            ));
        }
        ["close", _] => FeedbackCommand::Close {
            conclusion: part(line, 0)?.parse()?,
            short_reason: None,
        },
        other => bail!("`{}` means nothing to a round", other.join(" ")),
    };
    Ok((stage.person(line.who)?, command))
}

/// An address, a specialty, a site and a name, in this order and apart by commas.
fn clinician(said: &str) -> Result<InvitedClinician> {
    let mut parts = said.split(',').map(str::trim);
    let mut next = || parts.next().context("address, specialty, site, name");
    Ok(InvitedClinician {
        email: next()?.parse()?,
        specialty: Some(next()?.parse()?),
        site: next()?.parse()?,
        name: next()?.parse()?,
        locale: Locale::Ko,
    })
}

/// Six scores, how the device would be used, what works well and what should change.
fn answer(stage: &Stage<'_>, round: &FeedbackRound, line: &Line<'_>) -> Result<FeedbackCommand> {
    let questionnaire = stage
        .reference
        .questionnaires
        .get(&round.questionnaire)
        .context("no questionnaire")?;
    let scored = [
        "clinical_need",
        "fits_workflow",
        "supports_decisions",
        "safe_to_use",
        "ease_of_use",
        "recommend",
    ];
    let mut answers = BTreeMap::new();
    for (question, score) in scored.into_iter().zip(part(line, 0)?.split_whitespace()) {
        answers.insert(question.to_owned(), Answer::Score(score.parse()?));
    }
    answers.insert(
        "intended_use".to_owned(),
        Answer::Choice(part(line, 1)?.to_owned()),
    );
    for (question, said) in ["strengths", "improvements"]
        .into_iter()
        .zip(line.said.iter().skip(2))
    {
        if !said.is_empty() {
            answers.insert(question.to_owned(), Answer::Text(said.parse()?));
        }
    }
    let consent = Consent {
        version: questionnaire.consent.version.clone(),
        text_hash: questionnaire.consent_hash(Locale::Ko)?,
        locale: Locale::Ko,
    };
    Ok(FeedbackCommand::Answer { consent, answers })
}

fn in_consultation(
    stage: &Stage,
    consultation: &Consultation,
    actor: &Actor,
    line: &Line<'_>,
) -> Result<ConsultationCommand> {
    Ok(match line.act.as_slice() {
        ["note", _, "to", audience @ ..] => ConsultationCommand::AddNote {
            mentions: mentioned(stage, consultation, line)?,
            audience: audience
                .iter()
                .map(|side| self::side(side))
                .collect::<Result<_>>()?,
            text: part(line, 0)?.parse()?,
        },
        ["ask", _, "to", side] => ConsultationCommand::AskQuestion {
            to: self::side(side)?,
            text: part(line, 0)?.parse()?,
            due_on: None,
        },
        ["reply", _] => ConsultationCommand::AnswerQuestion {
            question: consultation
                .visible_questions(actor)
                .into_iter()
                .find(|question| question.is_waiting())
                .context("no question waits")?
                .id,
            text: part(line, 0)?.parse()?,
        },
        ["recommend", _] => ConsultationCommand::Close {
            recommendation: part(line, 0)?.parse()?,
            answers: line
                .said
                .iter()
                .skip(1)
                .map(|said| said.parse())
                .collect::<Result<_, _>>()?,
        },
        other => bail!("`{}` means nothing to a consultation", other.join(" ")),
    })
}

/// Whom a note calls, if the line names somebody after the note.
fn mentioned(
    stage: &Stage,
    consultation: &Consultation,
    line: &Line<'_>,
) -> Result<BTreeMap<AccountId, BTreeSet<Audience>>> {
    let names = line.said.get(1).map_or("", |names| *names).split(", ");
    let names = names.filter(|name| !name.is_empty());
    let people = names.map(|name| {
        let actor = stage.person(name)?;
        let account = actor.account().context("nobody with an account")?;
        Ok((account, consultation.reads_for(&actor)))
    });
    people.collect()
}

fn side(word: &str) -> Result<Audience> {
    Ok(match word {
        "startup" => Audience::Startup,
        "hospital" => Audience::Hospital,
        "consultancy" => Audience::Consultancy,
        other => bail!("`{other}` is no side"),
    })
}
