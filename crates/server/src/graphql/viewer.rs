//! Who reads or acts in one request, and what they may see.

use super::page::bad_input;
use crate::app::AppState;
use crate::auth::Session;
use crate::authz::{Action, Asker, Parties, Thing, ThingKind};
use crate::fault::Fault;
use async_graphql::{Context, ID, Result};
use naru_domain::account::Account;
use naru_domain::case::Case;
use naru_domain::consultation::Consultation;
use naru_domain::device::Device;
use naru_domain::feedback::FeedbackRound;
use naru_domain::organization::Organization;
use naru_domain::study::Study;
use naru_domain::{Actor, AggregateId, CaseId, Locale, OrganizationKind, Role, State, TypedId};
use naru_store::Loaded;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

/// Who reads or acts in one request.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    pub(crate) app: AppState,
    pub(crate) session: Arc<Session>,
    /// The language of words in the answer.
    pub(crate) locale: Locale,
}

/// The viewer of a request.
pub(crate) fn viewer<'a>(ctx: &Context<'a>) -> Result<&'a Viewer> {
    ctx.data::<Viewer>()
        .map_err(|_| Fault::Unexpected("a request without a viewer").into())
}

/// An aggregate as it was loaded, known to be of its kind.
pub(crate) struct Held<T> {
    loaded: Arc<Loaded>,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self {
            loaded: Arc::clone(&self.loaded),
            kind: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held")
            .field("version", &self.loaded.version)
            .finish_non_exhaustive()
    }
}

impl<T: Noun> Held<T> {
    /// The state.
    pub(crate) fn get(&self) -> Result<&T> {
        T::of(&self.loaded.state).ok_or_else(|| {
            Fault::Unexpected("an aggregate of another kind than its id says").into()
        })
    }

    /// How many events it has.
    pub(crate) fn version(&self) -> u64 {
        self.loaded.version
    }
}

/// An aggregate that the API shows.
pub(crate) trait Noun: Sized + Send + Sync + 'static {
    /// Its id.
    type Id: TypedId + Into<AggregateId> + Send + Sync;
    /// What reading it is called at the gate.
    const VIEW: Action;
    /// The state, if it is of this kind.
    fn of(state: &State) -> Option<&Self>;
    /// What the gate must know of it.
    fn thing(&self, viewer: &Viewer) -> impl Future<Output = Result<Thing>> + Send;
}

macro_rules! of_state {
    ($variant:ident) => {
        fn of(state: &State) -> Option<&Self> {
            if let State::$variant(state) = state {
                Some(state)
            } else {
                None
            }
        }
    };
}

impl Noun for Account {
    type Id = naru_domain::AccountId;
    const VIEW: Action = Action::ViewAccount;
    of_state!(Account);
    async fn thing(&self, _viewer: &Viewer) -> Result<Thing> {
        Ok(Thing::account(self.id))
    }
}

impl Noun for Organization {
    type Id = naru_domain::OrganizationId;
    const VIEW: Action = Action::ViewOrganization;
    of_state!(Organization);
    async fn thing(&self, _viewer: &Viewer) -> Result<Thing> {
        Ok(Thing::organization(self.id, self.kind))
    }
}

impl Noun for Device {
    type Id = naru_domain::DeviceId;
    const VIEW: Action = Action::ViewDevice;
    of_state!(Device);
    async fn thing(&self, viewer: &Viewer) -> Result<Thing> {
        let mut parties = Parties {
            startups: vec![self.owner],
            ..Parties::default()
        };
        // Only somebody from elsewhere needs a case to see a device.
        let actor = &viewer.session.actor;
        if !actor.belongs_to(self.owner) {
            for membership in &actor.memberships {
                let held = match membership.role.organization_kind() {
                    OrganizationKind::Hospital => &mut parties.hospitals,
                    OrganizationKind::Consultancy => &mut parties.consultancies,
                    OrganizationKind::Startup | OrganizationKind::Operator => continue,
                };
                let store = viewer.app.store();
                let organization = membership.organization;
                let found = store.is_party_to_device(organization, self.id).await;
                if found.map_err(Fault::from)? {
                    held.push(organization);
                }
            }
        }
        Ok(Thing::of(ThingKind::Device, parties))
    }
}

impl Noun for Case {
    type Id = CaseId;
    const VIEW: Action = Action::ViewCase;
    of_state!(Case);
    async fn thing(&self, _viewer: &Viewer) -> Result<Thing> {
        Ok(Thing::of(ThingKind::Case, parties_of(self)))
    }
}

impl Noun for Study {
    type Id = naru_domain::StudyId;
    const VIEW: Action = Action::ViewStudy;
    of_state!(Study);
    async fn thing(&self, viewer: &Viewer) -> Result<Thing> {
        let parties = viewer.parties_of_case(self.case).await?;
        Ok(Thing::of(ThingKind::Study, parties))
    }
}

impl Noun for FeedbackRound {
    type Id = naru_domain::FeedbackRoundId;
    const VIEW: Action = Action::ViewFeedbackRound;
    of_state!(FeedbackRound);
    async fn thing(&self, viewer: &Viewer) -> Result<Thing> {
        let parties = viewer.parties_of_case(self.case).await?;
        Ok(Thing::of(ThingKind::FeedbackRound, parties))
    }
}

impl Noun for Consultation {
    type Id = naru_domain::ConsultationId;
    const VIEW: Action = Action::ViewConsultation;
    of_state!(Consultation);
    async fn thing(&self, _viewer: &Viewer) -> Result<Thing> {
        let parties = Parties {
            startups: vec![self.startup],
            hospitals: vec![self.hospital],
            consultancies: vec![self.consultancy],
        };
        Ok(Thing::of(ThingKind::Consultation, parties))
    }
}

fn parties_of(case: &Case) -> Parties {
    Parties {
        startups: vec![case.startup],
        hospitals: vec![case.hospital],
        consultancies: case.consultancies.iter().copied().collect(),
    }
}

impl Viewer {
    /// Who acts.
    pub(crate) fn actor(&self) -> &Actor {
        &self.session.actor
    }

    /// Whether the viewer may do that.
    pub(crate) fn allows(&self, action: Action, thing: &Thing) -> bool {
        let asker = Asker {
            actor: &self.session.actor,
            scopes: &self.session.scopes,
        };
        self.app.gate().allows(asker, action, thing)
    }

    /// Whether the viewer holds the role anywhere.
    pub(crate) fn holds_anywhere(&self, role: Role) -> bool {
        self.session
            .actor
            .memberships
            .iter()
            .any(|membership| membership.role.covers(role))
    }

    /// An aggregate, whoever may see it.
    pub(crate) async fn load<T: Noun>(&self, id: T::Id) -> Result<Option<Held<T>>> {
        let loaded = self.app.store().load(id.into()).await;
        Ok(loaded.map_err(Fault::from)?.map(|loaded| Held {
            loaded,
            kind: PhantomData,
        }))
    }

    /// An aggregate, if it is there and the viewer may see it.
    pub(crate) async fn see<T: Noun>(&self, id: T::Id) -> Result<Option<Held<T>>> {
        let Some(held) = self.load::<T>(id).await? else {
            return Ok(None);
        };
        let thing = held.get()?.thing(self).await?;
        Ok(self.allows(T::VIEW, &thing).then_some(held))
    }

    /// The same for an id as it was written; one that is no id of this kind is nothing either.
    pub(crate) async fn see_text<T: Noun>(&self, id: &ID) -> Result<Option<Held<T>>> {
        match id.parse::<T::Id>() {
            Ok(id) => self.see(id).await,
            Err(_) => Ok(None),
        }
    }

    async fn parties_of_case(&self, id: CaseId) -> Result<Parties> {
        match self.load::<Case>(id).await? {
            Some(case) => Ok(parties_of(case.get()?)),
            None => Ok(Parties::default()),
        }
    }

    /// Ends a subscription or a batch when the token is no longer good: the session as it is now.
    pub(crate) async fn renewed(&self) -> Result<Self> {
        let session = self.app.session_by_hash(&self.session.secret_hash).await?;
        let session =
            session.ok_or_else(|| bad_input("UNAUTHENTICATED", "the token is no longer good"))?;
        Ok(Self {
            app: self.app.clone(),
            session,
            locale: self.locale,
        })
    }
}
