//! Money within the programme's bounds, with milestones.

use super::super::dates::won;
use super::super::posted::Posted;
use super::super::stop::Stop;
use super::form::number;
use super::{Scene, text};
use crate::graphql::Preparing;
use naru_domain::case::{Award, CaseCommand, GrantedAward, Milestone};
use naru_domain::pathway::{AwardStage, StageId};
use naru_domain::{CommonRejection, TextProblem};

/// Rows for milestones; empty ones are left out.
const MILESTONE_ROWS: usize = 6;

/// An award as it is shown.
#[derive(Clone, Debug)]
pub(in crate::console) struct AwardView {
    pub(in crate::console) bounds: String,
    pub(in crate::console) granted: Option<Granted>,
    pub(in crate::console) can_act: bool,
    pub(in crate::console) amount: String,
    pub(in crate::console) report: String,
    pub(in crate::console) report_required: bool,
    pub(in crate::console) milestones_note: String,
    pub(in crate::console) rows: Vec<MilestoneRow>,
}

/// An award that was granted.
#[derive(Clone, Debug)]
pub(in crate::console) struct Granted {
    pub(in crate::console) amount: String,
    pub(in crate::console) note: String,
    pub(in crate::console) report: Option<String>,
    pub(in crate::console) milestones: Vec<(String, String, String)>,
}

/// A milestone that is typed.
#[derive(Clone, Debug)]
pub(in crate::console) struct MilestoneRow {
    pub(in crate::console) number: usize,
    pub(in crate::console) title: String,
    pub(in crate::console) due: String,
    pub(in crate::console) amount: String,
    pub(in crate::console) required: bool,
}

/// Everything that an award shows.
pub(super) async fn view(
    scene: &Scene<'_>,
    planned: &AwardStage,
    granted: Option<&GrantedAward>,
) -> Result<AwardView, Stop> {
    let words = scene.reader.words;
    let locale = scene.reader.viewer.locale;
    let posted = scene.problems.posted.clone().unwrap_or_default();
    let least = usize::from(planned.milestones_min);
    let granted = match granted {
        None => None,
        Some(granted) => {
            let values = [
                ("by", scene.reader.name_of(granted.by).await?.into()),
                ("day", scene.days.day_of(granted.at).into()),
            ];
            let milestones = granted.award.milestones.iter().map(|milestone| {
                (
                    milestone.title.as_str().to_owned(),
                    scene.days.day(milestone.due_on),
                    milestone
                        .amount_krw
                        .map_or_else(String::new, |amount| won(amount, locale)),
                )
            });
            Some(Granted {
                amount: won(granted.award.amount_krw, locale),
                note: words.with("award-granted", values),
                report: granted.award.report_due_on.map(|day| scene.days.day(day)),
                milestones: milestones.collect(),
            })
        }
    };
    let bounds = [
        ("min", won(planned.min_krw, locale).into()),
        ("max", won(planned.max_krw, locale).into()),
    ];
    let rows = (1..=MILESTONE_ROWS.max(least)).map(|number| MilestoneRow {
        number,
        title: posted.one(&format!("title-{number}")).to_owned(),
        due: posted.one(&format!("due-{number}")).to_owned(),
        amount: posted.one(&format!("amount-{number}")).to_owned(),
        required: number <= least,
    });
    Ok(AwardView {
        bounds: words.with("award-bounds", bounds),
        can_act: scene.mine && granted.is_none(),
        granted,
        amount: posted.one("amount").to_owned(),
        report: posted.one("report").to_owned(),
        report_required: planned.report_required,
        milestones_note: words.with("award-milestones", [("count", least.into())]),
        rows: rows.collect(),
    })
}

fn bad(field: &str) -> CommonRejection {
    CommonRejection::BadText {
        field: field.to_owned(),
        problem: TextProblem::Empty,
    }
}

/// The award that was posted.
pub(super) fn grant(stage: StageId, posted: &Posted) -> Preparing<CaseCommand> {
    let mut milestones = Vec::new();
    for row in 1..=50 {
        let Some(title) = posted.some(&format!("title-{row}")) else {
            continue;
        };
        let due = posted.one(&format!("due-{row}"));
        let amount = posted.some(&format!("amount-{row}"));
        milestones.push(Milestone {
            title: text("milestones", title)?,
            due_on: due.parse().map_err(|_| bad("milestones"))?,
            amount_krw: match amount {
                Some(amount) => Some(number(amount).ok_or_else(|| bad("milestones"))?),
                None => None,
            },
        });
    }
    let report = posted.some("report");
    let award = Award {
        amount_krw: number(posted.one("amount")).ok_or_else(|| bad("amountKrw"))?,
        milestones,
        report_due_on: match report {
            Some(day) => Some(day.parse().map_err(|_| bad("reportDueOn"))?),
            None => None,
        },
    };
    Ok(CaseCommand::GrantAward { stage, award })
}
