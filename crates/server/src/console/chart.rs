//! Small charts as SVG: shapes in per cent of the cell, words at the size of text. The numbers always stand beside them.

use std::fmt::Write;

/// A row of a chart of intervals: from, to and the value between them, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Whisker {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) value: f64,
}

/// The colour of a group by its place.
pub(super) fn group_class(place: usize) -> &'static str {
    if place.is_multiple_of(2) { "g1" } else { "g2" }
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)
}

/// Intervals under one another on a scale from 0 to 1, with lines at the ends and in the middle.
pub(super) fn whiskers(rows: &[Option<Whisker>]) -> String {
    let height = rows.len().max(1) * 15 + 6;
    let mut out = format!("<svg class=\"ch\" height=\"{height}\" aria-hidden=\"true\">");
    for x in ["0", "50%", "100%"] {
        let _ = write!(
            out,
            "<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"0\" y2=\"{height}\"/>"
        );
    }
    for (place, row) in rows.iter().enumerate() {
        let y = place * 15 + 11;
        if let Some(row) = row {
            let _ = write!(
                out,
                "<g class=\"{}\"><line class=\"ci\" x1=\"{}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\"/>",
                group_class(place),
                percent(row.from),
                percent(row.to),
            );
            mark(&mut out, place, row.value, y);
            out.push_str("</g>");
        }
    }
    out.push_str("</svg>");
    out
}

/// A disc or, so that colour is not needed, a diamond.
fn mark(out: &mut String, place: usize, value: f64, y: usize) {
    let x = percent(value);
    let _ = if place.is_multiple_of(2) {
        write!(out, "<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"5\"/>")
    } else {
        write!(
            out,
            "<svg x=\"{x}\" y=\"{y}\" overflow=\"visible\"><path class=\"dot\" d=\"M0-6.5 6.5 0 0 6.5-6.5 0z\"/></svg>"
        )
    };
}

/// A group on the scale of the SUS: its label, every score, and the mean with its interval.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scored {
    pub(super) label: String,
    pub(super) scores: Vec<f64>,
    pub(super) mean: f64,
    pub(super) interval: Option<(f64, f64)>,
}

/// Where the grades of the SUS begin, and their letters.
const GRADES: [(f64, f64, &str); 5] = [
    (0.0, 51.7, "F"),
    (51.7, 62.7, "D"),
    (62.7, 72.6, "C"),
    (72.6, 78.9, "B"),
    (78.9, 100.0, "A"),
];

/// SUS scores of groups on the scale from 0 to 100, with the grades behind them and the average product as a dashed line.
pub(super) fn sus(groups: &[Scored], label: &str) -> String {
    let bottom = 22 + groups.len() * 50;
    let mut out = format!(
        "<svg class=\"ch\" height=\"{}\" role=\"img\" aria-label=\"{}\">",
        bottom + 22,
        escaped(label)
    );
    for (place, (from, to, letter)) in GRADES.iter().enumerate() {
        let shade = if place.is_multiple_of(2) { "0.9" } else { "0" };
        let _ = write!(
            out,
            "<rect x=\"{from}%\" width=\"{:.1}%\" y=\"0\" height=\"{bottom}\" fill=\"var(--sunken)\" opacity=\"{shade}\"/><text x=\"{:.2}%\" y=\"14\" text-anchor=\"middle\" class=\"b\">{letter}</text>",
            to - from,
            f64::midpoint(*from, *to),
        );
    }
    for (place, group) in groups.iter().enumerate() {
        let y = 44 + place * 50;
        let _ = write!(out, "<g class=\"{}\">", group_class(place));
        for score in &group.scores {
            let _ = write!(
                out,
                "<circle cx=\"{score}%\" cy=\"{}\" r=\"3\" fill=\"var(--c)\" opacity=\".55\"/>",
                y - 12
            );
        }
        if let Some((from, to)) = group.interval {
            let _ = write!(
                out,
                "<line class=\"ci\" x1=\"{from:.1}%\" x2=\"{to:.1}%\" y1=\"{y}\" y2=\"{y}\"/>"
            );
        }
        mark(&mut out, place, group.mean / 100.0, y);
        let _ = write!(
            out,
            "</g><text class=\"b\" x=\"1%\" y=\"{}\">{}</text>",
            y + 4,
            escaped(&group.label)
        );
    }
    let _ = write!(
        out,
        "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{bottom}\" y2=\"{bottom}\"/>"
    );
    for (at, anchor) in [
        ("0", "start"),
        ("25", "middle"),
        ("50", "middle"),
        ("68", "middle"),
        ("100", "end"),
    ] {
        let _ = write!(
            out,
            "<text x=\"{at}%\" y=\"{}\" text-anchor=\"{anchor}\">{at}</text>",
            bottom + 17
        );
    }
    let _ = write!(
        out,
        "<line class=\"goal\" x1=\"68%\" x2=\"68%\" y1=\"20\" y2=\"{bottom}\"/></svg>"
    );
    out
}

/// How often each of several answers was given, as one bar; at most five colours from `d1` to `d5`.
pub(super) fn stacked(counts: &[usize]) -> String {
    let total = number(counts.iter().sum());
    let mut out = "<svg class=\"ch\" height=\"26\" aria-hidden=\"true\">".to_owned();
    let mut from = 0.0;
    for (place, count) in counts.iter().enumerate() {
        if *count == 0 {
            continue;
        }
        let share = number(*count) / total;
        let colour = 1 + place * 4 / counts.len().saturating_sub(1).max(1);
        let _ = write!(
            out,
            "<rect class=\"d{colour}\" x=\"{}\" width=\"{}\" y=\"2\" height=\"22\" rx=\"2\"/><text x=\"{}\" y=\"17.5\" text-anchor=\"middle\" class=\"l{colour}\">{count}</text>",
            percent(from),
            percent(share - 0.004),
            percent(from + share / 2.0),
        );
        from += share;
    }
    out.push_str("</svg>");
    out
}

/// One bar from the left.
pub(super) fn bar(share: f64) -> String {
    format!(
        "<svg class=\"ch\" height=\"18\" aria-hidden=\"true\"><line class=\"grid\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"18\"/><line class=\"grid\" x1=\"100%\" x2=\"100%\" y1=\"0\" y2=\"18\"/><rect class=\"run\" x=\"0\" width=\"{}\" y=\"3\" height=\"12\" rx=\"2\"/></svg>",
        percent(share)
    )
}

/// A count as a number to divide with.
pub(super) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

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
    fn shapes_stay_inside_their_cell() {
        let row = Whisker {
            from: -0.2,
            to: 1.4,
            value: 0.5,
        };
        let drawn = whiskers(&[Some(row), None, Some(row)]);
        assert!(drawn.contains("x1=\"0.0%\" x2=\"100.0%\""), "{drawn}");
        assert_eq!(drawn.matches("class=\"dot\"").count(), 2);
        assert!(bar(7.0).contains("width=\"100.0%\""));
    }

    #[test]
    fn a_bar_shows_what_was_answered_and_leaves_out_what_was_not() {
        let drawn = stacked(&[0, 1, 0, 3, 0]);
        assert!(
            drawn.contains("class=\"d2\" x=\"0.0%\" width=\"24.6%\""),
            "{drawn}"
        );
        assert!(
            drawn.contains("class=\"d4\" x=\"25.0%\" width=\"74.6%\""),
            "{drawn}"
        );
        assert_eq!(drawn.matches("<rect").count(), 2);
        assert!(!stacked(&[0, 0]).contains("<rect"));
    }

    #[test]
    fn names_cannot_leave_the_drawing() {
        let group = Scored {
            label: "<b>".to_owned(),
            scores: vec![70.0, 80.0],
            mean: 75.0,
            interval: Some((60.0, 90.0)),
        };
        let drawn = sus(&[group], "a \"b\"");
        assert!(drawn.contains("&lt;b&gt;") && drawn.contains("a &quot;b&quot;"));
    }
}
