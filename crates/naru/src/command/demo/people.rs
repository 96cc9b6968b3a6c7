//! The example organizations and people. None of them exists.

use naru_domain::{Locale, OrganizationKind, Role};

/// An example organization.
#[derive(Debug)]
pub(super) struct Organization {
    pub(super) kind: OrganizationKind,
    pub(super) ko: &'static str,
    pub(super) en: &'static str,
    pub(super) number: Option<&'static str>,
}

/// An example person.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) name_en: &'static str,
    pub(super) email: &'static str,
    pub(super) locale: Locale,
    pub(super) organization: &'static str,
    pub(super) role: Role,
}

/// Two startups, two hospitals, a consultancy, and whoever runs the installation.
pub(super) const ORGANIZATIONS: &[Organization] = &[
    Organization {
        kind: OrganizationKind::Startup,
        ko: "소리랩",
        en: "Sorilab",
        number: Some("220-81-62517"),
    },
    Organization {
        kind: OrganizationKind::Startup,
        ko: "메디온",
        en: "Medion",
        number: Some("106-81-11522"),
    },
    Organization {
        kind: OrganizationKind::Hospital,
        ko: "한빛대학교병원",
        en: "Hanbit University Hospital",
        number: None,
    },
    Organization {
        kind: OrganizationKind::Hospital,
        ko: "새봄의료원",
        en: "Saebom Medical Center",
        number: None,
    },
    Organization {
        kind: OrganizationKind::Consultancy,
        ko: "가온 인허가 컨설팅",
        en: "Gaon Regulatory",
        number: None,
    },
    Organization {
        kind: OrganizationKind::Operator,
        ko: "나루 운영",
        en: "Naru Operations",
        number: None,
    },
];

const fn person(
    name: &'static str,
    name_en: &'static str,
    email: &'static str,
    organization: &'static str,
    role: Role,
) -> Person {
    Person {
        name,
        name_en,
        email,
        locale: Locale::Ko,
        organization,
        role,
    }
}

const HOSPITAL: &str = "Hanbit University Hospital";

/// One person for each role, and three on the award committee. The second hospital has not named a director yet: what goes to its director
/// cannot be delivered, and the operator sees why.
pub(super) const PEOPLE: &[Person] = &[
    person(
        "김하늘",
        "Kim Haneul",
        "haneul@sorilab.example",
        "Sorilab",
        Role::StartupAdmin,
    ),
    person(
        "박도윤",
        "Park Doyun",
        "doyun@sorilab.example",
        "Sorilab",
        Role::StartupMember,
    ),
    person(
        "이서준",
        "Lee Seojun",
        "seojun@medion.example",
        "Medion",
        Role::StartupAdmin,
    ),
    person(
        "정유진",
        "Jung Yujin",
        "yujin@hanbit.example",
        HOSPITAL,
        Role::Coordinator,
    ),
    person(
        "최민호",
        "Choi Minho",
        "minho@hanbit.example",
        HOSPITAL,
        Role::PrincipalInvestigator,
    ),
    person(
        "한지원",
        "Han Jiwon",
        "jiwon@hanbit.example",
        HOSPITAL,
        Role::UsabilityManager,
    ),
    person(
        "문채원",
        "Moon Chaewon",
        "chaewon@hanbit.example",
        HOSPITAL,
        Role::Clinician,
    ),
    person(
        "오세라",
        "Oh Sera",
        "sera@hanbit.example",
        HOSPITAL,
        Role::AwardCommittee,
    ),
    person(
        "윤태경",
        "Yoon Taekyung",
        "taekyung@hanbit.example",
        HOSPITAL,
        Role::AwardCommittee,
    ),
    person(
        "강미래",
        "Kang Mirae",
        "mirae@hanbit.example",
        HOSPITAL,
        Role::AwardCommittee,
    ),
    person(
        "서지훈",
        "Seo Jihun",
        "jihun@hanbit.example",
        HOSPITAL,
        Role::Director,
    ),
    person(
        "노혜린",
        "Noh Hyerin",
        "hyerin@saebom.example",
        "Saebom Medical Center",
        Role::Coordinator,
    ),
    person(
        "임수아",
        "Lim Sua",
        "sua@gaon.example",
        "Gaon Regulatory",
        Role::ConsultancyAdmin,
    ),
    Person {
        name: "다니엘 리드",
        name_en: "Daniel Reed",
        email: "daniel@gaon.example",
        locale: Locale::En,
        organization: "Gaon Regulatory",
        role: Role::Consultant,
    },
    person(
        "송가람",
        "Song Garam",
        "garam@naru.example",
        "Naru Operations",
        Role::Operator,
    ),
    person(
        "배은호",
        "Bae Eunho",
        "eunho@naru.example",
        "Naru Operations",
        Role::Auditor,
    ),
];
