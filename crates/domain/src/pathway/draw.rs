//! A pathway as a drawing: stages in layers from left to right, the lines between them, readable on light and dark paper.

mod layers;

use super::width::{char_width, text_width};
use super::{Condition, Due, Pathway, Stage, StageKind, Value};
use layers::{Layout, Slot};
use std::fmt::Write;

const BOX_WIDTH: usize = 252;
const BOX_HEIGHT: usize = 124;
const GAP_ACROSS: usize = 64;
const GAP_DOWN: usize = 26;
const MARGIN: usize = 24;
const TITLE_HEIGHT: usize = 60;
/// Half the font size: what one column of text takes.
const COLUMN_WIDTH: usize = 6;
const TEXT_COLUMNS: usize = (BOX_WIDTH - 24) / COLUMN_WIDTH;
const SMALL_COLUMNS: usize = TEXT_COLUMNS * 12 / 11;
const NAME_COLUMNS: usize = TEXT_COLUMNS * 12 / 14;

const STYLE: &str = "\
text{font:12px system-ui,'Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',sans-serif;fill:#1f2933}\
.title{font-size:17px;font-weight:600}.name{font-size:14px;font-weight:600}.small{font-size:11px;fill:#52606d}\
.when{font-size:11px;fill:#8a4b08}.paper{fill:#fff}.box{fill:#f5f7fa;stroke:#7b8794;stroke-width:1.2}\
.maybe{stroke-dasharray:5 4}.bar{fill:#3e6fb0}.line{fill:none;stroke:#7b8794;stroke-width:1.4}.tip{fill:#7b8794}\
.k-approval{fill:#a33b5c}.k-matching{fill:#6b4fa0}.k-usability_study{fill:#177245}.k-feedback_round{fill:#1b7f79}\
.k-consultation{fill:#8a6d1a}.k-award{fill:#b4531f}.k-agreement{fill:#4a5568}\
@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.small{fill:#a9b4bf}.when{fill:#f0b36a}.paper{fill:#15191e}\
.box{fill:#222a33;stroke:#8896a5}.line{stroke:#8896a5}.tip{fill:#8896a5}}";

/// Where stages stand when a pathway is drawn, for whoever draws it in another way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The layers from left to right. In each row stands a stage, by its place in the pathway, or a line passes on its way further right.
    pub layers: Vec<Vec<Option<usize>>>,
    /// Per line the layers and rows it passes, the first and the last of which hold stages.
    pub routes: Vec<Vec<(usize, usize)>>,
}

/// The grid of a pathway, with few crossing lines. The same pathway always gives the same grid.
pub fn grid(pathway: &Pathway) -> Grid {
    let layout = Layout::of(pathway);
    let stage = |slot: &Slot| match slot {
        Slot::Stage(place) => Some(*place),
        Slot::Bend { .. } => None,
    };
    Grid {
        layers: layout
            .layers
            .iter()
            .map(|slots| slots.iter().map(stage).collect())
            .collect(),
        routes: layout.routes,
    }
}

/// The pathway as SVG. The same pathway always gives the same bytes.
pub fn draw(pathway: &Pathway) -> String {
    let layout = Layout::of(pathway);
    let width = MARGIN * 2 + layout.layers.len() * (BOX_WIDTH + GAP_ACROSS) - GAP_ACROSS;
    let tallest = layout.layers.iter().map(|slots| height(slots)).max();
    let height = MARGIN * 2 + TITLE_HEIGHT + tallest.unwrap_or(0);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <title>{ko} / {en}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"{first}\">{ko}</text>\n\
         <text class=\"small\" x=\"{MARGIN}\" y=\"{second}\">{en} · {id} {version}</text>\n",
        ko = escaped(&pathway.title.ko),
        en = escaped(&pathway.title.en),
        id = pathway.id,
        version = pathway.version,
        first = MARGIN + 16,
        second = MARGIN + 36,
    );
    let places = Places::of(&layout, height);
    for route in &layout.routes {
        draw_line(&mut out, &places.points(route));
    }
    for (place, stage) in pathway.stages.iter().enumerate() {
        if let Some((x, y)) = places.corner(&layout, place) {
            draw_stage(&mut out, stage, x, y);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn height(slots: &[Slot]) -> usize {
    let heights: usize = slots.iter().map(slot_height).sum();
    heights + GAP_DOWN * slots.len().saturating_sub(1)
}

fn slot_height(slot: &Slot) -> usize {
    match slot {
        Slot::Stage(_) => BOX_HEIGHT,
        Slot::Bend { .. } => 8,
    }
}

/// Where the slots of every layer begin, from above.
struct Places {
    tops: Vec<Vec<(usize, usize)>>,
}

impl Places {
    fn of(layout: &Layout, total: usize) -> Self {
        let tops = layout
            .layers
            .iter()
            .map(|slots| {
                let free = total - MARGIN * 2 - TITLE_HEIGHT - height(slots);
                let mut top = MARGIN + TITLE_HEIGHT + free / 2;
                slots
                    .iter()
                    .map(|slot| {
                        let own = slot_height(slot);
                        let begin = top;
                        top += own + GAP_DOWN;
                        (begin, own)
                    })
                    .collect()
            })
            .collect();
        Self { tops }
    }

    fn left(layer: usize) -> usize {
        MARGIN + layer * (BOX_WIDTH + GAP_ACROSS)
    }

    fn slot(&self, layer: usize, row: usize) -> Option<(usize, usize)> {
        self.tops.get(layer)?.get(row).copied()
    }

    fn corner(&self, layout: &Layout, stage: usize) -> Option<(usize, usize)> {
        let (layer, row) = layout.position(&Slot::Stage(stage))?;
        self.slot(layer, row)
            .map(|(top, _)| (Self::left(layer), top))
    }

    /// The points a line passes: out of the first box, through the bends, into the last box.
    fn points(&self, route: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let mut points = Vec::new();
        for (n, (layer, row)) in route.iter().enumerate() {
            let Some((top, own)) = self.slot(*layer, *row) else {
                continue;
            };
            let (left, middle) = (Self::left(*layer), top + own / 2);
            if n != 0 {
                points.push((left, middle));
            }
            if n + 1 != route.len() {
                points.push((left + BOX_WIDTH, middle));
            }
        }
        points
    }
}

fn draw_line(out: &mut String, points: &[(usize, usize)]) {
    let Some(((x, y), rest)) = points.split_first() else {
        return;
    };
    let _ = write!(out, "<path class=\"line\" d=\"M{x} {y}");
    let (mut from_x, mut from_y) = (*x, *y);
    for (x, y) in rest {
        if from_y == *y {
            let _ = write!(out, "H{x}");
        } else {
            let half = usize::midpoint(from_x, *x);
            let _ = write!(out, "C{half} {from_y} {half} {y} {x} {y}");
        }
        (from_x, from_y) = (*x, *y);
    }
    let (back, above, below) = (from_x.saturating_sub(8), from_y - 4, from_y + 4);
    let _ = writeln!(
        out,
        "\"/><path class=\"tip\" d=\"M{from_x} {from_y}L{back} {above}V{below}z\"/>"
    );
}

fn draw_stage(out: &mut String, stage: &Stage, x: usize, y: usize) {
    let maybe = if stage.when.is_some() { " maybe" } else { "" };
    let kind = stage.kind.as_str();
    let text = x + 16;
    let _ = write!(
        out,
        "<g><rect class=\"box{maybe}\" x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\" rx=\"6\"/>\
         <rect class=\"bar k-{kind}\" x=\"{x}\" y=\"{y}\" width=\"6\" height=\"{BOX_HEIGHT}\" rx=\"3\"/>"
    );
    let lines = [
        ("name", fitted(&stage.title.ko, NAME_COLUMNS)),
        ("", fitted(&stage.title.en, TEXT_COLUMNS)),
        (
            "small",
            fitted(&format!("{kind} · {}", detail(stage)), SMALL_COLUMNS),
        ),
        ("small", fitted(&owner_and_due(stage), SMALL_COLUMNS)),
    ];
    for ((class, line), below) in lines.iter().zip([26, 46, 66, 84]) {
        let line = escaped(line);
        let y = y + below;
        let _ = write!(
            out,
            "<text class=\"{class}\" x=\"{text}\" y=\"{y}\">{line}</text>"
        );
    }
    if let Some(when) = &stage.when {
        let condition = format!("if {}", words(when));
        let (full, line) = (
            escaped(&condition),
            escaped(&fitted(&condition, SMALL_COLUMNS)),
        );
        let y = y + 106;
        let _ = write!(
            out,
            "<text class=\"when\" x=\"{text}\" y=\"{y}\"><title>{full}</title>{line}</text>"
        );
    }
    out.push_str("</g>\n");
}

fn detail(stage: &Stage) -> String {
    match &stage.kind {
        StageKind::Form(form) => format!("{} fields", form.fields.len()),
        StageKind::Approval(approval) => {
            format!("{} of {}", approval.approvals_needed, approval.seats.len())
        }
        StageKind::Matching(matching) => {
            let people: u32 = matching.wanted.iter().map(|w| u32::from(w.count)).sum();
            format!("{people} people")
        }
        StageKind::UsabilityStudy(study) => {
            format!("{} × {}", study.groups.len(), study.participants_per_group)
        }
        StageKind::FeedbackRound(round) => format!("{} answers", round.answers_needed),
        StageKind::Consultation(consultation) => format!("{} questions", consultation.asks.len()),
        StageKind::Award(award) => format!(
            "₩{}–{}M",
            award.min_krw / 1_000_000,
            award.max_krw / 1_000_000
        ),
        StageKind::Agreement(agreement) => format!("{} signatures", agreement.signers.len()),
    }
}

fn owner_and_due(stage: &Stage) -> String {
    let owner = stage.owner.as_str();
    match stage.due {
        Some(Due::WorkingDays(days)) => format!("{owner} · {days} working days"),
        Some(Due::CalendarDays(days)) => format!("{owner} · {days} days"),
        None => owner.to_owned(),
    }
}

/// A condition as a short line.
fn words(condition: &Condition) -> String {
    let joined = |parts: &[Condition], word: &str| {
        let parts: Vec<String> = parts.iter().map(words).collect();
        format!("({})", parts.join(word))
    };
    match condition {
        Condition::Equals { field, value } => match value {
            Value::Boolean(true) => field.clone(),
            Value::Boolean(false) => format!("not {field}"),
            Value::Text(_) | Value::Integer(_) | Value::Choices(_) => {
                format!("{field} = {}", shown(value))
            }
        },
        Condition::In { field, values } => {
            let values: Vec<String> = values.iter().map(shown).collect();
            format!("{field} = {}", values.join(" | "))
        }
        Condition::AtLeast { field, value } => format!("{field} ≥ {value}"),
        Condition::OnOrBefore { field, bound } => format!("{field} ≤ {bound}"),
        Condition::OnOrAfter { field, bound } => format!("{field} ≥ {bound}"),
        Condition::Answered { field } => format!("{field} answered"),
        Condition::All(parts) => joined(parts, " and "),
        Condition::Any(parts) => joined(parts, " or "),
        Condition::Not(inner) => format!("not {}", words(inner)),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Choices(options) => options.iter().cloned().collect::<Vec<_>>().join(", "),
    }
}

fn fitted(text: &str, columns: usize) -> String {
    if text_width(text) <= columns {
        return text.to_owned();
    }
    let mut left = columns.saturating_sub(1);
    let mut kept = String::new();
    for c in text.chars() {
        let Some(rest) = left.checked_sub(char_width(c)) else {
            break;
        };
        left = rest;
        kept.push(c);
    }
    format!("{}…", kept.trim_end())
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pathway::catalog::tests::shipped;

    #[test]
    fn every_shipped_pathway_draws_each_stage_once_and_the_same_twice() {
        for (_, pathway) in shipped().all_newest() {
            let drawn = draw(pathway);
            assert_eq!(drawn, draw(pathway));
            assert_eq!(drawn.matches("class=\"box").count(), pathway.stages.len());
            let lines: usize = pathway.stages.iter().map(|stage| stage.needs.len()).sum();
            assert_eq!(drawn.matches("class=\"line\"").count(), lines);
        }
    }

    #[test]
    fn the_drawing_of_the_yonsei_pathway_is_known() {
        let catalog = shipped();
        let id = "yonsei-medtech-validation-support".parse().unwrap();
        let (_, pathway) = catalog.newest(&id).unwrap();
        insta::assert_snapshot!(draw(pathway));
    }

    #[test]
    fn text_that_does_not_fit_is_cut_by_its_width_and_markup_is_escaped() {
        assert_eq!(fitted("가나다라", 8), "가나다라");
        assert_eq!(fitted("가나다라", 7), "가나다…");
        assert_eq!(escaped("a<b>&\"\u{7}"), "a&lt;b&gt;&amp;&quot; ");
    }
}
