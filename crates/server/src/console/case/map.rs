//! The pathway map: where the case stands, drawn as SVG in bands that fit a page. Beside it stands the same as a list.

use super::super::tone::Tone;
use super::view::StageView;
use naru_domain::pathway::{Pathway, grid};
use std::fmt::Write;

const WIDTH: i32 = 1160;
/// Layers in one band; a longer pathway goes on in the next.
const LAYERS_MAX: usize = 7;
const ROW_HEIGHT: i32 = 86;
const BAND_GAP: i32 = 26;
const TOP: i32 = 26;
const RADIUS: i32 = 11;
/// Columns of text under a stage; a Hangul syllable takes two.
const TITLE_COLUMNS: usize = 20;

/// Where the layers of a map are.
struct Places {
    /// Per layer: its band, x, and per row y.
    layers: Vec<(usize, i32, Vec<i32>)>,
    height: i32,
}

impl Places {
    fn of(layers: &[Vec<Option<usize>>]) -> Self {
        let bands = layers.len().div_ceil(LAYERS_MAX).max(1);
        let in_band = layers.len().div_ceil(bands).max(1);
        let pitch = WIDTH / i32::try_from(in_band).unwrap_or(1).max(1);
        let mut placed = Vec::new();
        let mut top = TOP;
        for (band, chunk) in layers.chunks(in_band).enumerate() {
            let tallest = chunk.iter().map(Vec::len).max().unwrap_or(1);
            let height = i32::try_from(tallest).unwrap_or(1) * ROW_HEIGHT;
            for (column, slots) in (0_i32..).zip(chunk) {
                let x = column * pitch + pitch / 2;
                let rows = i32::try_from(slots.len()).unwrap_or(1);
                let first = top + (height - rows * ROW_HEIGHT) / 2;
                let ys = (0..rows).map(|row| first + row * ROW_HEIGHT + RADIUS);
                placed.push((band, x, ys.collect()));
            }
            top += height + BAND_GAP;
        }
        Self {
            layers: placed,
            height: top - BAND_GAP,
        }
    }

    fn point(&self, (layer, row): (usize, usize)) -> Option<(usize, i32, i32)> {
        let (band, x, ys) = self.layers.get(layer)?;
        ys.get(row).map(|y| (*band, *x, *y))
    }
}

/// The map as SVG; `label` says what it is.
pub(in crate::console) fn drawn(pathway: &Pathway, stages: &[StageView], label: &str) -> String {
    let grid = grid(pathway);
    let places = Places::of(&grid.layers);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"group\" aria-label=\"{}\">",
        places.height,
        escaped(label)
    );
    let stage_at = |(layer, row): (usize, usize)| -> Option<&StageView> {
        let place = (*grid.layers.get(layer)?.get(row)?)?;
        stages.get(place)
    };
    // What was walked lies over what is still open.
    for walked in [false, true] {
        for route in &grid.routes {
            let ends = (route.first().copied(), route.last().copied());
            let (Some(from), Some(to)) = ends else {
                continue;
            };
            let (Some(from), Some(to)) = (stage_at(from), stage_at(to)) else {
                continue;
            };
            let way = way_class(from, to);
            if (way != "way todo") == walked {
                draw_way(&mut out, &places, route, way);
            }
        }
    }
    for (layer, slots) in grid.layers.iter().enumerate() {
        for (row, slot) in slots.iter().enumerate() {
            let stage = slot.and_then(|place| stages.get(place));
            if let (Some(stage), Some((_, x, y))) = (stage, places.point((layer, row))) {
                draw_stage(&mut out, stage, x, y);
            }
        }
    }
    out.push_str("</svg>");
    out
}

fn way_class(from: &StageView, to: &StageView) -> &'static str {
    if !(from.over && to.reached) {
        "way todo"
    } else if to.tone == Tone::Mine {
        "way on"
    } else {
        "way"
    }
}

fn draw_way(out: &mut String, places: &Places, route: &[(usize, usize)], class: &str) {
    let points: Vec<(usize, i32, i32)> = route.iter().filter_map(|at| places.point(*at)).collect();
    let Some(((_, x, y), rest)) = points.split_first() else {
        return;
    };
    let _ = write!(out, "<path class=\"{class}\" d=\"M{x} {y}");
    let (mut band, mut x, mut y) = (points.first().map_or(0, |first| first.0), *x, *y);
    for (next_band, next_x, next_y) in rest {
        if band == *next_band {
            if y == *next_y {
                let _ = write!(out, "H{next_x}");
            } else {
                let middle = (x + next_x) / 2;
                let _ = write!(out, "C{middle} {y} {middle} {next_y} {next_x} {next_y}");
            }
        } else {
            // Out at the right, back at the left between the bands, and in again.
            let right = WIDTH - 14;
            let between = next_band_top(places, *next_band) - BAND_GAP / 2 - RADIUS;
            let _ = write!(
                out,
                "H{a}Q{right} {y} {right} {b}V{c}Q{right} {between} {a} {between}H26Q14 {between} 14 {d}V{e}Q14 {next_y} 26 {next_y}H{next_x}",
                a = right - 12,
                b = y + 12,
                c = between - 12,
                d = between + 12,
                e = next_y - 12,
            );
        }
        (band, x, y) = (*next_band, *next_x, *next_y);
    }
    out.push_str("\"/>");
}

/// The highest stage of a band.
fn next_band_top(places: &Places, band: usize) -> i32 {
    let ys = places.layers.iter().filter(|(of, _, _)| *of == band);
    ys.flat_map(|(_, _, ys)| ys).min().copied().unwrap_or(TOP)
}

fn draw_stage(out: &mut String, stage: &StageView, x: i32, y: i32) {
    let tone = stage.tone.class();
    let _ = write!(out, "<a href=\"{}\" class=\"{tone}\">", stage.href);
    let radius = match stage.tone {
        Tone::Mine => {
            let _ = write!(
                out,
                "<circle class=\"halo\" cx=\"{x}\" cy=\"{y}\" r=\"19\"/>"
            );
            14
        }
        Tone::Wait | Tone::Late | Tone::Done | Tone::Blocked | Tone::Idle | Tone::Skipped => RADIUS,
    };
    let _ = write!(
        out,
        "<circle class=\"pt\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"
    );
    let glyph = match stage.tone {
        Tone::Mine => format!("M{} {y}h12M{} {}l4.6 4.8-4.6 4.8", x - 6, x + 2, y - 5),
        Tone::Wait => format!("M{} {}v8M{} {}v8", x - 3, y - 4, x + 3, y - 4),
        Tone::Late => format!("M{x} {}v5M{x} {}v.1", y - 5, y + 5),
        Tone::Done => format!("M{} {}l3.6 3.6 6.6-7.4", x - 5, y + 1),
        Tone::Blocked => format!("M{} {y}h10", x - 5),
        Tone::Skipped => format!("M{} {}l8-8", x - 4, y + 4),
        Tone::Idle => String::new(),
    };
    if !glyph.is_empty() {
        let _ = write!(out, "<path class=\"gl\" d=\"{glyph}\"/>");
    }
    let mut line = y + radius + 17;
    for text in wrapped(&stage.title) {
        let text = escaped(&text);
        let _ = write!(
            out,
            "<text class=\"n\" x=\"{x}\" y=\"{line}\" text-anchor=\"middle\">{text} </text>"
        );
        line += 15;
    }
    let state = escaped(&stage.state);
    let _ = write!(
        out,
        "<text class=\"s\" x=\"{x}\" y=\"{line}\" text-anchor=\"middle\">{state} </text>"
    );
    if let Some(day) = &stage.day {
        let day = escaped(day);
        let _ = write!(
            out,
            "<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{day}</text>",
            line + 14
        );
    }
    out.push_str("</a>");
}

/// How many columns a text takes.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// A title in at most two lines; what is longer ends with an ellipsis.
fn wrapped(title: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in title.split_whitespace() {
        let full = lines.len() == 2;
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= TITLE_COLUMNS => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if full => {
                line.push('…');
                break;
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Text as it stands in SVG.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_takes_two_lines() {
        assert_eq!(wrapped("Triage"), ["Triage"]);
        assert_eq!(
            wrapped("Matching of investigator and clinicians"),
            ["Matching of", "investigator and…"]
        );
        assert_eq!(
            wrapped("연구책임자·임상의 매칭"),
            ["연구책임자·임상의", "매칭"]
        );
    }

    #[test]
    fn names_cannot_leave_their_place() {
        assert_eq!(escaped("<b a=\"x\">&"), "&lt;b a=&quot;x&quot;&gt;&amp;");
    }
}
