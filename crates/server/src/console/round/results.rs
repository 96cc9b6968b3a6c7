//! What a feedback round found, drawn: only in summary, and only where nobody can be recognized.

use super::super::chart;
use super::super::reader::Reader;
use crate::words::Phrases;
use naru_domain::Locale;
use naru_domain::feedback::{
    ChoiceCount, FeedbackRound, Question, QuestionKind, QuestionResult, Questionnaire,
    ScaleSummary, Summary,
};

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    /// Why nothing is shown.
    pub(super) hidden: Option<String>,
    pub(super) scales: Vec<ScaleRow>,
    pub(super) choices: Vec<ChoiceTable>,
    pub(super) comments: Vec<(String, Vec<String>)>,
    pub(super) sites: Vec<SiteRow>,
}

/// One question with a scale.
#[derive(Debug)]
pub(super) struct ScaleRow {
    pub(super) label: String,
    /// What the ends of the scale mean.
    pub(super) ends: String,
    pub(super) chart: String,
    /// The same in words, for those who do not see it.
    pub(super) said: String,
    pub(super) median: String,
    pub(super) middle: String,
    pub(super) top: String,
    pub(super) promoters: Option<String>,
}

/// One question with options.
#[derive(Debug)]
pub(super) struct ChoiceTable {
    pub(super) label: String,
    pub(super) rows: Vec<(String, usize, String)>,
}

/// One site.
#[derive(Debug)]
pub(super) struct SiteRow {
    pub(super) name: String,
    pub(super) answered: usize,
    /// Why it is not shown.
    pub(super) hidden: Option<String>,
    pub(super) scales: Vec<ScaleRow>,
}

impl Found {
    /// What was found so far, as far as it may be shown.
    pub(super) fn of(reader: &Reader, round: &FeedbackRound, asked: &Questionnaire) -> Self {
        let words = reader.words;
        let results = round.results(asked);
        let threshold = i64::from(results.anonymity_threshold);
        let questions = results.questions.as_deref().unwrap_or_default();
        let mut found = Self {
            hidden: results.questions.is_none().then(|| {
                let values = [
                    ("threshold", threshold.into()),
                    ("answered", results.answered.into()),
                ];
                words.with("round-hidden", values)
            }),
            scales: scales(words, asked, questions),
            choices: Vec::new(),
            comments: Vec::new(),
            sites: Vec::new(),
        };
        for result in questions {
            let Some(question) = asked.question(&result.question) else {
                continue;
            };
            let label = question.label.in_locale(words.0).to_owned();
            match &result.summary {
                Summary::Scale(_) => {}
                Summary::Choice(counts) => {
                    let rows = choice_rows(question, counts, words.0);
                    found.choices.push(ChoiceTable { label, rows });
                }
                Summary::Comments(texts) if texts.is_empty() => {}
                Summary::Comments(texts) => {
                    let texts = texts.iter().map(|text| text.as_str().to_owned());
                    found.comments.push((label, texts.collect()));
                }
            }
        }
        // One site says nothing that the whole does not.
        if 1 < results.sites.len() {
            found.sites = results
                .sites
                .iter()
                .map(|site| SiteRow {
                    name: site.site.as_str().to_owned(),
                    answered: site.answered,
                    hidden: site.questions.is_none().then(|| {
                        let value = [("threshold", threshold.into())];
                        words.with("round-site-hidden", value)
                    }),
                    scales: scales(words, asked, site.questions.as_deref().unwrap_or_default()),
                })
                .collect();
        }
        found
    }
}

fn scales(words: Phrases, asked: &Questionnaire, results: &[QuestionResult]) -> Vec<ScaleRow> {
    let rows = results.iter().filter_map(|result| {
        let question = asked.question(&result.question)?;
        match &result.summary {
            Summary::Scale(scale) => Some(scale_row(words, question, scale)),
            Summary::Choice(_) | Summary::Comments(_) => None,
        }
    });
    rows.collect()
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(
        || "–".to_owned(),
        |value| {
            if value.fract() == 0.0 {
                format!("{value:.0}")
            } else {
                format!("{value:.1}")
            }
        },
    )
}

fn scale_row(words: Phrases, question: &Question, scale: &ScaleSummary) -> ScaleRow {
    let counts: Vec<usize> = scale.distribution.iter().map(|score| score.count).collect();
    let said = scale.distribution.iter().map(|score| {
        let values = [("count", score.count.into()), ("score", score.score.into())];
        words.with("round-score", values)
    });
    let anchors = match &question.kind {
        QuestionKind::Likert(anchors) | QuestionKind::Seq(anchors) | QuestionKind::Nps(anchors) => {
            Some(anchors)
        }
        QuestionKind::Choice(_) | QuestionKind::Text { .. } => None,
    };
    let lowest = scale.distribution.first().map_or(0, |score| score.score);
    let highest = scale.distribution.last().map_or(0, |score| score.score);
    ScaleRow {
        label: question.label.in_locale(words.0).to_owned(),
        ends: anchors.map_or_else(String::new, |anchors| {
            let low = anchors.low.in_locale(words.0);
            let high = anchors.high.in_locale(words.0);
            format!("{lowest} {low} – {highest} {high}")
        }),
        chart: chart::stacked(&counts),
        said: said.collect::<Vec<_>>().join(", "),
        median: figure(scale.median),
        middle: format!(
            "{}–{}",
            figure(scale.lower_quartile),
            figure(scale.upper_quartile)
        ),
        top: scale
            .top_two_box
            .map_or_else(|| "–".to_owned(), |share| format!("{:.0} %", share * 100.0)),
        promoters: scale.net_promoter.map(|nps| {
            let values = [
                ("score", format!("{:+.0}", nps.score).into()),
                ("margin", format!("{:.0}", nps.margin).into()),
            ];
            words.with("round-nps", values)
        }),
    }
}

fn choice_rows(
    question: &Question,
    counts: &[ChoiceCount],
    locale: Locale,
) -> Vec<(String, usize, String)> {
    let total: usize = counts.iter().map(|count| count.count).sum();
    let rows = counts.iter().map(|count| {
        let label = match &question.kind {
            QuestionKind::Choice(options) => options
                .iter()
                .find(|option| option.value == count.value)
                .map(|option| option.label.in_locale(locale).to_owned()),
            QuestionKind::Likert(_)
            | QuestionKind::Seq(_)
            | QuestionKind::Nps(_)
            | QuestionKind::Text { .. } => None,
        };
        let share = chart::number(count.count) / chart::number(total.max(1));
        let label = label.unwrap_or_else(|| count.value.clone());
        (label, count.count, chart::bar(share))
    });
    rows.collect()
}
