//! The cases by the stages where they stand: one lane for each stage of a pathway.

use super::case::view::{StageView, Waiting, pathway_of, shown_of};
use super::dates::{Days, Due};
use super::filter::Filter;
use super::reader::Reader;
use super::stop::Stop;
use super::tone::Tone;
use naru_domain::case::Case;
use naru_domain::pathway::{PathwayId, StageId};
use std::collections::BTreeMap;

/// A board of one pathway.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) pathway: String,
    pub(super) lanes: Vec<Lane>,
    /// Boards of the other pathways that cases are on.
    pub(super) others: Vec<(String, String)>,
}

/// A stage with the cases that stand there.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) title: String,
    pub(super) count: String,
    pub(super) cards: Vec<Card>,
}

/// A case.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) href: String,
    pub(super) title: String,
    pub(super) number: String,
    pub(super) startup: String,
    pub(super) tone: Tone,
    pub(super) state: String,
    pub(super) due: Option<Due>,
}

impl Board {
    /// The board of the pathway that was asked for, or else of the one that most of the cases are on.
    pub(super) async fn of(
        reader: &Reader,
        days: &Days<'_>,
        filter: &Filter,
        cases: &[&Case],
    ) -> Result<Self, Stop> {
        let mut counts: BTreeMap<&PathwayId, usize> = BTreeMap::new();
        for case in cases {
            if let Some(pathway) = pathway_of(reader, case) {
                *counts.entry(&pathway.id).or_default() += 1;
            }
        }
        let most = counts.iter().max_by_key(|(_, count)| **count);
        let shown = filter.pathway.as_ref().or(most.map(|(id, _)| *id));
        let newest = |id| reader.app().reference().pathways.newest(id);
        let Some((_, pathway)) = shown.and_then(newest) else {
            return Ok(Self {
                pathway: String::new(),
                lanes: Vec::new(),
                others: Vec::new(),
            });
        };
        let locale = reader.viewer.locale;
        let mut lanes: Vec<(StageId, Lane)> = pathway
            .stages
            .iter()
            .map(|stage| {
                let title = stage.title.in_locale(locale).to_owned();
                let lane = Lane {
                    title,
                    count: String::new(),
                    cards: Vec::new(),
                };
                (stage.id.clone(), lane)
            })
            .collect();
        for case in cases {
            if pathway_of(reader, case).is_none_or(|own| own.id != pathway.id) {
                continue;
            }
            let waiting = Waiting::all(reader, case);
            let open = case.stages.iter().filter(|(_, stage)| stage.is_open());
            for (stage, _) in open {
                let card = card(reader, days, case, &waiting, stage).await?;
                if let Some((_, lane)) = lanes.iter_mut().find(|(id, _)| id == stage) {
                    lane.cards.push(card);
                }
            }
        }
        for (_, lane) in &mut lanes {
            lane.cards.sort_by_key(|card| {
                let due = card.due.as_ref().map(|due| due.machine.clone());
                (due.is_none(), due)
            });
            let count = [("count", lane.cards.len().into())];
            lane.count = reader.words.with("board-count", count);
        }
        Ok(Self {
            pathway: pathway.title.in_locale(locale).to_owned(),
            lanes: lanes.into_iter().map(|(_, lane)| lane).collect(),
            others: others(
                reader,
                filter,
                counts.keys().filter(|id| ***id != pathway.id),
            ),
        })
    }
}

/// Boards of other pathways.
fn others<'a>(
    reader: &Reader,
    filter: &Filter,
    pathways: impl Iterator<Item = &'a &'a PathwayId>,
) -> Vec<(String, String)> {
    let boards = pathways.filter_map(|id| {
        let (_, other) = reader.app().reference().pathways.newest(id)?;
        let chosen = other.id.clone();
        let address = filter.but(|filter| filter.pathway = Some(chosen));
        let title = other.title.in_locale(reader.viewer.locale);
        Some((address, title.to_owned()))
    });
    boards.collect()
}

async fn card(
    reader: &Reader,
    days: &Days<'_>,
    case: &Case,
    waiting: &[Waiting],
    stage: &StageId,
) -> Result<Card, Stop> {
    let startup = reader.organization_name(case.startup).await?;
    let view = StageView::of(reader, case, waiting, stage, |at| days.day_of(at));
    let shown = shown_of(waiting, stage);
    Ok(Card {
        href: view.href,
        title: case.title.as_str().to_owned(),
        number: case.id.reference(),
        startup,
        tone: view.tone,
        state: view.state,
        due: shown.and_then(|waits| waits.due_at).map(|at| days.due(at)),
    })
}
