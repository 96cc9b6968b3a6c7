//! What a feedback round found: figures only, and only where so many answered that nobody is recognized.

use super::super::pathway::Choice;
use super::super::scalars::count;
use super::questionnaire::QuestionNode;
use async_graphql::SimpleObject;
use naru_domain::feedback::{
    ChoiceCount, FeedbackRound, Question, QuestionKind, QuestionResult, Questionnaire,
    ScaleSummary, SiteResults, Summary,
};
use naru_domain::stats::Nps;

/// What a feedback round found so far.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "FeedbackResults")]
pub struct FeedbackResultsNode {
    /// How many were invited and whose invitation still stands.
    invited: i32,
    /// How many answered.
    answered: i32,
    /// How many said no.
    declined: i32,
    /// What was answered is shown once so many have answered.
    anonymity_threshold: u16,
    /// What was answered, in the order of the questionnaire; nothing until enough have answered.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    questions: Option<Vec<QuestionResultNode>>,
    /// The same by site, in alphabetical order, free text left out.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    sites: Vec<SiteResultsNode>,
}

impl FeedbackResultsNode {
    pub(super) fn of(round: &FeedbackRound, asked: &Questionnaire) -> Self {
        let results = round.results(asked);
        let sites = results.sites.iter();
        Self {
            invited: count(results.invited),
            answered: count(results.answered),
            declined: count(results.declined),
            anonymity_threshold: results.anonymity_threshold,
            questions: results
                .questions
                .as_deref()
                .map(|found| questions(asked, found)),
            sites: sites.map(|site| SiteResultsNode::of(asked, site)).collect(),
        }
    }
}

fn questions(asked: &Questionnaire, found: &[QuestionResult]) -> Vec<QuestionResultNode> {
    let nodes = found.iter().filter_map(|result| {
        let question = asked.question(&result.question)?;
        Some(QuestionResultNode::of(question, result))
    });
    nodes.collect()
}

/// What one site answered.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "SiteResults")]
pub struct SiteResultsNode {
    /// The site.
    site: String,
    /// How many answered there.
    answered: i32,
    /// What was answered; nothing unless enough answered at the site itself, and while it would give a smaller site away.
    #[graphql(complexity = "2 + 2 * child_complexity")]
    questions: Option<Vec<QuestionResultNode>>,
}

impl SiteResultsNode {
    fn of(asked: &Questionnaire, site: &SiteResults) -> Self {
        Self {
            site: site.site.to_string(),
            answered: count(site.answered),
            questions: site
                .questions
                .as_deref()
                .map(|found| questions(asked, found)),
        }
    }
}

/// What was answered to one question.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "QuestionResult")]
pub struct QuestionResultNode {
    /// The question's name.
    id: String,
    /// The question.
    question: QuestionNode,
    /// How many answered it.
    answered: i32,
    /// Of a scale: the scores in summary.
    scale: Option<ScaleNode>,
    /// Of a choice: every option with how often it was chosen.
    choices: Option<Vec<ChoiceCountNode>>,
    /// Of free text: what was written, in an order that says nothing about who wrote what.
    comments: Option<Vec<String>>,
}

impl QuestionResultNode {
    fn of(question: &Question, result: &QuestionResult) -> Self {
        let mut node = Self {
            id: question.id.clone(),
            question: question.into(),
            answered: count(result.answered),
            scale: None,
            choices: None,
            comments: None,
        };
        match &result.summary {
            Summary::Scale(scale) => node.scale = Some(scale.into()),
            Summary::Choice(counts) => node.choices = Some(choices(question, counts)),
            Summary::Comments(texts) => {
                node.comments = Some(texts.iter().map(ToString::to_string).collect());
            }
        }
        node
    }
}

fn choices(question: &Question, counts: &[ChoiceCount]) -> Vec<ChoiceCountNode> {
    let options = match &question.kind {
        QuestionKind::Choice(options) => options.as_slice(),
        QuestionKind::Likert(_)
        | QuestionKind::Seq(_)
        | QuestionKind::Nps(_)
        | QuestionKind::Text { .. } => &[],
    };
    let counted = counts.iter().filter_map(|chosen| {
        let option = options.iter().find(|option| option.value == chosen.value)?;
        Some(ChoiceCountNode {
            option: option.into(),
            count: count(chosen.count),
        })
    });
    counted.collect()
}

/// Scores in summary; figures are absent when nobody answered.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Scale")]
pub struct ScaleNode {
    /// How often each score was given, every score of the scale from the lowest.
    distribution: Vec<ScoreCountNode>,
    /// The median.
    median: Option<f64>,
    /// The lower quartile (type 7: linear between the nearest ranks).
    lower_quartile: Option<f64>,
    /// The upper quartile (type 7).
    upper_quartile: Option<f64>,
    /// The share, from 0 to 1, of the two highest scores.
    top_two_box: Option<f64>,
    /// The net promoter score, for a question of that type.
    net_promoter: Option<NetPromoterNode>,
}

impl From<&ScaleSummary> for ScaleNode {
    fn from(scale: &ScaleSummary) -> Self {
        let distribution = scale.distribution.iter().map(|given| ScoreCountNode {
            score: i32::try_from(given.score).unwrap_or(i32::MAX),
            count: count(given.count),
        });
        Self {
            distribution: distribution.collect(),
            median: scale.median,
            lower_quartile: scale.lower_quartile,
            upper_quartile: scale.upper_quartile,
            top_two_box: scale.top_two_box,
            net_promoter: scale.net_promoter.as_ref().map(Into::into),
        }
    }
}

/// How often a score was given.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "ScoreCount")]
pub struct ScoreCountNode {
    /// The score.
    score: i32,
    /// How often.
    count: i32,
}

/// A net promoter score with its counts.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "NetPromoter")]
pub struct NetPromoterNode {
    /// Who answered 9 or 10.
    promoters: u32,
    /// Who answered 7 or 8.
    passives: u32,
    /// Who answered 0 to 6.
    detractors: u32,
    /// The share of promoters minus that of detractors, from -100 to 100.
    score: f64,
    /// The half width of its 95 % interval.
    margin: f64,
}

impl From<&Nps> for NetPromoterNode {
    fn from(nps: &Nps) -> Self {
        Self {
            promoters: nps.promoters,
            passives: nps.passives,
            detractors: nps.detractors,
            score: nps.score,
            margin: nps.margin,
        }
    }
}

/// How often an option was chosen.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "ChoiceCount")]
pub struct ChoiceCountNode {
    /// The option.
    option: Choice,
    /// How often.
    count: i32,
}
