//! States as the console shows them: a class for the colour and an icon; the word stands beside.

/// How something stands with the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// The reader's move.
    Mine,
    /// Somebody else's move.
    Wait,
    /// Past its date.
    Late,
    /// Decided, signed, closed.
    Done,
    /// Cannot move until something outside changes.
    Blocked,
    /// Not started.
    Idle,
    /// Passed by.
    Skipped,
}

impl Tone {
    /// The class that gives the colour.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Mine => "is-mine",
            Self::Wait => "is-wait",
            Self::Late => "is-late",
            Self::Done => "is-done",
            Self::Blocked => "is-blocked",
            Self::Idle | Self::Skipped => "is-idle",
        }
    }

    /// The icon, as SVG.
    pub(super) fn icon(self) -> &'static str {
        match self {
            Self::Mine => MINE,
            Self::Wait => WAIT,
            Self::Late => LATE,
            Self::Done => DONE,
            Self::Blocked => BLOCKED,
            Self::Idle => IDLE,
            Self::Skipped => SKIPPED,
        }
    }
}

macro_rules! icon {
    ($shapes:literal) => {
        concat!(
            "<svg class=\"i\" viewBox=\"0 0 24 24\" aria-hidden=\"true\">",
            $shapes,
            "</svg>"
        )
    };
}

const MINE: &str = icon!(
    "<circle class=\"f\" cx=\"12\" cy=\"12\" r=\"10\"/><path class=\"k\" d=\"M7.5 12h9M13 8.2l3.6 3.8-3.6 3.8\"/>"
);
const WAIT: &str = icon!("<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"M10 9v6M14 9v6\"/>");
const LATE: &str =
    icon!("<path d=\"M12 2.2 21.8 12 12 21.8 2.2 12z\"/><path d=\"M12 7.6v5M12 16v.1\"/>");
const DONE: &str = icon!(
    "<circle class=\"f\" cx=\"12\" cy=\"12\" r=\"10\"/><path class=\"k\" d=\"m7.6 12.4 3 3 5.8-6.2\"/>"
);
const BLOCKED: &str = icon!(
    "<rect x=\"3.2\" y=\"3.2\" width=\"17.6\" height=\"17.6\" rx=\"2.5\"/><path d=\"M7.5 12h9\"/>"
);
const IDLE: &str = icon!("<circle cx=\"12\" cy=\"12\" r=\"9\" stroke-dasharray=\"2.2 3.4\"/>");
const SKIPPED: &str = icon!("<circle cx=\"12\" cy=\"12\" r=\"9\"/><path d=\"M6 18 18 6\"/>");

/// A looking-glass.
pub(super) const FIND: &str =
    icon!("<circle cx=\"10.5\" cy=\"10.5\" r=\"6.5\"/><path d=\"m15.5 15.5 5 5\"/>");
/// Three lines.
pub(super) const MENU: &str = icon!("<path d=\"M4 7h16M4 12h16M4 17h16\"/>");
/// A pin: a request on a field.
pub(super) const PIN: &str = icon!(
    "<path d=\"M12 21s6.5-6.2 6.5-11A6.5 6.5 0 0 0 5.5 10C5.5 14.8 12 21 12 21z\"/><circle cx=\"12\" cy=\"10\" r=\"2.2\"/>"
);
/// A box: a device.
pub(super) const DEVICE: &str =
    icon!("<path d=\"M12 2.8 20 7v10l-8 4.2L4 17V7z\"/><path d=\"M4 7l8 4.2L20 7M12 11.2v10\"/>");
/// The mark of Naru: a boat.
pub(super) const BOAT: &str = "<svg viewBox=\"0 0 24 24\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.9\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\"><path d=\"M12 3v8M12 4.5c3 .6 4.6 2.6 5 5.5H12\"/><path d=\"M4 13h16l-2.6 4H6.6z\" fill=\"currentColor\"/><path d=\"M2.5 21c1.6 0 1.6-1 3.2-1s1.6 1 3.2 1 1.6-1 3.2-1 1.6 1 3.2 1 1.6-1 3.2-1 1.6 1 3.2 1\"/></svg>";
