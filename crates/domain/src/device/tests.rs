use super::*;
use crate::given::{Given, NOW, at, given, id, person, text};
use crate::{Actor, EffectId, FILE_SIZE_BYTES_MAX, FileProblem, Locale, MediaType};
use proptest::prelude::*;

const SORI: u128 = 1;

fn device() -> DeviceId {
    id(5)
}

fn startup() -> OrganizationId {
    id(70)
}

fn sori() -> Actor {
    person(SORI, &[(startup(), Role::StartupMember)])
}

fn name() -> EitherName {
    EitherName::new(Some(text("심전도 패치")), Some(text("ECG patch"))).unwrap()
}

fn classes() -> BTreeMap<Market, DeviceClass> {
    BTreeMap::from([
        (Market::Kr, DeviceClass::Class2),
        (Market::Eu, DeviceClass::IiA),
    ])
}

fn register_with(classes: BTreeMap<Market, DeviceClass>) -> DeviceCommand {
    DeviceCommand::Register {
        owner: startup(),
        name: name(),
        model: text("EP-100"),
        intended_use: text("Records an ECG at home."),
        classes,
        udi_di: Some(text("6291041500213")),
    }
}

fn registered() -> DeviceEvent {
    DeviceEvent::Registered {
        device: device(),
        owner: startup(),
        name: name(),
        model: text("EP-100"),
        intended_use: text("Records an ECG at home."),
        classes: classes(),
        udi_di: Some(text("6291041500213")),
    }
}

fn file(content: u64, size_bytes: u64) -> StoredFile {
    StoredFile {
        sha256: text(&format!("{content:064x}")),
        size_bytes,
        media_type: MediaType::Pdf,
        file_name: text("사용설명서.pdf"),
    }
}

fn attach(document: Option<u128>, content: u64) -> DeviceCommand {
    DeviceCommand::AttachDocument {
        document: document.map(id),
        title: text("Instructions for use"),
        file: file(content, 10),
        hospitals: Vec::new(),
    }
}

fn attached(document: u128, version: u32, content: u64) -> DeviceEvent {
    DeviceEvent::DocumentAttached {
        document: id(document),
        version,
        title: text("Instructions for use"),
        file: file(content, 10),
        hospital: None,
        by: id(SORI),
        at: at(NOW),
    }
}

fn retire(document: u128) -> DeviceCommand {
    DeviceCommand::RetireDocument {
        document: id(document),
        reason: text("superseded"),
    }
}

fn retired(document: u128) -> DeviceEvent {
    DeviceEvent::DocumentRetired {
        document: id(document),
        reason: text("superseded"),
        by: id(SORI),
        at: at(NOW),
    }
}

fn revise(model: Option<&str>, classes: Option<BTreeMap<Market, DeviceClass>>) -> DeviceCommand {
    DeviceCommand::Revise {
        name: None,
        model: model.map(text),
        intended_use: None,
        classes,
        udi_di: None,
        reason: text("new generation"),
    }
}

fn after(events: &[DeviceEvent]) -> Given<Device> {
    let mut all = vec![registered()];
    all.extend_from_slice(events);
    given(device(), &all)
}

#[test]
fn a_hospital_that_runs_a_case_attaches_its_own_documents_and_changes_no_others() {
    let (hospital, other) = (id::<OrganizationId>(30), id::<OrganizationId>(31));
    let coordinator = person(9, &[(hospital, Role::Coordinator)]);
    let by_hospital = |document: Option<u128>, content| {
        let mut command = attach(document, content);
        if let DeviceCommand::AttachDocument { hospitals, .. } = &mut command {
            *hospitals = vec![hospital];
        }
        command
    };
    let mut dossier = after(&[attached(7, 1, 1)]);
    let events = dossier.submit(&by_hospital(None, 2), &coordinator).unwrap();
    assert!(
        matches!(events.as_slice(), [DeviceEvent::DocumentAttached { hospital: Some(from), .. }] if *from == hospital)
    );
    let of_another_side = refused(DeviceRejection::DocumentOfAnotherSide);
    assert_eq!(
        dossier.when(&by_hospital(Some(7), 3), &coordinator),
        of_another_side
    );
    let stranger = person(10, &[(other, Role::Coordinator)]);
    assert_eq!(
        dossier.when(&by_hospital(None, 3), &stranger),
        refused(CommonRejection::NotFound)
    );
    assert_eq!(
        dossier.when(&attach(None, 3), &coordinator),
        refused(CommonRejection::NotFound)
    );
}

fn refused(rejection: impl Into<Rejection>) -> Result<Vec<DeviceEvent>, Rejection> {
    Err(rejection.into())
}

fn outsiders() -> Vec<Actor> {
    let message: EffectId = text(&format!("{}.1.0", device()));
    vec![
        person(2, &[(id(71), Role::StartupAdmin)]),
        person(3, &[(id(80), Role::Coordinator)]),
        person(4, &[(id(90), Role::Operator)]),
        person(SORI, &[]),
        Actor::machine(),
        Actor::clock(),
        Actor::message(message),
    ]
}

#[test]
fn members_of_the_owner_register_a_device_and_nobody_else_does() {
    let nothing = given::<Device>(device(), &[]);
    let admin = person(SORI, &[(startup(), Role::StartupAdmin)]);
    for actor in [sori(), admin] {
        assert_eq!(
            nothing.when(&register_with(classes()), &actor),
            Ok(vec![registered()])
        );
    }
    for actor in outsiders() {
        assert_eq!(
            nothing.when(&register_with(classes()), &actor),
            refused(CommonRejection::NotAllowed)
        );
    }
}

#[test]
fn a_device_is_registered_once_and_does_not_exist_before() {
    assert_eq!(
        after(&[]).when(&register_with(classes()), &sori()),
        refused(CommonRejection::AlreadyExists)
    );
    assert_eq!(
        given::<Device>(device(), &[]).when(&attach(None, 1), &sori()),
        refused(CommonRejection::NotFound)
    );
    let misdirected = given::<Device>(startup(), &[]);
    assert_eq!(
        misdirected.when(&register_with(classes()), &sori()),
        refused(CommonRejection::NotFound)
    );
}

#[test]
fn each_market_takes_its_own_classes_only() {
    let nothing = given::<Device>(device(), &[]);
    for market in Market::ALL {
        for class in DeviceClass::ALL {
            let command = register_with(BTreeMap::from([(*market, *class)]));
            assert_eq!(
                nothing.when(&command, &sori()).is_ok(),
                market.classes().contains(class),
                "{market:?} {class:?}"
            );
        }
    }
    let korean_iii = BTreeMap::from([(Market::Kr, DeviceClass::Iii)]);
    let refusal = DeviceRejection::ClassNotInMarket {
        market: "kr".to_owned(),
        class: "III".to_owned(),
        classes: "1, 2, 3, 4".to_owned(),
    };
    assert_eq!(
        nothing.when(&register_with(korean_iii.clone()), &sori()),
        refused(refusal.clone())
    );
    assert_eq!(
        after(&[]).when(&revise(None, Some(korean_iii)), &sori()),
        refused(refusal)
    );
}

#[test]
fn to_everyone_but_the_owners_members_a_dossier_is_not_there() {
    let dossier = after(&[attached(1, 1, 1)]);
    for actor in outsiders() {
        for command in [revise(Some("EP-200"), None), attach(None, 2), retire(1)] {
            assert_eq!(
                dossier.when(&command, &actor),
                refused(CommonRejection::NotFound)
            );
        }
    }
}

#[test]
fn a_revision_records_only_what_changed() {
    let mut dossier = after(&[]);
    let command = revise(Some("EP-200"), Some(classes()));
    assert_eq!(
        dossier.submit(&command, &sori()),
        Some(vec![DeviceEvent::Revised {
            name: None,
            model: Some(text("EP-200")),
            intended_use: None,
            classes: None,
            udi_di: None,
            reason: text("new generation"),
        }])
    );
    assert_eq!(dossier.state().model.as_str(), "EP-200");
    assert_eq!(dossier.state().classes, classes());
    assert_eq!(
        dossier.when(&command, &sori()),
        refused(DeviceRejection::NothingRevised)
    );
}

#[test]
fn a_revision_can_change_every_field() {
    let mut dossier = after(&[]);
    let name = EitherName::new(None, Some(text("ECG patch 2"))).unwrap();
    let command = DeviceCommand::Revise {
        name: Some(name.clone()),
        model: Some(text("EP-2")),
        intended_use: Some(text("Records an ECG anywhere.")),
        classes: Some(BTreeMap::new()),
        udi_di: Some(text("5012345670003")),
        reason: text("new generation"),
    };
    assert!(dossier.submit(&command, &sori()).is_some());
    let expected = Device {
        id: device(),
        owner: startup(),
        name,
        model: text("EP-2"),
        intended_use: text("Records an ECG anywhere."),
        classes: BTreeMap::new(),
        udi_di: Some(text("05012345670003")),
        documents: BTreeMap::new(),
    };
    assert_eq!(*dossier.state(), expected);
}

#[test]
fn a_file_becomes_a_document_and_the_next_file_its_next_version() {
    let mut dossier = after(&[]);
    dossier.submit(&attach(None, 1), &sori()).unwrap();
    let document = dossier.state().documents_in_use().next().unwrap().id;
    let next = DeviceCommand::AttachDocument {
        document: Some(document),
        title: text("Instructions for use, revised"),
        file: file(2, 20),
        hospitals: Vec::new(),
    };
    dossier.submit(&next, &sori()).unwrap();
    let document = dossier.state().document(document).unwrap();
    assert_eq!(document.title().as_str(), "Instructions for use, revised");
    assert_eq!(document.newest().file, file(2, 20));
    assert_eq!(document.version(1).unwrap().file, file(1, 10));
    assert!(document.versions().map(|v| v.version).eq([1, 2]));
    assert_eq!(document.version(3), None);
}

#[test]
fn two_new_documents_with_the_same_content_get_different_ids() {
    let mut dossier = after(&[]);
    dossier.submit(&attach(None, 1), &sori()).unwrap();
    dossier.submit(&attach(None, 1), &sori()).unwrap();
    assert_eq!(dossier.state().documents.len(), 2);
}

#[test]
fn the_content_of_the_newest_version_is_refused_but_an_older_one_may_come_back() {
    let dossier = after(&[attached(1, 1, 1), attached(1, 2, 2)]);
    assert_eq!(
        dossier.when(&attach(Some(1), 2), &sori()),
        refused(DeviceRejection::DocumentUnchanged { version: 2 })
    );
    assert_eq!(
        dossier.when(&attach(Some(1), 1), &sori()),
        Ok(vec![attached(1, 3, 1)])
    );
}

#[test]
fn a_retired_document_takes_no_version_and_keeps_the_ones_it_has() {
    let mut dossier = after(&[attached(1, 1, 1)]);
    assert_eq!(dossier.submit(&retire(1), &sori()), Some(vec![retired(1)]));
    for command in [attach(Some(1), 2), retire(1)] {
        assert_eq!(
            dossier.when(&command, &sori()),
            refused(DeviceRejection::DocumentRetired)
        );
    }
    let document = dossier.state().document(id(1)).unwrap();
    assert_eq!(document.newest().file, file(1, 10));
    assert_eq!(dossier.state().documents_in_use().count(), 0);
}

#[test]
fn an_unknown_document_is_neither_versioned_nor_retired() {
    for command in [attach(Some(1), 1), retire(1)] {
        assert_eq!(
            after(&[]).when(&command, &sori()),
            refused(DeviceRejection::DocumentUnknown)
        );
    }
}

#[test]
fn an_empty_file_and_one_over_512_mib_are_refused() {
    let attach = |size_bytes| DeviceCommand::AttachDocument {
        document: None,
        title: text("Video"),
        file: file(1, size_bytes),
        hospitals: Vec::new(),
    };
    let dossier = after(&[]);
    assert_eq!(
        dossier.when(&attach(0), &sori()),
        refused(DeviceRejection::FileEmpty)
    );
    assert!(dossier.when(&attach(FILE_SIZE_BYTES_MAX), &sori()).is_ok());
    assert_eq!(
        dossier.when(&attach(FILE_SIZE_BYTES_MAX + 1), &sori()),
        refused(DeviceRejection::FileTooLarge)
    );
    let unknown: FileProblem = "application/x-sh".parse::<MediaType>().unwrap_err();
    assert_eq!(
        DeviceRejection::from(unknown).code(),
        "FILE_TYPE_NOT_ACCEPTED"
    );
}

#[test]
fn a_dossier_holds_a_thousand_documents_and_retired_ones_make_room() {
    let mut events: Vec<_> = (1..=1_000).map(|number| attached(number, 1, 1)).collect();
    assert_eq!(
        after(&events).when(&attach(None, 2), &sori()),
        refused(DeviceRejection::TooManyDocuments {
            documents_max: 1_000
        })
    );
    assert!(after(&events).when(&attach(Some(1), 2), &sori()).is_ok());
    events.push(retired(7));
    assert!(after(&events).when(&attach(None, 2), &sori()).is_ok());
}

#[test]
fn only_the_clock_wakes_a_device_and_nothing_happens() {
    assert_eq!(
        after(&[]).when(&DeviceCommand::Wake, &Actor::clock()),
        Ok(Vec::new())
    );
    assert_eq!(
        after(&[]).when(&DeviceCommand::Wake, &sori()),
        refused(CommonRejection::NotAllowed)
    );
    assert_eq!(after(&[]).state().next_wakeup(), None);
}

#[test]
fn a_damaged_history_is_told_and_not_folded() {
    assert!(Device::evolve(None, &attached(1, 1, 1)).is_err());
    for events in [
        vec![registered()],
        vec![attached(1, 2, 1)],
        vec![retired(1)],
        vec![attached(1, 1, 1), attached(1, 3, 2)],
        vec![attached(1, 1, 1), attached(1, 1, 2)],
        vec![attached(1, 1, 1), retired(1), retired(1)],
        vec![attached(1, 1, 1), retired(1), attached(1, 2, 2)],
    ] {
        let (last, before) = events.split_last().unwrap();
        assert!(
            Device::evolve(after(before).state, last).is_err(),
            "{last:?}"
        );
    }
}

#[test]
fn stored_events_read_as_they_were_written() {
    let device = "device_00000000000000000000000000000005";
    let owner = "organization_00000000000000000000000000000046";
    let document = "document_00000000000000000000000000000001";
    let by = "account_00000000000000000000000000000001";
    let hash = "0000000000000000000000000000000000000000000000000000000000000007";
    let revised = DeviceEvent::Revised {
        name: Some(EitherName::new(None, Some(text("ECG patch"))).unwrap()),
        model: Some(text("EP-200")),
        intended_use: Some(text("Records an ECG.")),
        classes: Some(BTreeMap::from([
            (Market::Us, DeviceClass::Ii),
            (Market::Uk, DeviceClass::IiB),
        ])),
        udi_di: Some(text("10614141999993")),
        reason: text("new generation"),
    };
    for (event, json) in [
        (
            registered(),
            format!(
                r#"{{"event":"registered","device":"{device}","owner":"{owner}","name":{{"ko":"심전도 패치","en":"ECG patch"}},"model":"EP-100","intended_use":"Records an ECG at home.","classes":{{"kr":"2","eu":"IIa"}},"udi_di":"06291041500213"}}"#
            ),
        ),
        (
            revised,
            r#"{"event":"revised","name":{"en":"ECG patch"},"model":"EP-200","intended_use":"Records an ECG.","classes":{"us":"II","uk":"IIb"},"udi_di":"10614141999993","reason":"new generation"}"#.to_owned(),
        ),
        (
            attached(1, 1, 7),
            format!(
                r#"{{"event":"document_attached","document":"{document}","version":1,"title":"Instructions for use","file":{{"sha256":"{hash}","size_bytes":10,"media_type":"application/pdf","file_name":"사용설명서.pdf"}},"by":"{by}","at":"2026-03-03T00:00:00Z"}}"#
            ),
        ),
        (
            retired(1),
            format!(
                r#"{{"event":"document_retired","document":"{document}","reason":"superseded","by":"{by}","at":"2026-03-03T00:00:00Z"}}"#
            ),
        ),
    ] {
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
        assert_eq!(serde_json::from_str::<DeviceEvent>(&json).unwrap(), event);
    }
}

#[test]
fn a_refused_class_is_explained_in_both_languages() {
    let command = register_with(BTreeMap::from([(Market::Us, DeviceClass::IiA)]));
    let refusal = given::<Device>(device(), &[])
        .when(&command, &sori())
        .unwrap_err();
    assert_eq!(refusal.code(), "CLASS_NOT_IN_MARKET");
    assert_eq!(refusal.field().as_deref(), Some("classes"));
    assert!(
        refusal
            .words(Locale::En)
            .contains("Choose one of I, II, III")
    );
    assert!(refusal.words(Locale::Ko).contains("IIa등급이 없습니다"));
}

fn any_command() -> impl Strategy<Value = DeviceCommand> {
    let model = prop::option::of(prop::sample::select(vec!["EP-100", "EP-200"]));
    let classes = prop::option::of(prop::collection::btree_map(
        prop::sample::select(Market::ALL),
        prop::sample::select(DeviceClass::ALL),
        0..3,
    ));
    // The ids of new documents are not known beforehand; the places are replaced by real ids below.
    let place = || 0_u128..4;
    prop_oneof![
        1 => Just(register_with(BTreeMap::new())),
        3 => (model, classes).prop_map(|(model, classes)| revise(model, classes)),
        3 => (0_u64..3).prop_map(|content| attach(None, content)),
        6 => (place(), 0_u64..3).prop_map(|(place, content)| attach(Some(place), content)),
        2 => place().prop_map(retire),
        1 => Just(DeviceCommand::Wake),
    ]
}

/// The command with the place of a document replaced by the id of the document at that place.
fn resolved(command: DeviceCommand, device: &Device) -> DeviceCommand {
    let at_place = |place: DocumentId| {
        let place = usize::try_from(crate::TypedId::uuid(place).as_u128()).unwrap();
        device.documents.keys().nth(place).copied().unwrap_or(id(0))
    };
    match command {
        DeviceCommand::AttachDocument {
            document,
            title,
            file,
            hospitals,
        } => DeviceCommand::AttachDocument {
            document: document.map(at_place),
            title,
            file,
            hospitals,
        },
        DeviceCommand::RetireDocument { document, reason } => DeviceCommand::RetireDocument {
            document: at_place(document),
            reason,
        },
        DeviceCommand::Register { .. } | DeviceCommand::Revise { .. } | DeviceCommand::Wake => {
            command
        }
    }
}

proptest! {
    #[test]
    fn what_decide_allows_evolve_accepts_and_a_version_never_changes(
        steps in prop::collection::vec((any_command(), 0_usize..12), 1..60)
    ) {
        let mut dossier = after(&[]);
        let mut stored = vec![serde_json::to_string(&registered()).unwrap()];
        let actors: Vec<_> = outsiders().into_iter().chain([sori(), sori(), sori(), sori(), sori()]).collect();
        for (command, actor) in steps {
            let before = dossier.state().clone();
            let command = resolved(command, &before);
            for event in dossier.submit(&command, &actors[actor]).unwrap_or_default() {
                stored.push(serde_json::to_string(&event).unwrap());
            }
            for document in before.documents.values() {
                for version in document.versions() {
                    let now = dossier.state().document(document.id).unwrap();
                    prop_assert_eq!(now.version(version.version), Some(version));
                }
            }
        }
        let events: Vec<DeviceEvent> =
            stored.iter().map(|json| serde_json::from_str(json).unwrap()).collect();
        prop_assert_eq!(given::<Device>(device(), &events).state, dossier.state);
    }
}
