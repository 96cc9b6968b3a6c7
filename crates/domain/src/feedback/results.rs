//! What a feedback round found: figures only, and only where so many answered that nobody is recognized.

use super::{Answer, FeedbackRound, Question, QuestionKind, Questionnaire, Standing};
use crate::context::derived_uuid;
use crate::stats::{Nps, net_promoter_score, quartiles, top_two_box};
use crate::{LongText, ShortText, TypedId};
use std::collections::BTreeMap;

/// What a feedback round found so far.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedbackResults {
    /// How many were invited and not revoked.
    pub invited: usize,
    /// How many answered.
    pub answered: usize,
    /// How many said no.
    pub declined: usize,
    /// Results are shown once so many have answered.
    pub anonymity_threshold: u16,
    /// What was answered; hidden until enough have answered.
    pub questions: Option<Vec<QuestionResult>>,
    /// The same by site, in alphabetical order, free text left out.
    pub sites: Vec<SiteResults>,
}

/// What one site answered.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteResults {
    /// The site.
    pub site: ShortText,
    /// How many answered there.
    pub answered: usize,
    /// What was answered; hidden unless the site itself reaches the threshold, and while it would give a smaller site away.
    pub questions: Option<Vec<QuestionResult>>,
}

/// What was answered to one question.
#[derive(Clone, Debug, PartialEq)]
pub struct QuestionResult {
    /// The question.
    pub question: String,
    /// How many answered it.
    pub answered: usize,
    /// The answers in summary.
    pub summary: Summary,
}

/// Answers in summary.
#[derive(Clone, Debug, PartialEq)]
pub enum Summary {
    /// Of a scale.
    Scale(ScaleSummary),
    /// Of a choice: every option in its order.
    Choice(Vec<ChoiceCount>),
    /// Of free text, in an order that says nothing about who wrote what.
    Comments(Vec<LongText>),
}

/// Scores in summary; figures are absent when nobody answered.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleSummary {
    /// How often each score was given, every score of the scale from the lowest.
    pub distribution: Vec<ScoreCount>,
    /// The median.
    pub median: Option<f64>,
    /// The lower quartile (type 7: linear between the nearest ranks).
    pub lower_quartile: Option<f64>,
    /// The upper quartile (type 7).
    pub upper_quartile: Option<f64>,
    /// The share, from 0 to 1, of the two highest scores.
    pub top_two_box: Option<f64>,
    /// The net promoter score, for a question of that kind.
    pub net_promoter: Option<Nps>,
}

/// How often a score was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreCount {
    /// The score.
    pub score: i64,
    /// How often.
    pub count: usize,
}

/// How often an option was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceCount {
    /// The option's value.
    pub value: String,
    /// How often.
    pub count: usize,
}

type Answers = BTreeMap<String, Answer>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comments {
    Shown,
    LeftOut,
}

impl FeedbackRound {
    /// What was found so far, as far as it may be shown.
    pub fn results(&self, questionnaire: &Questionnaire) -> FeedbackResults {
        let mut invited = 0;
        let mut declined = 0;
        let mut all: Vec<&Answers> = Vec::new();
        let mut by_site: BTreeMap<&ShortText, Vec<&Answers>> = BTreeMap::new();
        for invitation in self.invitations.values() {
            match &invitation.standing {
                Standing::Waiting => {}
                Standing::Declined { .. } => declined += 1,
                Standing::Revoked { .. } => continue,
                Standing::Answered { answers, .. } => {
                    all.push(answers);
                    let site = &invitation.clinician.site;
                    by_site.entry(site).or_default().push(answers);
                }
            }
            invited += 1;
        }
        let threshold = usize::from(self.anonymity_threshold).max(1);
        let shown = shown_sites(&by_site, threshold);
        let sites = by_site
            .iter()
            .map(|(site, answers)| SiteResults {
                site: (*site).clone(),
                answered: answers.len(),
                questions: shown
                    .contains(site)
                    .then(|| self.summaries(questionnaire, answers, Comments::LeftOut)),
            })
            .collect();
        FeedbackResults {
            invited,
            answered: all.len(),
            declined,
            anonymity_threshold: self.anonymity_threshold,
            questions: (threshold <= all.len())
                .then(|| self.summaries(questionnaire, &all, Comments::Shown)),
            sites,
        }
    }

    fn summaries(
        &self,
        questionnaire: &Questionnaire,
        answers: &[&Answers],
        comments: Comments,
    ) -> Vec<QuestionResult> {
        questionnaire
            .questions
            .iter()
            .filter(|question| {
                comments == Comments::Shown || !matches!(question.kind, QuestionKind::Text { .. })
            })
            .map(|question| {
                let given: Vec<&Answer> = answers
                    .iter()
                    .filter_map(|answers| answers.get(&question.id))
                    .collect();
                QuestionResult {
                    question: question.id.clone(),
                    answered: given.len(),
                    summary: self.summary(question, &given),
                }
            })
            .collect()
    }

    fn summary(&self, question: &Question, given: &[&Answer]) -> Summary {
        match &question.kind {
            QuestionKind::Likert(_) | QuestionKind::Seq(_) | QuestionKind::Nps(_) => {
                Summary::Scale(scale_summary(question, given))
            }
            QuestionKind::Choice(options) => {
                let count = |value: &String| {
                    let chosen =
                        |answer: &&&Answer| matches!(answer, Answer::Choice(v) if v == value);
                    given.iter().filter(chosen).count()
                };
                let counts = options.iter().map(|option| ChoiceCount {
                    value: option.value.clone(),
                    count: count(&option.value),
                });
                Summary::Choice(counts.collect())
            }
            QuestionKind::Text { .. } => Summary::Comments(self.shuffled(question, given)),
        }
    }

    /// The comments in an order that depends on nothing but what is written, and differs from question to question.
    fn shuffled(&self, question: &Question, given: &[&Answer]) -> Vec<LongText> {
        let mut comments: Vec<&LongText> = given
            .iter()
            .filter_map(|answer| match answer {
                Answer::Text(text) => Some(text),
                Answer::Score(_) | Answer::Choice(_) => None,
            })
            .collect();
        let round = self.id.uuid();
        comments.sort_by_cached_key(|text| {
            derived_uuid(&[
                round.as_bytes(),
                question.id.as_bytes(),
                text.as_str().as_bytes(),
            ])
        });
        comments.into_iter().cloned().collect()
    }
}

/// The sites that reach the threshold, unless the difference between all and these would show fewer answers than the threshold.
fn shown_sites<'a>(
    by_site: &BTreeMap<&'a ShortText, Vec<&Answers>>,
    threshold: usize,
) -> Vec<&'a ShortText> {
    let mut large: Vec<(&ShortText, usize)> = by_site
        .iter()
        .map(|(site, answers)| (*site, answers.len()))
        .filter(|(_, answered)| threshold <= *answered)
        .collect();
    large.sort_by_key(|(_, answered)| std::cmp::Reverse(*answered));
    let total: usize = by_site.values().map(Vec::len).sum();
    let hidden = |large: &[(&ShortText, usize)]| {
        total.saturating_sub(large.iter().map(|(_, answered)| answered).sum())
    };
    if (1..threshold).contains(&hidden(&large)) {
        large.pop();
    }
    large.into_iter().map(|(site, _)| site).collect()
}

fn scale_summary(question: &Question, given: &[&Answer]) -> ScaleSummary {
    let scores: Vec<u8> = given
        .iter()
        .filter_map(|answer| match answer {
            Answer::Score(score) => u8::try_from(*score).ok(),
            Answer::Choice(_) | Answer::Text(_) => None,
        })
        .collect();
    let values: Vec<f64> = scores.iter().copied().map(f64::from).collect();
    let quartiles = quartiles(&values);
    let scale = question.kind.scale().unwrap_or(0..=0);
    let best = u8::try_from(*scale.end()).unwrap_or(u8::MAX);
    let net_promoter = match question.kind {
        QuestionKind::Nps(_) => net_promoter_score(&scores),
        QuestionKind::Likert(_)
        | QuestionKind::Seq(_)
        | QuestionKind::Choice(_)
        | QuestionKind::Text { .. } => None,
    };
    ScaleSummary {
        distribution: scale
            .map(|score| ScoreCount {
                score,
                count: scores.iter().filter(|s| i64::from(**s) == score).count(),
            })
            .collect(),
        median: quartiles.map(|quartiles| quartiles.median),
        lower_quartile: quartiles.map(|quartiles| quartiles.lower),
        upper_quartile: quartiles.map(|quartiles| quartiles.upper),
        top_two_box: top_two_box(&scores, best),
        net_promoter,
    }
}
