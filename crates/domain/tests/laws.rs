//! Laws of a case that hold whatever people do, in whatever order: random commands by everybody, plausible and absurd, with jumps in time.

#[cfg(test)]
mod tests {

    use jiff::{SignedDuration, Timestamp};
    use naru_domain::calendar::Calendars;
    use naru_domain::case::*;
    use naru_domain::feedback::Questionnaires;
    use naru_domain::pathway::*;
    use naru_domain::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::LazyLock;
    use uuid::Uuid;

    struct Shipped {
        calendars: Calendars,
        questionnaires: Questionnaires,
        catalog: Catalog,
        pathways: Vec<(PathwayHash, Pathway)>,
    }

    static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| {
        let calendars = Calendars::shipped();
        let questionnaires = Questionnaires::shipped().unwrap();
        let names = questionnaires.all().map(|q| q.id.clone()).collect();
        let catalog = Catalog::shipped(&calendars, &names).unwrap();
        let pathways = catalog
            .all_newest()
            .map(|(hash, pathway)| (hash.clone(), Pathway::clone(pathway)))
            .collect();
        Shipped {
            calendars,
            questionnaires,
            catalog,
            pathways,
        }
    });

    fn id<T: TypedId>(number: u128) -> T {
        T::from_uuid(Uuid::from_u128(number))
    }

    fn why() -> LongText {
        "because".parse().unwrap()
    }

    /// Somebody: a person with one or two roles at their own organization or a strange one, or the engine.
    #[derive(Clone, Copy, Debug)]
    struct Somebody {
        kind: u8,
        account: u8,
        role: u8,
        second_role: u8,
        stands_in: u8,
    }

    /// A step of a play: time passes, somebody does something at a stage.
    #[derive(Clone, Copy, Debug)]
    struct Act {
        minutes: u32,
        who: Somebody,
        what: u8,
        stage: u8,
        variant: u8,
        /// Whether the act is bent towards what is open and whose move it is.
        helpful: bool,
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let who = (any::<u8>(), 0..12_u8, 0..12_u8, 0..12_u8, any::<u8>()).prop_map(
            |(kind, account, role, second_role, stands_in)| Somebody {
                kind,
                account,
                role,
                second_role,
                stands_in,
            },
        );
        let minutes = prop_oneof![4 => 0..60_u32, 2 => 0..5_000_u32, 1 => 0..60_000_u32];
        let act = (
            minutes,
            who,
            any::<u8>(),
            any::<u8>(),
            any::<u8>(),
            prop::bool::weighted(0.8),
        )
            .prop_map(|(minutes, who, what, stage, variant, helpful)| Act {
                minutes,
                who,
                what,
                stage,
                variant,
                helpful,
            });
        prop::collection::vec(act, 1..80)
    }

    fn organization(role: Role) -> OrganizationId {
        id(match role.organization_kind() {
            OrganizationKind::Startup => 1,
            OrganizationKind::Hospital => 2,
            OrganizationKind::Consultancy => 3,
            OrganizationKind::Operator => 4,
        })
    }

    fn actor(who: Somebody, case: Option<&Case>, wanted: Option<Role>) -> Actor {
        let role = |n: u8| Role::ALL[usize::from(n) % Role::ALL.len()];
        let membership = |role: Role| Membership {
            organization: organization(role),
            role,
        };
        let person = |roles: Vec<Membership>| Actor {
            who: Who::Account(id(u128::from(who.account))),
            memberships: roles,
            on_behalf_of: (who.stands_in < 40).then(|| id(u128::from(who.stands_in % 12))),
            channel: Channel::Api,
        };
        match who.kind {
            0..=20 => Actor::clock(),
            21..=50 => {
                let child = case.and_then(|case| case.children().map(|(_, child)| child).last());
                Actor::message(EffectId {
                    aggregate: child.unwrap_or(AggregateId::Study(id(9))),
                    version: 1,
                    position: 0,
                })
            }
            51..=70 => {
                let mut candidates: Vec<CandidateId> = Vec::new();
                for stage in case.into_iter().flat_map(|case| case.stages.values()) {
                    if let Work::Matching(found) = &stage.work {
                        candidates.extend(found.keys().copied());
                    }
                }
                let n = usize::from(who.account) % candidates.len().max(1);
                Actor {
                    who: Who::Candidate(candidates.get(n).copied().unwrap_or_else(|| id(4))),
                    channel: Channel::MailLink,
                    ..Actor::clock()
                }
            }
            71..=75 => Actor::machine(),
            76..=80 => Actor {
                who: Who::Guest(id(4)),
                ..Actor::clock()
            },
            81..=90 => person(vec![Membership {
                organization: id(99),
                role: role(who.role),
            }]),
            91..=130 => person(vec![
                membership(role(who.role)),
                membership(role(who.second_role)),
            ]),
            131.. => person(vec![membership(wanted.unwrap_or_else(|| role(who.role)))]),
        }
    }

    fn command(
        act: Act,
        case: Option<&Case>,
        pathway: &Pathway,
        hash: &PathwayHash,
        now: Timestamp,
    ) -> CaseCommand {
        let Some(case) = case else {
            return CaseCommand::Open {
                startup: id(1),
                hospital: id(2),
                hospital_kind: OrganizationKind::Hospital,
                device: id(5),
                device_owner: id(1),
                pathway: hash.clone(),
                title: "Case".parse().unwrap(),
            };
        };
        let planned = planned(act, case, pathway);
        let stage = planned.id.clone();
        match act.what % 24 {
            0..=11 if act.helpful => helpful(act, case, pathway, planned, now),
            12 => CaseCommand::Wake,
            13 => CaseCommand::SaveDraft {
                stage,
                values: BTreeMap::new(),
            },
            14 => CaseCommand::RecallSubmission { stage },
            15 => CaseCommand::ClaimStage { stage },
            16 => CaseCommand::ReassignStage {
                stage,
                to: id(u128::from(act.variant % 12)),
                to_holds_role: act.variant.is_multiple_of(2),
                reason: why(),
            },
            17 => CaseCommand::AnswerMatchInvitation {
                accept: !act.variant.is_multiple_of(3),
                conflict: None,
            },
            18 if act.variant < 20 => CaseCommand::Pause { reason: why() },
            19 => CaseCommand::Resume,
            20 if act.variant < 4 => CaseCommand::Cancel { reason: why() },
            21 => CaseCommand::Complete { summary: why() },
            22 => CaseCommand::ReportStage {
                stage,
                round: u16::from(act.variant % 4),
                summary: StageReport {
                    conclusion: why(),
                    evidence: case
                        .children()
                        .map(|(_, child)| child)
                        .nth(usize::from(act.variant % 3))
                        .unwrap_or(AggregateId::Study(id(9))),
                },
            },
            _ => CaseCommand::SubmitForm {
                stage,
                values: BTreeMap::from([("nonsense".to_owned(), Value::Integer(7))]),
                documents: Vec::new(),
            },
        }
    }

    /// The stage an act is about: an open one if it is helpful and there is one, otherwise any.
    fn planned<'a>(act: Act, case: &Case, pathway: &'a Pathway) -> &'a naru_domain::pathway::Stage {
        let open: Vec<_> = pathway
            .stages
            .iter()
            .filter(|stage| {
                case.stages
                    .get(&stage.id)
                    .is_some_and(naru_domain::case::Stage::is_open)
            })
            .collect();
        let n = usize::from(act.stage);
        match open.as_slice() {
            [] => &pathway.stages[n % pathway.stages.len()],
            _ if !act.helpful => &pathway.stages[n % pathway.stages.len()],
            open => open[n % open.len()],
        }
    }

    fn helpful(
        act: Act,
        case: &Case,
        pathway: &Pathway,
        planned: &naru_domain::pathway::Stage,
        now: Timestamp,
    ) -> CaseCommand {
        let stage = planned.id.clone();
        let calendar = SHIPPED.calendars.get(&pathway.calendar).unwrap();
        let today = calendar.date_of(now);
        let document = DocumentVersion {
            document: id(1),
            version: 1,
            sha256: "0".repeat(64).parse().unwrap(),
        };
        match &planned.kind {
            StageKind::Form(form) => CaseCommand::SubmitForm {
                values: sample_answers(pathway, &stage, form, &case.answers, today),
                stage,
                documents: vec![document],
            },
            StageKind::Approval(approval) => CaseCommand::DecideApproval {
                stage,
                seat: None,
                decision: match act.variant {
                    0..=160 => Decision::Approve { comment: None },
                    161..=200 => Decision::SendBack {
                        to: approval
                            .send_back_to
                            .first()
                            .cloned()
                            .unwrap_or_else(|| "nowhere".parse().unwrap()),
                        requests: vec![ChangeRequest {
                            field: None,
                            text: why(),
                        }],
                    },
                    201..=240 => Decision::Recuse { reason: why() },
                    241.. => Decision::Reject { reason: why() },
                },
            },
            StageKind::Matching(matching) => match act.variant % 3 {
                0 | 1 => CaseCommand::InviteCandidate {
                    stage,
                    role: matching.wanted[usize::from(act.variant) % matching.wanted.len()].role,
                    name: "Kim Minji".parse().unwrap(),
                    email: format!("p{}@example.com", act.variant).parse().unwrap(),
                    locale: Locale::Ko,
                    department: "Cardiology".parse().unwrap(),
                    conflict: ConflictOfInterest::NoneKnown,
                },
                _ => CaseCommand::ConfirmMatching { stage },
            },
            StageKind::Consultation(_) if act.variant < 128 => CaseCommand::EngageConsultancy {
                stage,
                consultancy: id(3),
                consultancy_kind: OrganizationKind::Consultancy,
            },
            StageKind::UsabilityStudy(_)
            | StageKind::FeedbackRound(_)
            | StageKind::Consultation(_) => report(case, stage),
            StageKind::Award(bounds) => award(stage, bounds, today),
            StageKind::Agreement(_) if act.variant < 100 => {
                CaseCommand::PrepareAgreement { stage, document }
            }
            StageKind::Agreement(_) => CaseCommand::SignAgreement {
                stage,
                shown: document.sha256,
                printed_name: "Kim Minji".parse().unwrap(),
            },
        }
    }

    fn award(stage: StageId, bounds: &AwardStage, today: jiff::civil::Date) -> CaseCommand {
        let milestone = Milestone {
            title: "Milestone".parse().unwrap(),
            due_on: today,
            amount_krw: None,
        };
        CaseCommand::GrantAward {
            stage,
            award: Award {
                amount_krw: bounds.max_krw,
                milestones: vec![milestone; usize::from(bounds.milestones_min)],
                report_due_on: Some(today),
            },
        }
    }

    fn report(case: &Case, stage: StageId) -> CaseCommand {
        let found = case.stages.get(&stage);
        CaseCommand::ReportStage {
            round: found.map_or(1, |stage| stage.round),
            summary: StageReport {
                conclusion: why(),
                evidence: found
                    .and_then(naru_domain::case::Stage::child)
                    .unwrap_or(AggregateId::Study(id(9))),
            },
            stage,
        }
    }

    /// A case that is played.
    struct Play {
        now: Timestamp,
        commands: u128,
        case: Option<Case>,
        history: Vec<CaseEvent>,
        effect_ids: BTreeSet<EffectId>,
    }

    impl Play {
        fn context<'a>(&self, actor: &'a Actor, now: Timestamp) -> Context<'a> {
            Context {
                now,
                actor,
                aggregate: id::<CaseId>(7).into(),
                command_id: id(1_000 + self.commands),
                calendars: &SHIPPED.calendars,
                pathways: &SHIPPED.catalog,
                questionnaires: &SHIPPED.questionnaires,
            }
        }

        /// Decides, checks what holds for every decision, and folds.
        fn submit(&mut self, actor: &Actor, command: &CaseCommand) -> Result<bool, TestCaseError> {
            self.commands += 1;
            let context = self.context(actor, self.now);
            let decided = Case::decide(self.case.as_ref(), command, &context);
            let again = Case::decide(self.case.as_ref(), command, &context);
            prop_assert_eq!(&decided, &again, "a decision is a function");
            let Ok(events) = decided else {
                return Ok(false);
            };
            for event in &events {
                let before = self.case.clone();
                let folded = Case::evolve(self.case.take(), event);
                prop_assert!(folded.is_ok(), "{folded:?} of {event:?}");
                let case = folded.unwrap();
                if let Some(before) = before {
                    decided_stages_stay(&before, &case, event)?;
                }
                nobody_decides_on_their_own(&case)?;
                let version = u64::try_from(self.history.len()).unwrap() + 1;
                for position in 0..u32::try_from(case.effects(event).len()).unwrap() {
                    let effect = EffectId {
                        aggregate: case.id.into(),
                        version,
                        position,
                    };
                    prop_assert!(self.effect_ids.insert(effect));
                }
                let json = serde_json::to_string(event).unwrap();
                prop_assert_eq!(&serde_json::from_str::<CaseEvent>(&json).unwrap(), event);
                self.history.push(event.clone());
                self.case = Some(case);
            }
            Ok(true)
        }

        /// A wake-up now: afterwards nothing is due, and a second one changes nothing.
        fn wake(&mut self) -> Result<(), TestCaseError> {
            if self.case.is_none() {
                return Ok(());
            }
            self.submit(&Actor::clock(), &CaseCommand::Wake)?;
            let next = self.case.as_ref().and_then(Aggregate::next_wakeup);
            prop_assert!(next.is_none_or(|next| self.now < next), "{next:?}");
            let clock = Actor::clock();
            let context = self.context(&clock, self.now);
            let again = Case::decide(self.case.as_ref(), &CaseCommand::Wake, &context);
            prop_assert_eq!(again, Ok(Vec::new()));
            Ok(())
        }
    }

    fn decided_stages_stay(
        before: &Case,
        after: &Case,
        event: &CaseEvent,
    ) -> Result<(), TestCaseError> {
        let by_right = matches!(
            event,
            CaseEvent::SentBack { .. } | CaseEvent::SubmissionRecalled { .. }
        );
        let mut reopened = BTreeSet::new();
        if let CaseEvent::StageOpened { stage, .. } = event {
            reopened.insert(stage);
        }
        for (id, stage) in before.stages.iter().filter(|(_, stage)| stage.is_over()) {
            // The form that is sent back opens right after the send-back.
            let may = by_right || (reopened.contains(id) && matches!(stage.work, Work::Form(_)));
            prop_assert!(
                may || after.stages.get(id) == Some(stage),
                "{id} by {event:?}"
            );
        }
        Ok(())
    }

    /// The stages that `id` rests on with no approval in between.
    fn not_yet_approved(pathway: &Pathway, id: &StageId) -> BTreeSet<StageId> {
        let mut found = BTreeSet::new();
        let mut next = pathway.stage(id).unwrap().needs.clone();
        while let Some(need) = next.pop() {
            let planned = pathway.stage(&need).unwrap();
            if found.insert(need) && !matches!(planned.kind, StageKind::Approval(_)) {
                next.extend(planned.needs.iter().cloned());
            }
        }
        found
    }

    fn nobody_decides_on_their_own(case: &Case) -> Result<(), TestCaseError> {
        let pathway = SHIPPED.catalog.by_hash(&case.pathway_hash).unwrap();
        for (id, stage) in &case.stages {
            let Work::Approval(work) = &stage.work else {
                continue;
            };
            let voters: Vec<AccountId> = work
                .votes
                .values()
                .flat_map(|vote| [Some(vote.by), vote.on_behalf_of.filter(|b| *b != vote.by)])
                .flatten()
                .collect();
            let distinct: BTreeSet<_> = voters.iter().copied().collect();
            prop_assert_eq!(voters.len(), distinct.len(), "one person, one vote");
            prop_assert!(work.recused.is_disjoint(&distinct));
            // A stage that waits keeps the votes of its last round, which no longer count.
            if stage.progress == Progress::Waiting {
                continue;
            }
            let decided_now = not_yet_approved(pathway, id);
            for (form_id, form) in &case.stages {
                let applied = pathway.stage(form_id).is_some_and(|planned| {
                    planned.owner.organization_kind() == OrganizationKind::Startup
                });
                if let Work::Form(form) = &form.work
                    && pathway.dependents(form_id).contains(id)
                    && (applied || decided_now.contains(form_id))
                    && case.stages[form_id].is_over()
                {
                    prop_assert!(form.submitters.is_disjoint(&distinct), "four eyes at {id}");
                }
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_people_do_a_case_keeps_its_laws(which in any::<prop::sample::Index>(), acts in acts()) {
            let (hash, pathway) = &SHIPPED.pathways[which.index(SHIPPED.pathways.len())];
            let mut play = Play {
                now: "2026-09-14T01:00:00Z".parse().unwrap(),
                commands: 0,
                case: None,
                history: Vec::new(),
                effect_ids: BTreeSet::new(),
            };
            for act in acts {
                play.now = play.now.checked_add(SignedDuration::from_mins(i64::from(act.minutes))).unwrap();
                let command = command(act, play.case.as_ref(), pathway, hash, play.now);
                let wanted = wanted_role(&command, play.case.as_ref(), pathway, act);
                let actor = if play.case.is_none() {
                    Actor { memberships: vec![Membership { organization: id(1), role: Role::StartupMember }], who: Who::Account(id(0)), ..Actor::clock() }
                } else {
                    let kind = engine_kind(&command).filter(|_| act.helpful);
                    let who = Somebody { kind: kind.unwrap_or(act.who.kind), ..act.who };
                    actor(who, play.case.as_ref(), wanted)
                };
                play.submit(&actor, &command)?;
                play.wake()?;
            }
            let folded = play.history.iter().try_fold(None, |state, event| Case::evolve(state, event).map(Some));
            prop_assert_eq!(folded.unwrap(), play.case, "the fold of the history is the state");
        }
    }

    /// Commands that only the engine or a candidate can give are given by them.
    fn engine_kind(command: &CaseCommand) -> Option<u8> {
        if matches!(command, CaseCommand::ReportStage { .. }) {
            Some(30)
        } else if matches!(command, CaseCommand::AnswerMatchInvitation { .. }) {
            Some(60)
        } else {
            None
        }
    }

    /// A role that may give this command, if it is about a stage.
    fn wanted_role(
        command: &CaseCommand,
        case: Option<&Case>,
        pathway: &Pathway,
        act: Act,
    ) -> Option<Role> {
        let case = case?;
        if let CaseCommand::Pause { .. } | CaseCommand::Resume | CaseCommand::Complete { .. } =
            command
        {
            return Some(Role::Coordinator);
        }
        let planned = planned(act, case, pathway);
        let waiting = case.stages.get(&planned.id)?.waiting_for();
        if matches!(planned.kind, StageKind::Approval(_)) {
            let n = usize::from(act.who.role) % waiting.len().max(1);
            waiting.get(n).copied()
        } else if matches!(command, CaseCommand::SignAgreement { .. }) {
            waiting.first().copied()
        } else {
            Some(planned.owner)
        }
    }

    /// The random plays are worth something only if they get somewhere.
    #[test]
    fn random_plays_reach_deep_into_a_case() {
        use proptest::strategy::ValueTree;
        use proptest::test_runner::TestRunner;
        let mut runner = TestRunner::deterministic();
        let mut kinds = BTreeSet::new();
        for _ in 0..150 {
            let acts = acts().new_tree(&mut runner).unwrap().current();
            let (hash, pathway) = &SHIPPED.pathways[0];
            let mut play = Play {
                now: "2026-09-14T01:00:00Z".parse().unwrap(),
                commands: 0,
                case: None,
                history: Vec::new(),
                effect_ids: BTreeSet::new(),
            };
            for act in acts {
                play.now = play
                    .now
                    .checked_add(SignedDuration::from_mins(i64::from(act.minutes)))
                    .unwrap();
                let command = command(act, play.case.as_ref(), pathway, hash, play.now);
                let wanted = wanted_role(&command, play.case.as_ref(), pathway, act);
                let kind = engine_kind(&command).unwrap_or(200);
                let who = Somebody { kind, ..act.who };
                let wanted = wanted.or(Some(Role::StartupMember));
                let actor = actor(who, play.case.as_ref(), wanted);
                play.submit(&actor, &command).unwrap();
                play.wake().unwrap();
            }
            for event in &play.history {
                let json = serde_json::to_value(event).unwrap();
                kinds.insert(json["event"].as_str().unwrap().to_owned());
            }
        }
        for kind in [
            "form_submitted",
            "submission_recalled",
            "seat_decided",
            "seat_recused",
            "approval_decided",
            "sent_back",
            "candidate_invited",
            "candidate_answered",
            "notices_sent",
            "paused",
            "resumed",
            "canceled",
        ] {
            assert!(kinds.contains(kind), "no {kind} in {kinds:?}");
        }
    }
}
