use super::*;
use crate::given::{Given, NOW, at, given, id, person, text};
use crate::{Actor, EffectId, Role};
use proptest::prelude::*;

const KIM: u128 = 1;
const LEE: u128 = 2;

fn account() -> AccountId {
    id(KIM)
}

fn kim() -> Actor {
    person(KIM, &[])
}

fn operator() -> Actor {
    person(9, &[(id(90), Role::Operator)])
}

fn opened() -> AccountEvent {
    AccountEvent::Opened {
        account: account(),
        email: text("haneul@startup.example"),
        name: text("김하늘"),
        name_en: Some(text("Haneul Kim")),
        locale: Locale::Ko,
    }
}

fn hash(number: usize) -> Sha256Hex {
    text(&format!("{number:064x}"))
}

fn issued(number: usize, expires_at: &str) -> AccountEvent {
    AccountEvent::TokenIssued {
        token: id(u128::try_from(number).unwrap()),
        secret_hash: hash(number),
        label: text("laptop"),
        scopes: BTreeSet::from([Scope::Read, Scope::Write]),
        issued_at: at(NOW),
        expires_at: at(expires_at),
    }
}

fn issue(number: usize, expires_at: &str) -> AccountCommand {
    AccountCommand::IssueToken {
        token: id(u128::try_from(number).unwrap()),
        secret_hash: hash(number),
        label: text("laptop"),
        scopes: BTreeSet::from([Scope::Read, Scope::Write]),
        expires_at: at(expires_at),
    }
}

fn open_command() -> AccountCommand {
    AccountCommand::Open {
        email: text("haneul@startup.example"),
        name: text("김하늘"),
        name_en: Some(text("Haneul Kim")),
        locale: Locale::Ko,
    }
}

fn after(events: &[AccountEvent]) -> Given<Account> {
    let mut all = vec![opened()];
    all.extend_from_slice(events);
    given(account(), &all)
}

fn refused(rejection: impl Into<Rejection>) -> Result<Vec<AccountEvent>, Rejection> {
    Err(rejection.into())
}

#[test]
fn a_person_or_the_machine_opens_an_account_but_nobody_else_does() {
    let nothing = given::<Account>(account(), &[]);
    for actor in [person(8, &[]), Actor::machine()] {
        assert_eq!(nothing.when(&open_command(), &actor), Ok(vec![opened()]));
    }
    let message: EffectId = text(&format!("{}.1.0", account()));
    let mut guest = kim();
    guest.who = Who::Guest(id(5));
    for actor in [Actor::clock(), Actor::message(message), guest] {
        assert_eq!(
            nothing.when(&open_command(), &actor),
            refused(CommonRejection::NotAllowed)
        );
    }
}

#[test]
fn an_account_is_opened_once_and_does_not_exist_before() {
    assert_eq!(
        after(&[]).when(&open_command(), &kim()),
        refused(CommonRejection::AlreadyExists)
    );
    let locale = AccountCommand::ChangeLocale { locale: Locale::En };
    assert_eq!(
        given::<Account>(account(), &[]).when(&locale, &kim()),
        refused(CommonRejection::NotFound)
    );
    let misdirected = given::<Account>(id::<crate::DeviceId>(1), &[]);
    assert_eq!(
        misdirected.when(&open_command(), &kim()),
        refused(CommonRejection::NotFound)
    );
}

#[test]
fn only_the_person_and_the_operator_change_an_account() {
    let locale = AccountCommand::ChangeLocale { locale: Locale::En };
    let changed = Ok(vec![AccountEvent::LocaleChanged { locale: Locale::En }]);
    for actor in [kim(), operator(), Actor::machine()] {
        assert_eq!(after(&[]).when(&locale, &actor), changed);
    }
    let director = person(LEE, &[(id(80), Role::Director)]);
    for actor in [person(LEE, &[]), director, Actor::clock()] {
        assert_eq!(
            after(&[]).when(&locale, &actor),
            refused(CommonRejection::NotAllowed)
        );
    }
}

#[test]
fn a_new_name_replaces_both_scripts_and_the_same_name_changes_nothing() {
    let rename = AccountCommand::Rename {
        name: text("이하늘"),
        name_en: None,
    };
    let mut account = after(&[]);
    let events = account.submit(&rename, &kim()).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(account.state().name_in(Locale::En).as_str(), "이하늘");
    assert_eq!(account.when(&rename, &kim()), Ok(Vec::new()));
}

#[test]
fn a_token_works_until_the_moment_it_expires() {
    let account = after(&[issued(1, "2026-04-01T00:00:00Z")]);
    let live = |moment: &str| {
        account
            .state()
            .live_token(&hash(1), at(moment))
            .map(|token| token.id)
    };
    assert_eq!(live("2026-03-31T23:59:59Z"), Some(id(1)));
    assert_eq!(live("2026-04-01T00:00:00Z"), None);
    assert_eq!(account.state().live_token(&hash(2), at(NOW)), None);
}

#[test]
fn a_revoked_token_is_over_at_once_and_its_secret_never_comes_back() {
    let mut account = after(&[issued(1, "2026-04-01T00:00:00Z")]);
    let revoke = AccountCommand::RevokeToken { token: id(1) };
    assert_eq!(
        account.submit(&revoke, &kim()),
        Some(vec![AccountEvent::TokenRevoked { token: id(1) }])
    );
    assert_eq!(account.state().live_token(&hash(1), at(NOW)), None);
    assert_eq!(account.when(&revoke, &kim()), Ok(Vec::new()));
    let AccountCommand::IssueToken {
        secret_hash,
        label,
        scopes,
        expires_at,
        ..
    } = issue(1, "2026-05-01T00:00:00Z")
    else {
        panic!("not a token");
    };
    let same_secret = AccountCommand::IssueToken {
        token: id(77),
        secret_hash,
        label,
        scopes,
        expires_at,
    };
    assert_eq!(
        account.when(&same_secret, &kim()),
        refused(AccountRejection::TokenReused)
    );
}

#[test]
fn a_token_must_end_in_the_future_and_within_366_days() {
    let account = after(&[]);
    assert_eq!(
        account.when(&issue(1, NOW), &kim()),
        refused(AccountRejection::TokenExpiryPast)
    );
    assert!(
        account
            .when(&issue(1, "2027-03-04T00:00:00Z"), &kim())
            .is_ok()
    );
    assert_eq!(
        account.when(&issue(1, "2027-03-04T00:00:01Z"), &kim()),
        refused(AccountRejection::TokenExpiryTooFar { days_max: 366 })
    );
    for extreme in [Timestamp::MIN, Timestamp::MAX] {
        assert!(
            account
                .when(&issue(1, &extreme.to_string()), &kim())
                .is_err()
        );
    }
}

#[test]
fn a_token_without_scopes_is_refused() {
    let empty = AccountCommand::IssueToken {
        token: id(1),
        secret_hash: hash(1),
        label: text("laptop"),
        scopes: BTreeSet::new(),
        expires_at: at("2026-04-01T00:00:00Z"),
    };
    assert_eq!(
        after(&[]).when(&empty, &kim()),
        refused(AccountRejection::TokenScopesEmpty)
    );
}

#[test]
fn twenty_tokens_may_be_live_and_expired_ones_do_not_count() {
    let tokens: Vec<_> = (1..=LIVE_TOKENS_MAX)
        .map(|number| issued(number, "2026-04-01T00:00:00Z"))
        .collect();
    let account = after(&tokens);
    let next = issue(99, "2026-06-01T00:00:00Z");
    assert_eq!(
        account.when(&next, &kim()),
        refused(AccountRejection::TooManyTokens { tokens_max: 20 })
    );
    assert!(
        account
            .at(at("2026-04-01T00:00:00Z"))
            .when(&next, &kim())
            .is_ok()
    );
}

#[test]
fn an_unknown_token_cannot_be_revoked() {
    assert_eq!(
        after(&[]).when(&AccountCommand::RevokeToken { token: id(1) }, &kim()),
        refused(AccountRejection::TokenUnknown)
    );
}

#[test]
fn closing_an_account_revokes_its_tokens_and_refuses_everything_after() {
    let mut account = after(&[issued(1, "2026-04-01T00:00:00Z")]);
    let close = AccountCommand::Close {
        reason: text("left the company"),
    };
    assert!(account.submit(&close, &operator()).is_some());
    assert_eq!(account.state().live_token(&hash(1), at(NOW)), None);
    for command in [
        close,
        AccountCommand::ChangeLocale { locale: Locale::En },
        issue(2, "2026-04-01T00:00:00Z"),
    ] {
        assert_eq!(
            account.when(&command, &kim()),
            refused(AccountRejection::AccountClosed)
        );
    }
    assert_eq!(
        account.when(&AccountCommand::Wake, &Actor::clock()),
        Ok(Vec::new())
    );
}

fn requested(number: u128, requested_at: &str) -> AccountEvent {
    AccountEvent::SignInLinkRequested {
        link: id(number),
        requested_at: at(requested_at),
        expires_at: at(requested_at) + SIGN_IN_LINK_LIFE,
    }
}

#[test]
fn a_link_lets_its_person_in_once_and_nobody_else() {
    let mut account = after(&[]);
    let asked = account
        .submit(&AccountCommand::RequestSignInLink, &Actor::machine())
        .unwrap();
    let [
        AccountEvent::SignInLinkRequested {
            link, expires_at, ..
        },
    ] = asked.as_slice()
    else {
        panic!("{asked:?}");
    };
    assert_eq!(*expires_at, at(NOW) + SignedDuration::from_mins(15));
    let effects = account.state().effects(&asked[0]);
    let [Effect::SendLetter { letter, to }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let kind = crate::LetterKind::SignInLink {
        account: id(KIM),
        link: *link,
    };
    assert_eq!((&letter.kind, letter.case), (&kind, None));
    assert_eq!(*to, crate::Recipient::Account { account: id(KIM) });

    let enter = AccountCommand::UseSignInLink { link: *link };
    for actor in [operator(), Actor::machine(), person(LEE, &[])] {
        assert_eq!(
            account.when(&enter, &actor),
            refused(CommonRejection::NotAllowed)
        );
    }
    assert_eq!(
        account.submit(&enter, &kim()),
        Some(vec![AccountEvent::SignInLinkUsed { link: *link }])
    );
    assert_eq!(
        account.when(&enter, &kim()),
        refused(AccountRejection::SignInLinkSpent)
    );
}

#[test]
fn a_link_ends_after_a_quarter_of_an_hour_and_with_the_account() {
    let account = || after(&[requested(1, NOW)]);
    let enter = |number| AccountCommand::UseSignInLink { link: id(number) };
    let expired = at(NOW) + SIGN_IN_LINK_LIFE;
    let just_before = expired - SignedDuration::from_micros(1);
    assert!(account().at(just_before).when(&enter(1), &kim()).is_ok());
    assert_eq!(
        account().at(expired).when(&enter(1), &kim()),
        refused(AccountRejection::SignInLinkExpired)
    );
    assert_eq!(
        account().when(&enter(2), &kim()),
        refused(AccountRejection::SignInLinkUnknown)
    );
    let mut account = after(&[requested(1, NOW)]);
    let close = AccountCommand::Close {
        reason: text("left the company"),
    };
    account.submit(&close, &operator()).unwrap();
    assert_eq!(
        account.state().sign_in_link(id(1), at(NOW)),
        LinkState::Unknown
    );
    assert_eq!(
        account.when(&AccountCommand::RequestSignInLink, &Actor::machine()),
        refused(AccountRejection::AccountClosed)
    );
}

#[test]
fn three_links_may_be_on_their_way_and_none_ends_another() {
    let links: Vec<_> = (1..=3).map(|number| requested(number, NOW)).collect();
    let account = after(&links);
    let ask = AccountCommand::RequestSignInLink;
    assert_eq!(
        account.when(&ask, &Actor::machine()),
        refused(AccountRejection::TooManySignInLinks { links_max: 3 })
    );
    for number in 1..=3 {
        let link = account.state().sign_in_link(id(number), at(NOW));
        assert_eq!(link, LinkState::Live);
    }
    let later = at(NOW) + SIGN_IN_LINK_LIFE;
    assert!(account.at(later).when(&ask, &Actor::machine()).is_ok());
}

#[test]
fn links_that_ended_more_than_a_day_ago_are_forgotten() {
    let account = after(&[requested(1, NOW), requested(2, "2026-03-04T00:14:59Z")]);
    assert_eq!(account.state().sign_in_links.len(), 2);
    let account = after(&[requested(1, NOW), requested(2, "2026-03-04T00:15:00Z")]);
    let left: Vec<SignInLinkId> = account.state().sign_in_links.keys().copied().collect();
    assert_eq!(left, [id(2)]);
}

#[test]
fn only_the_clock_wakes_an_account_and_nothing_happens() {
    assert_eq!(
        after(&[]).when(&AccountCommand::Wake, &Actor::clock()),
        Ok(Vec::new())
    );
    for actor in [kim(), Actor::machine()] {
        assert_eq!(
            after(&[]).when(&AccountCommand::Wake, &actor),
            refused(CommonRejection::NotAllowed)
        );
    }
    assert_eq!(after(&[]).state().next_wakeup(), None);
}

#[test]
fn a_damaged_history_is_told_and_not_folded() {
    let revoked = AccountEvent::TokenRevoked { token: id(1) };
    assert!(Account::evolve(None, &revoked).is_err());
    let state = || after(&[]).state;
    assert!(Account::evolve(state(), &revoked).is_err());
    assert!(Account::evolve(state(), &opened()).is_err());
    let used = AccountEvent::SignInLinkUsed { link: id(1) };
    assert!(Account::evolve(state(), &used).is_err());
    let asked = after(&[requested(1, NOW)]).state;
    assert!(Account::evolve(asked, &requested(1, NOW)).is_err());
    let closed = AccountEvent::Closed {
        reason: text("left"),
    };
    let state = Account::evolve(state(), &closed).unwrap();
    assert!(Account::evolve(Some(state), &closed).is_err());
}

#[test]
fn stored_events_read_as_they_were_written() {
    let account = "account_00000000000000000000000000000001";
    let token = "token_00000000000000000000000000000001";
    let hash = "0000000000000000000000000000000000000000000000000000000000000001";
    let renamed = AccountEvent::Renamed {
        name: text("Haneul Kim"),
        name_en: None,
    };
    for (event, json) in [
        (
            opened(),
            format!(
                r#"{{"event":"opened","account":"{account}","email":"haneul@startup.example","name":"김하늘","name_en":"Haneul Kim","locale":"ko"}}"#
            ),
        ),
        (
            renamed,
            r#"{"event":"renamed","name":"Haneul Kim"}"#.to_owned(),
        ),
        (
            AccountEvent::LocaleChanged { locale: Locale::En },
            r#"{"event":"locale_changed","locale":"en"}"#.to_owned(),
        ),
        (
            issued(1, "2026-04-01T00:00:00Z"),
            format!(
                r#"{{"event":"token_issued","token":"{token}","secret_hash":"{hash}","label":"laptop","scopes":["read","write"],"issued_at":"2026-03-03T00:00:00Z","expires_at":"2026-04-01T00:00:00Z"}}"#
            ),
        ),
        (
            AccountEvent::TokenRevoked { token: id(1) },
            format!(r#"{{"event":"token_revoked","token":"{token}"}}"#),
        ),
        (
            requested(1, NOW),
            r#"{"event":"sign_in_link_requested","link":"link_00000000000000000000000000000001","requested_at":"2026-03-03T00:00:00Z","expires_at":"2026-03-03T00:15:00Z"}"#.to_owned(),
        ),
        (
            AccountEvent::SignInLinkUsed { link: id(1) },
            r#"{"event":"sign_in_link_used","link":"link_00000000000000000000000000000001"}"#.to_owned(),
        ),
        (
            AccountEvent::Closed {
                reason: text("퇴사"),
            },
            r#"{"event":"closed","reason":"퇴사"}"#.to_owned(),
        ),
    ] {
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
        assert_eq!(serde_json::from_str::<AccountEvent>(&json).unwrap(), event);
    }
}

#[test]
fn every_refusal_speaks_both_languages() {
    let account = after(&[]);
    let refusal = account
        .when(&issue(1, "2030-01-01T00:00:00Z"), &kim())
        .unwrap_err();
    assert_eq!(refusal.code(), "TOKEN_EXPIRY_TOO_FAR");
    assert_eq!(refusal.field().as_deref(), Some("expiresAt"));
    assert!(refusal.words(Locale::En).contains("366 days"));
    assert!(refusal.words(Locale::Ko).contains("최대 366일"));
}

fn any_command() -> impl Strategy<Value = AccountCommand> {
    let name = || prop::sample::select(vec!["김하늘", "Ana", "د. سارة"]).prop_map(text);
    let locale = || prop::sample::select(vec![Locale::Ko, Locale::En]);
    let scopes = prop::collection::btree_set(prop::sample::select(Scope::ALL), 0..3);
    prop_oneof![
        1 => Just(open_command()),
        2 => (name(), prop::option::of(name()))
            .prop_map(|(name, name_en)| AccountCommand::Rename { name, name_en }),
        2 => locale().prop_map(|locale| AccountCommand::ChangeLocale { locale }),
        8 => (0_u128..30, 0_usize..30, scopes, -2_i64..400).prop_map(|(token, secret, scopes, days)| {
            AccountCommand::IssueToken {
                token: id(token),
                secret_hash: hash(secret),
                label: text("laptop"),
                scopes,
                expires_at: at(NOW) + SignedDuration::from_hours(24 * days),
            }
        }),
        4 => (0_u128..30).prop_map(|token| AccountCommand::RevokeToken { token: id(token) }),
        1 => Just(AccountCommand::Close { reason: text("left") }),
        3 => Just(AccountCommand::RequestSignInLink),
        2 => (0_u128..3).prop_map(|link| AccountCommand::UseSignInLink { link: id(link) }),
        1 => Just(AccountCommand::Wake),
    ]
}

fn any_actor() -> impl Strategy<Value = Actor> {
    prop::sample::select(vec![
        kim(),
        kim(),
        operator(),
        person(LEE, &[]),
        Actor::machine(),
        Actor::clock(),
    ])
}

proptest! {
    #[test]
    fn what_decide_allows_evolve_accepts_and_the_fold_is_the_same_after_storing(
        steps in prop::collection::vec((any_command(), any_actor()), 1..60)
    ) {
        let mut account = given::<Account>(account(), &[]);
        account.submit(&open_command(), &kim());
        let mut stored = vec![serde_json::to_string(&opened()).unwrap()];
        for (command, actor) in steps {
            for event in account.submit(&command, &actor).unwrap_or_default() {
                stored.push(serde_json::to_string(&event).unwrap());
            }
            let live = account.state().tokens.values().filter(|t| t.is_live(at(NOW))).count();
            prop_assert!(live <= LIVE_TOKENS_MAX);
        }
        let events: Vec<AccountEvent> =
            stored.iter().map(|json| serde_json::from_str(json).unwrap()).collect();
        prop_assert_eq!(given::<Account>(id::<AccountId>(KIM), &events).state, account.state);
    }
}
