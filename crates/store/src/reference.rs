//! The calendars, pathways and questionnaires that come with the product.

use crate::Reference;
use naru_domain::Locale;
use naru_domain::calendar::Calendars;
use naru_domain::feedback::Questionnaires;
use naru_domain::pathway::{Catalog, SHIPPED, render};
use std::collections::BTreeSet;

/// The files that come with the product do not pass their own check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the files in workflows/ that were built in do not pass their check:\n{0}")]
pub struct ShippedProblem(String);

impl Reference {
    /// What comes with the product, checked.
    pub fn shipped() -> Result<Self, ShippedProblem> {
        let calendars = Calendars::shipped();
        let questionnaires = Questionnaires::shipped().map_err(|problems| {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            ShippedProblem(lines.join("\n"))
        })?;
        let names: BTreeSet<String> = questionnaires
            .all()
            .map(|questionnaire| questionnaire.id.clone())
            .collect();
        let pathways = Catalog::shipped(&calendars, &names).map_err(|problems| {
            let texts = SHIPPED.iter().map(|(name, text)| {
                let here: Vec<_> = problems
                    .iter()
                    .filter(|problem| problem.file == *name)
                    .cloned()
                    .collect();
                render(&here, text, Locale::En)
            });
            ShippedProblem(texts.collect())
        })?;
        Ok(Self {
            calendars,
            pathways,
            questionnaires,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_the_product_passes_its_own_check() {
        let reference = Reference::shipped().unwrap();
        assert!(reference.calendars.get("kr").is_some());
        assert!(reference.pathways.all_newest().next().is_some());
        assert!(reference.questionnaires.all().next().is_some());
    }
}
