//! The schema: equal to its file, described throughout, and with exactly the domain's commands as its mutations.

use naru_server::schema_sdl;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each command and the mutation that sends it, or in brackets who sends it instead: the engine, whoever opens the link in a letter, or
/// the sign-in page, where nobody is signed in yet and so nobody could call a mutation.
const SENT_BY: &[(&str, &str, &str)] = &[
    ("Account", "Open", "openAccount"),
    ("Account", "Rename", "renameAccount"),
    ("Account", "ChangeLocale", "changeLocale"),
    ("Account", "IssueToken", "issueToken"),
    ("Account", "RevokeToken", "revokeToken"),
    ("Account", "RequestSignInLink", "(sign-in page)"),
    ("Account", "UseSignInLink", "(sign-in page)"),
    ("Account", "Close", "closeAccount"),
    ("Organization", "Register", "registerOrganization"),
    ("Organization", "Rename", "renameOrganization"),
    ("Organization", "AddMember", "addMember"),
    ("Organization", "RemoveMember", "removeMember"),
    ("Device", "Register", "registerDevice"),
    ("Device", "Revise", "reviseDevice"),
    ("Device", "AttachDocument", "attachDocument"),
    ("Device", "RetireDocument", "retireDocument"),
    ("Case", "Open", "openCase"),
    ("Case", "SaveDraft", "saveDraft"),
    ("Case", "SubmitForm", "submitForm"),
    ("Case", "RecallSubmission", "recallSubmission"),
    ("Case", "ClaimStage", "claimStage"),
    ("Case", "ReassignStage", "reassignStage"),
    ("Case", "DecideApproval", "decideApproval"),
    ("Case", "InviteCandidate", "inviteCandidate"),
    ("Case", "WithdrawCandidate", "withdrawCandidate"),
    ("Case", "AnswerMatchInvitation", "(link)"),
    ("Case", "ConfirmMatching", "confirmMatching"),
    ("Case", "EngageConsultancy", "engageConsultancy"),
    ("Case", "GrantAward", "grantAward"),
    ("Case", "PrepareAgreement", "prepareAgreement"),
    ("Case", "SignAgreement", "signAgreement"),
    ("Case", "Pause", "pauseCase"),
    ("Case", "Resume", "resumeCase"),
    ("Case", "Cancel", "cancelCase"),
    ("Case", "Complete", "completeCase"),
    ("Case", "ReportStage", "(engine)"),
    ("Study", "Open", "(engine)"),
    ("Study", "AddTask", "addStudyTask"),
    ("Study", "RecordSession", "recordSession"),
    ("Study", "CorrectSession", "correctSession"),
    ("Study", "RemoveSession", "removeSession"),
    ("Study", "Close", "closeStudy"),
    ("Feedback", "Open", "(engine)"),
    ("Feedback", "Invite", "inviteClinicians"),
    ("Feedback", "Remind", "remindClinician"),
    ("Feedback", "RevokeInvitation", "revokeInvitation"),
    ("Feedback", "Answer", "(link)"),
    ("Feedback", "Decline", "(link)"),
    ("Feedback", "Close", "closeFeedbackRound"),
    ("Consultation", "Open", "(engine)"),
    ("Consultation", "AddNote", "addNote"),
    ("Consultation", "AskQuestion", "askQuestion"),
    ("Consultation", "AnswerQuestion", "answerQuestion"),
    ("Consultation", "WithdrawQuestion", "withdrawQuestion"),
    ("Consultation", "Close", "closeConsultation"),
];

/// What the engine sends to every aggregate of its kind.
const ENGINE_ONLY: &[&str] = &["Wake", "Withdraw", "Suspend", "Resume"];

/// Mutations that are no command of an aggregate.
const BESIDE: &[&str] = &["requestUpload", "retryIncident"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn schema_file_is_current() {
    let written = fs::read_to_string(root().join("schema.graphql")).unwrap();
    assert!(
        written == schema_sdl(),
        "schema.graphql is not what the code says; write it with `cargo xtask schema` and read the difference"
    );
}

/// The names of the fields of a type.
fn fields_of(sdl: &str, kind: &str) -> BTreeSet<String> {
    let (_, rest) = sdl.split_once(&format!("\n{kind} {{\n")).unwrap();
    let body = rest.split("\n}").next().unwrap();
    without_texts(body)
        .lines()
        .filter_map(|line| line.strip_prefix('\t'))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split(['(', ':']).next())
        .map(str::to_owned)
        .collect()
}

/// The document without its descriptions.
fn without_texts(sdl: &str) -> String {
    sdl.split("\"\"\"")
        .enumerate()
        .filter(|(place, _)| place % 2 == 0)
        .map(|(_, text)| text)
        .collect()
}

/// The mutations.
pub(crate) fn mutations() -> BTreeSet<String> {
    fields_of(&schema_sdl(), "type Mutation")
}

/// The input type of a mutation.
pub(crate) fn input_of(verb: &str) -> String {
    let sdl = without_texts(&schema_sdl());
    let (_, rest) = sdl.split_once(&format!("\n\t{verb}(input: ")).unwrap();
    rest.split('!').next().unwrap().to_owned()
}

/// The fields of an input with their types.
pub(crate) fn input_fields(input: &str) -> BTreeMap<String, String> {
    let sdl = without_texts(&schema_sdl());
    let heads = [
        format!("\ninput {input} {{\n"),
        format!("\ninput {input} @oneOf {{\n"),
    ];
    let (_, rest) = heads
        .iter()
        .find_map(|head| sdl.split_once(head.as_str()))
        .unwrap_or_else(|| panic!("no input {input}"));
    rest.split("\n}")
        .next()
        .unwrap()
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
        .collect()
}

/// The first value of an enum; nothing if there is no such enum.
pub(crate) fn first_value(name: &str) -> Option<String> {
    let sdl = without_texts(&schema_sdl());
    let (_, rest) = sdl.split_once(&format!("\nenum {name} {{\n"))?;
    let mut values = rest.split("\n}").next()?.lines().map(str::trim);
    values.find(|value| !value.is_empty()).map(str::to_owned)
}

/// Whether there is an input of this name, and whether exactly one of its fields is given.
pub(crate) fn is_input(name: &str) -> Option<bool> {
    let sdl = schema_sdl();
    if sdl.contains(&format!("\ninput {name} @oneOf {{\n")) {
        Some(true)
    } else if sdl.contains(&format!("\ninput {name} {{\n")) {
        Some(false)
    } else {
        None
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The variants of every command enum of the domain, read from its sources.
fn commands() -> BTreeSet<(String, String)> {
    let mut sources = Vec::new();
    files(&root().join("crates/domain/src"), &mut sources);
    let mut found = BTreeSet::new();
    for source in sources {
        let text = fs::read_to_string(source).unwrap();
        for part in text.split("pub enum ").skip(1) {
            let Some((name, rest)) = part.split_once(" {\n") else {
                continue;
            };
            let Some(aggregate) = name.strip_suffix("Command").filter(|name| !name.is_empty())
            else {
                continue;
            };
            let body = rest.split("\n}").next().unwrap();
            for line in body.lines() {
                let variant = line.strip_prefix("    ").unwrap_or_default();
                if variant.starts_with(|c: char| c.is_ascii_uppercase()) {
                    let end = variant.find(|c: char| !c.is_ascii_alphanumeric());
                    let variant = &variant[..end.unwrap_or(variant.len())];
                    found.insert((aggregate.to_owned(), variant.to_owned()));
                }
            }
        }
    }
    found
}

#[test]
fn the_mutations_are_exactly_the_commands_that_people_send() {
    let known: BTreeSet<(String, String)> = SENT_BY
        .iter()
        .map(|(aggregate, command, _)| ((*aggregate).to_owned(), (*command).to_owned()))
        .collect();
    let to_all = |(aggregate, command): &(String, String)| {
        ENGINE_ONLY.contains(&command.as_str()) && !(aggregate == "Case" && command == "Resume")
    };
    let commands: BTreeSet<_> = commands().into_iter().filter(|c| !to_all(c)).collect();
    assert_eq!(
        commands, known,
        "a command without a door, or a door without a command"
    );
    let elsewhere: BTreeSet<&str> = SENT_BY
        .iter()
        .map(|(_, _, verb)| *verb)
        .filter(|verb| verb.starts_with('('))
        .collect();
    assert_eq!(
        elsewhere,
        BTreeSet::from(["(engine)", "(link)", "(sign-in page)"])
    );
    let verbs: BTreeSet<String> = SENT_BY
        .iter()
        .map(|(_, _, verb)| *verb)
        .filter(|verb| !verb.starts_with('('))
        .chain(BESIDE.iter().copied())
        .map(str::to_owned)
        .collect();
    assert_eq!(mutations(), verbs);
}

#[test]
fn every_mutation_has_an_action_of_its_name_at_the_gate() {
    let actions: BTreeSet<String> = naru_server::authz::Action::ALL
        .iter()
        .map(|action| action.as_str().to_owned())
        .filter(|name| !name.starts_with("view"))
        .collect();
    assert_eq!(actions, mutations());
}

/// What has no description: types, and fields, arguments and values outside of what the library adds itself.
fn undescribed(sdl: &str) -> Vec<String> {
    let mut bare = Vec::new();
    let mut described = false;
    let mut inside = String::new();
    let mut in_text = false;
    for line in sdl.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("\"\"\"") {
            let closes = trimmed.len() > 3 && trimmed.ends_with("\"\"\"");
            in_text = !in_text && !closes;
            described = true;
            continue;
        }
        if in_text {
            continue;
        }
        let top = [
            "type ",
            "input ",
            "enum ",
            "interface ",
            "union ",
            "scalar ",
            "schema ",
        ]
        .iter()
        .any(|kind| line.starts_with(kind));
        let member = line.starts_with('\t')
            && !trimmed.starts_with(')')
            && !inside.starts_with("enum RejectionCode")
            && !inside.starts_with("schema");
        if (top || member) && !described && !line.starts_with("schema") {
            bare.push(format!("{inside} / {trimmed}"));
        }
        if top {
            trimmed.clone_into(&mut inside);
        }
        described = false;
    }
    bare
}

#[test]
fn every_type_and_field_says_what_it_is_for() {
    let bare = undescribed(&schema_sdl());
    assert_eq!(bare, Vec::<String>::new());
    assert_eq!(undescribed("type Bare {\n\tfield: Int\n}").len(), 2);
}
