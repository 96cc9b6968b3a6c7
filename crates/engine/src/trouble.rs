//! Why an effect could not be performed: a stable code, and words in both languages for the person who reads the incident.

use naru_domain::{Locale, Rejection, Role, Words};
use serde::{Deserialize, Serialize};

/// What stood in the way of an effect. It never names a recipient, because incidents are read by operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// No connection to the mail server.
    MailServerUnreachable {
        /// What the system said.
        detail: String,
    },
    /// The mail server's certificate was not accepted.
    MailServerNotTrusted {
        /// What the check said.
        detail: String,
    },
    /// The mail server offers no encryption, and we require it.
    MailServerNotEncrypted,
    /// The mail server refused our name and password.
    MailSignInRefused,
    /// The mail server refused to talk to us.
    MailServerRefused {
        /// Its answer.
        status: u16,
    },
    /// The mail server refused this recipient.
    RecipientRefused {
        /// Its answer.
        status: u16,
    },
    /// The mail server refused this letter.
    LetterRefused {
        /// Its answer.
        status: u16,
    },
    /// The mail server did not answer in time, before the letter was handed over.
    MailServerSilent,
    /// The connection ended after the letter was handed over and before the answer came.
    MailOutcomeUnknown,
    /// The folder for letters cannot be written.
    MailFolderNotWritable {
        /// What the system said.
        detail: String,
    },
    /// The letter cannot be written down.
    LetterNotComposed {
        /// What is wrong.
        detail: String,
    },
    /// Nobody holds the role that the letter is for.
    NobodyToWriteTo {
        /// The role.
        role: Role,
    },
    /// The account that the letter is for has no address or is closed.
    AccountNotReachable,
    /// The other side refused the message by a rule.
    MessageRefused {
        /// The refusal.
        rejection: Box<Rejection>,
    },
    /// Performing it hit a mistake in the program.
    Mistake,
    /// The store could not take it now.
    StoreNotReady {
        /// What the store said.
        detail: String,
    },
}

impl Trouble {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MailServerUnreachable { .. } => "MAIL_SERVER_UNREACHABLE",
            Self::MailServerNotTrusted { .. } => "MAIL_SERVER_NOT_TRUSTED",
            Self::MailServerNotEncrypted => "MAIL_SERVER_NOT_ENCRYPTED",
            Self::MailSignInRefused => "MAIL_SIGN_IN_REFUSED",
            Self::MailServerRefused { .. } => "MAIL_SERVER_REFUSED",
            Self::RecipientRefused { .. } => "RECIPIENT_REFUSED",
            Self::LetterRefused { .. } => "LETTER_REFUSED",
            Self::MailServerSilent => "MAIL_SERVER_SILENT",
            Self::MailOutcomeUnknown => "MAIL_OUTCOME_UNKNOWN",
            Self::MailFolderNotWritable { .. } => "MAIL_FOLDER_NOT_WRITABLE",
            Self::LetterNotComposed { .. } => "LETTER_NOT_COMPOSED",
            Self::NobodyToWriteTo { .. } => "NOBODY_TO_WRITE_TO",
            Self::AccountNotReachable => "ACCOUNT_NOT_REACHABLE",
            Self::MessageRefused { rejection } => rejection.code(),
            Self::Mistake => "PROGRAM_MISTAKE",
            Self::StoreNotReady { .. } => "STORE_NOT_READY",
        }
    }

    /// The text that is stored with an incident; [`IncidentReport::read`] reads it.
    pub fn report(&self) -> String {
        let report = IncidentReport {
            code: self.code().to_owned(),
            words: self.words(),
        };
        // A code and words always become JSON.
        serde_json::to_string(&report).unwrap_or_default()
    }

    /// What happened and what to do, in both languages.
    pub fn words(&self) -> Words {
        if let Self::MessageRefused { rejection } = self {
            return message_refused(rejection);
        }
        let (en, ko) = self.in_both();
        Words { en, ko }
    }

    fn in_both(&self) -> (String, String) {
        match self {
            Self::MailServerUnreachable { detail } => (
                format!("The mail server cannot be reached ({detail}). Check its address and the network, then retry."),
                format!("메일 서버에 연결할 수 없습니다({detail}). 주소와 네트워크를 확인한 뒤 다시 시도해 주세요."),
            ),
            Self::MailServerNotTrusted { detail } => (
                format!("The mail server's certificate was not accepted ({detail}). Check the server's name, or add the certificate of its authority."),
                format!("메일 서버의 인증서를 신뢰할 수 없습니다({detail}). 서버 이름을 확인하거나 인증 기관의 인증서를 추가해 주세요."),
            ),
            Self::MailServerNotEncrypted => (
                "The mail server does not offer encryption (STARTTLS), so nothing was sent. Turn it on there, or use its TLS port.".to_owned(),
                "메일 서버가 암호화(STARTTLS)를 지원하지 않아 보내지 않았습니다. 서버에서 켜거나 TLS 포트를 사용해 주세요.".to_owned(),
            ),
            Self::MailSignInRefused => (
                "The mail server refused our user name and password. Correct them in the configuration, then retry.".to_owned(),
                "메일 서버가 사용자 이름과 비밀번호를 받아들이지 않았습니다. 설정을 고친 뒤 다시 시도해 주세요.".to_owned(),
            ),
            Self::MailServerRefused { status } => (
                format!("The mail server refused the connection ({status}). Ask its administrator, then retry."),
                format!("메일 서버가 연결을 거절했습니다({status}). 메일 서버 관리자에게 문의한 뒤 다시 시도해 주세요."),
            ),
            Self::RecipientRefused { status } => (
                format!("The mail server refused the recipient ({status}). Correct the person's address, then retry."),
                format!("메일 서버가 받는 사람을 거절했습니다({status}). 주소를 바로잡은 뒤 다시 시도해 주세요."),
            ),
            Self::LetterRefused { status } => (
                format!("The mail server refused the letter ({status}). Ask its administrator why, then retry."),
                format!("메일 서버가 메일을 거절했습니다({status}). 메일 서버 관리자에게 이유를 확인한 뒤 다시 시도해 주세요."),
            ),
            Self::MailServerSilent => (
                "The mail server did not answer in time. Check that it is up, then retry.".to_owned(),
                "메일 서버가 제때 응답하지 않았습니다. 서버가 동작하는지 확인한 뒤 다시 시도해 주세요.".to_owned(),
            ),
            Self::MailOutcomeUnknown => (
                "The connection to the mail server ended before it confirmed the letter, so it may have arrived. A retry may send it twice.".to_owned(),
                "메일 서버가 확인하기 전에 연결이 끊겼습니다. 메일이 이미 도착했을 수 있으며, 다시 시도하면 두 번 전달될 수 있습니다.".to_owned(),
            ),
            Self::MailFolderNotWritable { detail } => (
                format!("The folder for letters cannot be written ({detail}). Check its rights and the free space, then retry."),
                format!("메일을 저장할 폴더에 쓸 수 없습니다({detail}). 권한과 남은 공간을 확인한 뒤 다시 시도해 주세요."),
            ),
            Self::LetterNotComposed { detail } => (
                format!("The letter could not be written ({detail}). Correct the person's name or address, then retry."),
                format!("메일을 작성할 수 없습니다({detail}). 이름이나 주소를 바로잡은 뒤 다시 시도해 주세요."),
            ),
            Self::NobodyToWriteTo { role } => {
                let (en, ko) = role_words(*role);
                (
                    format!("Nobody in the organization holds the role “{en}”, so the letter reached nobody. Give someone the role, then retry."),
                    format!("기관에 ‘{ko}’ 역할을 가진 사람이 없어 메일을 보내지 못했습니다. 역할을 지정한 뒤 다시 시도해 주세요."),
                )
            }
            Self::AccountNotReachable => (
                "The account that the letter is for does not exist or is closed. Give the task to someone else, or reopen the account and retry.".to_owned(),
                "메일을 받을 계정이 없거나 닫혀 있습니다. 다른 사람에게 맡기거나 계정을 다시 연 뒤 다시 시도해 주세요.".to_owned(),
            ),
            Self::MessageRefused { rejection } => (rejection.words(Locale::En), rejection.words(Locale::Ko)),
            Self::Mistake => (
                "A mistake in the program stood in the way. Tell its makers what the log says, then retry after an update.".to_owned(),
                "프로그램 오류로 처리하지 못했습니다. 로그 내용을 개발사에 알리고, 업데이트한 뒤 다시 시도해 주세요.".to_owned(),
            ),
            Self::StoreNotReady { detail } => (
                format!("The record could not be written ({detail}). Check the disk, then retry."),
                format!("기록을 저장할 수 없습니다({detail}). 디스크를 확인한 뒤 다시 시도해 주세요."),
            ),
        }
    }
}

/// What an incident says to the person who looks at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentReport {
    /// The stable code.
    pub code: String,
    /// What happened and what to do, in both languages.
    pub words: Words,
}

impl IncidentReport {
    /// The report in an incident's stored reason. A reason that is none comes from the store: a history that does not fold.
    pub fn read(reason: &str) -> Self {
        serde_json::from_str(reason).unwrap_or_else(|_| Self {
            code: "RECORD_DAMAGED".to_owned(),
            words: Words {
                en: format!("The record of this item is damaged and it has stopped ({reason}). Restore it from a backup or update the program, then retry."),
                ko: format!("이 항목의 기록이 손상되어 진행을 멈췄습니다({reason}). 백업에서 복원하거나 프로그램을 업데이트한 뒤 다시 시도해 주세요."),
            },
        })
    }
}

/// A role in English and Korean, as the console calls it.
fn role_words(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::StartupAdmin => ("Company administrator", "기업 관리자"),
        Role::StartupMember => ("Company member", "기업 담당자"),
        Role::Coordinator => ("Coordinator", "코디네이터"),
        Role::PrincipalInvestigator => ("Principal investigator", "책임연구자"),
        Role::UsabilityManager => ("Usability centre", "사용적합성 센터"),
        Role::Clinician => ("Clinician", "의료진"),
        Role::AwardCommittee => ("Award committee", "심의위원"),
        Role::Director => ("Director", "센터장"),
        Role::ConsultancyAdmin => ("Consultancy administrator", "컨설팅사 관리자"),
        Role::Consultant => ("Consultant", "컨설턴트"),
        Role::Auditor => ("Auditor", "감사자"),
        Role::Operator => ("Operator", "운영자"),
    }
}

fn message_refused(rejection: &Rejection) -> Words {
    Words {
        en: format!(
            "A message from one item to another was refused: {}",
            rejection.words(Locale::En)
        ),
        ko: format!(
            "한 항목이 다른 항목에 보낸 메시지가 거절되었습니다: {}",
            rejection.words(Locale::Ko)
        ),
    }
}
