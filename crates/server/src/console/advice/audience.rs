//! Who sees what is written, in words: said before it is posted, and again beside it.

use super::super::ask::Pick;
use super::super::reader::Reader;
use super::super::stop::Stop;
use naru_domain::AccountId;
use naru_domain::consultation::{Audience, Consultation, QuestionStanding};
use std::collections::{BTreeMap, BTreeSet};

/// Members of an organization that are looked at to count those who read.
const MEMBERS_MAX: u32 = 500;
/// Names of one's own people that are said.
const NAMES: usize = 6;
/// One's own people that are offered to be mentioned.
const OFFERED: usize = 100;

/// The sides of a consultation as one of their people sees them.
#[derive(Clone, Debug)]
pub(super) struct Sides {
    /// The side that the reader belongs to, writing or only reading.
    pub(super) own: Option<Audience>,
    named: BTreeMap<Audience, Side>,
}

/// One side.
#[derive(Clone, Debug)]
struct Side {
    name: String,
    people: BTreeSet<AccountId>,
    /// Whoever reads for the reader's own side; who they are elsewhere is not the reader's to know.
    names: Vec<String>,
}

/// The word of forms for a side.
pub(super) fn word(side: Audience) -> &'static str {
    match side {
        Audience::Startup => "startup",
        Audience::Hospital => "hospital",
        Audience::Consultancy => "consultancy",
    }
}

/// The side that a word of a form stands for.
pub(super) fn side_of(word_given: &str) -> Option<Audience> {
    Audience::ALL
        .into_iter()
        .find(|side| word(*side) == word_given)
}

/// The audience that a form names: sides joined by `+`. What is no side is left out.
pub(super) fn audience_of(text: &str) -> BTreeSet<Audience> {
    text.split('+').filter_map(side_of).collect()
}

fn value_of(sides: &BTreeSet<Audience>) -> String {
    let words: Vec<&str> = sides.iter().map(|side| word(*side)).collect();
    words.join("+")
}

impl Sides {
    /// The sides by name.
    pub(super) async fn named(reader: &Reader, consultation: &Consultation) -> Result<Self, Stop> {
        let actor = reader.viewer.actor();
        let own = consultation
            .writes_for(actor)
            .into_iter()
            .chain(consultation.reads_for(actor))
            .next();
        let mut named = BTreeMap::new();
        for side in Audience::ALL {
            let organization = consultation.organization(side);
            let side_named = Side {
                name: reader.organization_name(organization).await?,
                people: BTreeSet::new(),
                names: Vec::new(),
            };
            named.insert(side, side_named);
        }
        Ok(Self { own, named })
    }

    /// The sides with how many people read for each.
    pub(super) async fn of(reader: &Reader, consultation: &Consultation) -> Result<Self, Stop> {
        let mut sides = Self::named(reader, consultation).await?;
        for (side, named) in &mut sides.named {
            let organization = consultation.organization(*side);
            let store = reader.app().store();
            let members = store.members_of(organization, None, MEMBERS_MAX).await?;
            named.people = members
                .into_iter()
                .filter(|member| side.readers().any(|role| member.role.covers(*role)))
                .map(|member| member.account)
                .collect();
            if sides.own == Some(*side) {
                for account in named.people.iter().take(NAMES) {
                    named.names.push(reader.name_of(*account).await?);
                }
            }
        }
        Ok(sides)
    }

    /// How the organization of a side is called.
    pub(super) fn name(&self, side: Audience) -> String {
        self.named
            .get(&side)
            .map_or_else(String::new, |side| side.name.clone())
    }

    /// Who sees what these sides see, and who does not.
    pub(super) fn said(&self, reader: &Reader, sides: &BTreeSet<Audience>) -> String {
        let seen: Vec<String> = sides
            .iter()
            .filter_map(|side| self.named.get(side))
            .map(|side| part(reader, side))
            .collect();
        let hidden: Vec<String> = Audience::ALL
            .into_iter()
            .filter(|side| !sides.contains(side))
            .map(|side| self.name(side))
            .collect();
        let words = reader.words;
        let seen = match seen.as_slice() {
            [] => words.say("audience.nobody"),
            [a] => words.with("audience-one", [("a", a.clone().into())]),
            [a, b] => {
                let pair = [("a", a.clone().into()), ("b", b.clone().into())];
                words.with("audience-two", pair)
            }
            [a, b, c, ..] => {
                let all = [
                    ("a", a.clone().into()),
                    ("b", b.clone().into()),
                    ("c", c.clone().into()),
                ];
                words.with("audience-three", all)
            }
        };
        let hidden = match hidden.as_slice() {
            [] => return seen,
            [a] => words.with("audience-not-one", [("a", a.clone().into())]),
            [a, b, ..] => {
                let pair = [("a", a.clone().into()), ("b", b.clone().into())];
                words.with("audience-not-two", pair)
            }
        };
        format!("{seen} {hidden}")
    }

    /// The audiences that a note of the reader's side can have, the narrowest first.
    pub(super) fn picks(&self, reader: &Reader, own: Audience) -> Vec<Pick> {
        let others = Audience::ALL.into_iter().filter(|side| *side != own);
        let with_one = others.map(|other| BTreeSet::from([own, other]));
        let all = [BTreeSet::from([own])]
            .into_iter()
            .chain(with_one)
            .chain([Audience::ALL.into_iter().collect()]);
        let picks = all.map(|sides| Pick {
            value: value_of(&sides),
            label: self.title(reader, own, &sides),
            note: self.said(reader, &sides),
        });
        picks.collect()
    }

    /// Whom a note of the reader's side can mention, by name, with the organization of those of another side: one's own people, and whoever wrote
    /// what the reader sees.
    pub(super) async fn mentionable(
        &self,
        reader: &Reader,
        consultation: &Consultation,
        own: Audience,
    ) -> Result<Vec<(AccountId, String)>, Stop> {
        let actor = reader.viewer.actor();
        let notes = consultation.visible_notes(actor).into_iter();
        let notes = notes.map(|note| (note.by, note.side));
        let questions = consultation.visible_questions(actor);
        let asked = questions
            .iter()
            .map(|question| (question.by, question.from));
        let answered = questions
            .iter()
            .filter_map(|question| match question.standing {
                QuestionStanding::Answered { by, .. } => Some((by, question.to)),
                QuestionStanding::Waiting | QuestionStanding::Withdrawn { .. } => None,
            });
        let others = notes
            .chain(asked)
            .chain(answered)
            .filter(|(_, side)| *side != own);
        let people = self.named.get(&own).map(|side| &side.people);
        let people = people.into_iter().flatten().take(OFFERED);
        let offered: BTreeMap<AccountId, Audience> = others
            .chain(people.map(|account| (*account, own)))
            .collect();
        let mut names = Vec::with_capacity(offered.len());
        for (account, side) in offered {
            if account != reader.account() {
                let name = reader.name_of(account).await?;
                let said = if side == own {
                    name
                } else {
                    format!("{name}, {}", self.name(side))
                };
                names.push((side != own, said, account));
            }
        }
        names.sort();
        let names = names.into_iter().map(|(_, said, account)| (account, said));
        Ok(names.collect())
    }

    fn title(&self, reader: &Reader, own: Audience, sides: &BTreeSet<Audience>) -> String {
        let mut others = sides.iter().filter(|side| **side != own);
        match (others.next(), others.next()) {
            (None, _) => reader.words.say("audience.own"),
            (Some(other), None) => {
                let name = [("name", self.name(*other).into())];
                reader.words.with("audience-with", name)
            }
            (Some(_), Some(_)) => reader.words.say("audience.all"),
        }
    }

    /// The sides that a question of the reader's side can go to.
    pub(super) fn asked(&self, reader: &Reader, own: Audience) -> Vec<Pick> {
        let others = Audience::ALL.into_iter().filter(|side| *side != own);
        let picks = others.map(|other| Pick {
            value: word(other).to_owned(),
            label: self.name(other),
            note: self.said(reader, &BTreeSet::from([own, other])),
        });
        picks.collect()
    }
}

fn part(reader: &Reader, side: &Side) -> String {
    let name = side.name.clone();
    if side.names.is_empty() {
        let values = [("name", name.into()), ("count", side.people.len().into())];
        return reader.words.with("audience-part", values);
    }
    let mut names = side.names.join(", ");
    if let Some(more) = side
        .people
        .len()
        .checked_sub(side.names.len())
        .filter(|n| 0 < *n)
    {
        names = format!("{names} +{more}");
    }
    let values = [("count", side.people.len().into()), ("names", names.into())];
    reader.words.with("audience-part-own", values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_survives_a_form() {
        let all: BTreeSet<Audience> = Audience::ALL.into_iter().collect();
        assert_eq!(audience_of(&value_of(&all)), all);
        assert_eq!(
            audience_of("consultancy+nobody+"),
            BTreeSet::from([Audience::Consultancy])
        );
        assert!(audience_of("").is_empty());
    }
}
