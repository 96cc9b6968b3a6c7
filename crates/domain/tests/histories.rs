//! Histories as a store once held them: each folds, to the state it had then, and is written again letter by letter.

#[cfg(test)]
mod tests {

    use naru_domain::{AggregateKind, Event, State};
    use std::fs;
    use std::path::Path;

    /// A new kind of aggregate has no file here yet, and that fails: add its history.
    #[test]
    fn a_stored_history_of_every_aggregate_folds() {
        for kind in AggregateKind::ALL {
            let name = format!("tests/histories/{}.jsonl", kind.as_str());
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
            let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut state: Option<State> = None;
            for (n, line) in (1..).zip(text.lines()) {
                let event = Event::from_json(*kind, line)
                    .unwrap_or_else(|error| panic!("{name}:{n}: {error}"));
                assert_eq!(event.to_json().unwrap(), line, "{name}:{n}");
                let folded = State::evolve(state, &event);
                state = Some(folded.unwrap_or_else(|error| panic!("{name}:{n}: {error}")));
            }
            assert!(state.is_some(), "{name} is empty");
        }
    }

    #[test]
    fn the_stored_case_is_complete() {
        let text = include_str!("histories/case.jsonl");
        let state = text.lines().fold(None, |state, line| {
            let event = Event::from_json(AggregateKind::Case, line).unwrap();
            Some(State::evolve(state, &event).unwrap())
        });
        let Some(State::Case(case)) = state else {
            panic!("no case");
        };
        assert_eq!(case.status.as_str(), "completed");
        assert!(case.stages.values().all(naru_domain::case::Stage::is_over));
        assert_eq!(case.stages.len(), 18);
        let json = serde_json::to_value(&case.answers).unwrap();
        assert_eq!(json["ethics.decision"]["value"], "approve");
    }
}
