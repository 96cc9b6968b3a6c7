//! What a list of cases shows. A view is an address: it can be kept, sent and opened without anything else.

use super::address::encoded;
use super::posted::Posted;
use naru_domain::OrganizationId;
use naru_domain::pathway::PathwayId;
use naru_store::CaseSummary;
use std::fmt::Write;

/// A view of the list, as addresses name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum View {
    Running,
    Late,
    Paused,
    Over,
    All,
}

impl View {
    pub(super) const ALL: [Self; 5] = [
        Self::Running,
        Self::Late,
        Self::Paused,
        Self::Over,
        Self::All,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Late => "late",
            Self::Paused => "paused",
            Self::Over => "over",
            Self::All => "all",
        }
    }

    pub(super) fn statuses(self) -> &'static [&'static str] {
        match self {
            Self::Running | Self::Late => &["running"],
            Self::Paused => &["paused"],
            Self::Over => &["completed", "rejected", "canceled"],
            Self::All => &[],
        }
    }
}

/// A column that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Stage,
    Whose,
    Days,
    Due,
    Pathway,
    Opened,
}

impl Column {
    pub(super) const ALL: [Self; 6] = [
        Self::Stage,
        Self::Whose,
        Self::Days,
        Self::Due,
        Self::Pathway,
        Self::Opened,
    ];

    /// The columns of a list that nobody has chosen columns for.
    const USUAL: [Self; 5] = [
        Self::Stage,
        Self::Whose,
        Self::Days,
        Self::Due,
        Self::Opened,
    ];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Whose => "whose",
            Self::Days => "days",
            Self::Due => "due",
            Self::Pathway => "pathway",
            Self::Opened => "opened",
        }
    }
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Filter {
    pub(super) view: View,
    /// What the title must hold.
    pub(super) q: String,
    pub(super) pathway: Option<PathwayId>,
    /// The other side: a startup or a hospital.
    pub(super) party: Option<OrganizationId>,
    /// Only where it is the reader's move.
    pub(super) mine: bool,
    /// By stage instead of one under another.
    pub(super) board: bool,
    pub(super) columns: Vec<Column>,
}

impl Filter {
    /// Reads an address; what says nothing counts as not said.
    pub(super) fn of(asked: &Posted) -> Self {
        let q = asked.one("q").to_owned();
        let usual = if q.is_empty() {
            View::Running
        } else {
            View::All
        };
        let mut views = View::ALL.into_iter();
        let chosen = asked.all("col");
        let columns: Vec<Column> = Column::ALL
            .into_iter()
            .filter(|column| chosen.contains(&column.as_str()))
            .collect();
        Self {
            view: views
                .find(|view| view.as_str() == asked.one("view"))
                .unwrap_or(usual),
            q,
            pathway: asked.some("pathway").and_then(|text| text.parse().ok()),
            party: asked.some("party").and_then(|text| text.parse().ok()),
            mine: asked.one("mine") == "yes",
            board: asked.one("as") == "board",
            columns: if columns.is_empty() {
                Column::USUAL.to_vec()
            } else {
                columns
            },
        }
    }

    /// The address of the list.
    pub(super) fn address(&self) -> String {
        let mut address = format!("/cases?view={}", self.view.as_str());
        let mut say = |name: &str, value: &str| {
            if !value.is_empty() {
                // Writing to a String cannot fail.
                let _ = write!(address, "&{name}={}", encoded(value));
            }
        };
        say("q", &self.q);
        if let Some(pathway) = &self.pathway {
            say("pathway", pathway.as_str());
        }
        if let Some(party) = self.party {
            say("party", &party.to_string());
        }
        say("mine", if self.mine { "yes" } else { "" });
        say("as", if self.board { "board" } else { "" });
        if self.columns != Column::USUAL {
            for column in &self.columns {
                say("col", column.as_str());
            }
        }
        address
    }

    /// The address with something changed.
    pub(super) fn but(&self, change: impl FnOnce(&mut Self)) -> String {
        let mut other = self.clone();
        change(&mut other);
        other.address()
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    /// Whether that pathway is asked for.
    pub(super) fn is_on(&self, pathway: &str) -> bool {
        self.pathway
            .as_ref()
            .is_some_and(|id| id.as_str() == pathway)
    }

    /// Whether that other side is asked for.
    pub(super) fn is_with(&self, party: &str) -> bool {
        self.party.is_some_and(|id| id.to_string() == party)
    }

    /// Whether anything beside the view is asked for.
    pub(super) fn narrows(&self) -> bool {
        !self.q.is_empty() || self.pathway.is_some() || self.party.is_some() || self.mine
    }

    /// Whether a case fits, as far as its row says.
    pub(super) fn fits(&self, row: &CaseSummary, now: jiff::Timestamp) -> bool {
        let pathway = self.pathway.as_ref();
        row.title.to_lowercase().contains(&self.q.to_lowercase())
            && pathway.is_none_or(|wanted| row.pathway == *wanted)
            && self
                .party
                .is_none_or(|party| row.startup == party || row.hospital == party)
            && (self.view != View::Late || row.next_due_at.is_some_and(|due| due <= now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Filter {
        let pairs = pairs.iter();
        Filter::of(&Posted::new(
            pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        ))
    }

    #[test]
    fn a_view_is_its_address() {
        assert_eq!(of(&[]).address(), "/cases?view=running");
        assert_eq!(
            of(&[("q", "청진")]).view,
            View::All,
            "a search looks everywhere"
        );
        let asked = [
            ("view", "late"),
            ("q", "a b"),
            ("pathway", "asan"),
            ("mine", "yes"),
            ("as", "board"),
            ("col", "due"),
            ("col", "pathway"),
            ("nonsense", "x"),
        ];
        let filter = of(&asked);
        assert_eq!(
            filter.address(),
            "/cases?view=late&q=a%20b&pathway=asan&mine=yes&as=board&col=due&col=pathway"
        );
        assert_eq!(
            filter.but(|filter| filter.mine = false),
            "/cases?view=late&q=a%20b&pathway=asan&as=board&col=due&col=pathway"
        );
        assert_eq!(of(&[("party", "nobody")]).party, None);
    }
}
