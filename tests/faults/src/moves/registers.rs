//! Accounts, organizations and devices.

use super::{DEVICES_MAX, Moves, STRANGERS, device_id, stranger};
use crate::cast::{House, PEOPLE, holders};
use jiff::SignedDuration;
use naru_domain::account::{AccountCommand, Scope};
use naru_domain::device::{DeviceClass, DeviceCommand, Market};
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    Actor, BothNames, Channel, Command, EitherName, Locale, MediaType, OrganizationId,
    OrganizationKind, Role, Sha256Hex, State, StoredFile, TypedId, Who,
};
use naru_store::Submission;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Moves<'_> {
    pub(super) fn account(&mut self) -> Option<Submission> {
        let n = self.rng.below(STRANGERS);
        let account = stranger(n);
        let state = match self.view.state(account.into()) {
            Some(State::Account(state)) => state,
            Some(_) | None => {
                let open = AccountCommand::Open {
                    email: format!("stranger{}@example.net", self.rng.below(STRANGERS))
                        .parse()
                        .expect("an address"),
                    name: "나그네".parse().expect("a name"),
                    name_en: None,
                    locale: Locale::Ko,
                };
                return Some(self.submission(account, Actor::machine(), Command::Account(open)));
            }
        };
        if self.rng.percent(20)
            && let Some(link) = state.sign_in_links.keys().next_back()
        {
            let enter = AccountCommand::UseSignInLink { link: *link };
            let person = Actor {
                who: Who::Account(account),
                memberships: Vec::new(),
                on_behalf_of: None,
                channel: Channel::MailLink,
            };
            return Some(self.submission(account, person, Command::Account(enter)));
        }
        let command = match self.rng.below(12) {
            10..=11 => AccountCommand::RequestSignInLink,
            0..=1 => AccountCommand::Rename {
                name: format!("나그네 {}", self.rng.below(50))
                    .parse()
                    .expect("a name"),
                name_en: None,
            },
            2..=3 => AccountCommand::ChangeLocale {
                locale: if self.rng.percent(50) {
                    Locale::En
                } else {
                    Locale::Ko
                },
            },
            4..=6 => AccountCommand::IssueToken {
                token: TypedId::from_uuid(self.rng.uuid()),
                secret_hash: Sha256Hex::of(self.rng.uuid().as_bytes()),
                label: self.short(),
                scopes: BTreeSet::from([Scope::Read, Scope::Write]),
                expires_at: self.view.now() + SignedDuration::from_hours(24 * 30),
            },
            7..=8 => AccountCommand::RevokeToken {
                token: *state.tokens.keys().next_back()?,
            },
            _ => AccountCommand::Close {
                reason: self.long(),
            },
        };
        Some(self.submission(account, Actor::machine(), Command::Account(command)))
    }

    pub(super) fn organization(&mut self) -> Option<Submission> {
        if self.rng.percent(10) {
            let id = OrganizationId::from_uuid(Uuid::from_u128(
                0x7000 + u128::try_from(self.rng.below(6)).unwrap_or(0),
            ));
            let name = BothNames {
                ko: self.short(),
                en: self.short(),
            };
            let register = OrganizationCommand::Register {
                kind: OrganizationKind::Startup,
                name,
                business_number: None,
            };
            return Some(self.submission(id, Actor::machine(), Command::Organization(register)));
        }
        let account = stranger(self.rng.below(STRANGERS));
        let house = House::OtherStartup;
        let actor = PEOPLE
            .iter()
            .find(|person| person.role == Role::StartupAdmin && person.house == house)?
            .actor();
        let role = Role::StartupMember;
        let command = match self.rng.below(5) {
            0..=1 => OrganizationCommand::AddMember { account, role },
            2..=3 => OrganizationCommand::RemoveMember { account, role },
            _ => OrganizationCommand::Rename {
                name: BothNames {
                    ko: self.short(),
                    en: self.short(),
                },
            },
        };
        Some(self.submission(house.id(), actor, Command::Organization(command)))
    }

    pub(super) fn device(&mut self) -> Option<Submission> {
        let n = u128::try_from(self.rng.below(usize::try_from(DEVICES_MAX).ok()?)).ok()?;
        let id = device_id(self.view.era(), n);
        let house = if n == 3 {
            House::OtherStartup
        } else {
            House::Startup
        };
        let people = holders(house.id(), Role::StartupMember);
        let actor = self.rng.pick(&people)?.actor();
        let Some(State::Device(device)) = self.view.state(id.into()) else {
            let register = DeviceCommand::Register {
                owner: house.id(),
                name: EitherName::new(Some(self.short()), None).ok()?,
                model: self.short(),
                intended_use: self.long(),
                classes: BTreeMap::from([(Market::Kr, DeviceClass::Class2)]),
                udi_di: None,
            };
            return Some(self.submission(id, actor, Command::Device(register)));
        };
        let in_use: Vec<_> = device
            .documents_in_use()
            .map(|document| document.id)
            .collect();
        let command = match self.rng.below(10) {
            0..=1 => DeviceCommand::Revise {
                name: None,
                model: Some(self.short()),
                intended_use: Some(self.long()),
                classes: None,
                udi_di: None,
                reason: self.long(),
            },
            2 if 3 < in_use.len() => DeviceCommand::RetireDocument {
                document: *self.rng.pick(&in_use)?,
                reason: self.long(),
            },
            _ => DeviceCommand::AttachDocument {
                document: if self.rng.percent(50) {
                    self.rng.pick(&in_use).copied()
                } else {
                    None
                },
                hospitals: Vec::new(),
                title: self.short(),
                file: StoredFile {
                    sha256: Sha256Hex::of(self.rng.uuid().as_bytes()),
                    size_bytes: 1 + self.rng.number() % 1_000_000,
                    media_type: MediaType::Pdf,
                    file_name: "시험 계획서.pdf".parse().ok()?,
                },
            },
        };
        Some(self.submission(id, actor, Command::Device(command)))
    }
}
