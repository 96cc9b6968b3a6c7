//! A device and its dossier: what it is, what it is for, and its documents with every version they ever had.

use crate::{
    AccountId, Aggregate, AggregateId, BrokenHistory, CommonRejection, Context, DeviceId,
    DocumentId, Effect, EitherName, Gtin, LongText, OrganizationId, Rejection, Role, ShortText,
    StoredFile, Who,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

mod class;
mod document;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use class::{DeviceClass, Market};
pub use document::{Document, DocumentVersion, Retirement};
pub use vocabulary::{DeviceCommand, DeviceEvent, DeviceRejection};

/// The most documents a dossier may have in use at once.
pub const DOCUMENTS_MAX: usize = 1_000;

/// A device and its dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The startup that develops it.
    pub owner: OrganizationId,
    /// How it is called.
    pub name: EitherName,
    /// Its model name.
    pub model: ShortText,
    /// What it is meant to do, for whom and where.
    pub intended_use: LongText,
    /// The class its owner proposes, by market.
    pub classes: BTreeMap<Market, DeviceClass>,
    /// The device identifier of its UDI, once it has one.
    pub udi_di: Option<Gtin>,
    /// Its documents, retired ones too.
    pub documents: BTreeMap<DocumentId, Document>,
}

impl Device {
    /// The document with this id.
    pub fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.get(&id)
    }

    /// The documents in use, oldest first.
    pub fn documents_in_use(&self) -> impl Iterator<Item = &Document> {
        self.documents
            .values()
            .filter(|document| document.retired.is_none())
    }
}

impl Aggregate for Device {
    type Command = DeviceCommand;
    type Event = DeviceEvent;
    type Rejection = Rejection;

    fn decide(
        state: Option<&Self>,
        command: &DeviceCommand,
        context: &Context<'_>,
    ) -> Result<Vec<DeviceEvent>, Rejection> {
        match (state, command) {
            (None, DeviceCommand::Register { .. }) => register(command, context),
            (Some(_), DeviceCommand::Register { .. }) => Err(CommonRejection::AlreadyExists.into()),
            (None, _) => Err(CommonRejection::NotFound.into()),
            (Some(device), DeviceCommand::Revise { .. }) => device.revise(command, context),
            (
                Some(device),
                DeviceCommand::AttachDocument {
                    document,
                    title,
                    file,
                    hospitals,
                },
            ) => {
                let side = device.side(hospitals, context)?;
                device.attach_document(*document, title, file, side, context)
            }
            (Some(device), DeviceCommand::RetireDocument { document, reason }) => {
                device.retire_document(*document, reason, context)
            }
            (Some(_), DeviceCommand::Wake) if context.actor.who == Who::Clock => Ok(Vec::new()),
            (Some(_), DeviceCommand::Wake) => Err(CommonRejection::NotAllowed.into()),
        }
    }

    fn evolve(state: Option<Self>, event: &DeviceEvent) -> Result<Self, BrokenHistory> {
        match (state, event) {
            (
                None,
                DeviceEvent::Registered {
                    device,
                    owner,
                    name,
                    model,
                    intended_use,
                    classes,
                    udi_di,
                },
            ) => Ok(Self {
                id: *device,
                owner: *owner,
                name: name.clone(),
                model: model.clone(),
                intended_use: intended_use.clone(),
                classes: classes.clone(),
                udi_di: udi_di.clone(),
                documents: BTreeMap::new(),
            }),
            (None, event) => Err(BrokenHistory::new(None, format!("{event:?}"))),
            (Some(device), event) => device.after(event),
        }
    }

    fn effects(&self, _event: &DeviceEvent) -> Vec<Effect> {
        Vec::new()
    }

    fn next_wakeup(&self) -> Option<Timestamp> {
        None
    }
}

fn register(command: &DeviceCommand, context: &Context<'_>) -> Result<Vec<DeviceEvent>, Rejection> {
    let AggregateId::Device(device) = context.aggregate else {
        return Err(CommonRejection::NotFound.into());
    };
    let DeviceCommand::Register {
        owner,
        name,
        model,
        intended_use,
        classes,
        udi_di,
    } = command
    else {
        return Err(CommonRejection::NotFound.into());
    };
    if context.actor.account().is_none() || !context.actor.holds(*owner, Role::StartupMember) {
        return Err(CommonRejection::NotAllowed.into());
    }
    check_classes(classes)?;
    Ok(vec![DeviceEvent::Registered {
        device,
        owner: *owner,
        name: name.clone(),
        model: model.clone(),
        intended_use: intended_use.clone(),
        classes: classes.clone(),
        udi_di: udi_di.clone(),
    }])
}

fn check_classes(classes: &BTreeMap<Market, DeviceClass>) -> Result<(), DeviceRejection> {
    match classes
        .iter()
        .find(|(market, class)| !market.classes().contains(class))
    {
        None => Ok(()),
        Some((market, class)) => Err(DeviceRejection::ClassNotInMarket {
            market: market.as_str().to_owned(),
            class: class.as_str().to_owned(),
            classes: market.classes_listed(),
        }),
    }
}

/// The new value if it is given and differs from the old one.
fn changed<T: PartialEq + Clone>(new: Option<&T>, old: Option<&T>) -> Option<T> {
    new.filter(|new| Some(*new) != old).cloned()
}

impl Device {
    /// Only the owner's members change a dossier; to everyone else it is as if it were not there.
    fn changed_by(&self, context: &Context<'_>) -> Result<AccountId, Rejection> {
        match context.actor.account() {
            Some(account) if context.actor.holds(self.owner, Role::StartupMember) => Ok(account),
            Some(_) | None => Err(CommonRejection::NotFound.into()),
        }
    }

    /// Who attaches, and for which hospital unless for the owner.
    fn side(
        &self,
        hospitals: &[OrganizationId],
        context: &Context<'_>,
    ) -> Result<(AccountId, Option<OrganizationId>), Rejection> {
        let mine = hospitals
            .iter()
            .find(|hospital| context.actor.belongs_to(**hospital));
        match (self.changed_by(context), context.actor.account(), mine) {
            (Ok(by), _, _) => Ok((by, None)),
            (Err(_), Some(by), Some(hospital)) => Ok((by, Some(*hospital))),
            (Err(refused), _, _) => Err(refused),
        }
    }

    fn revise(
        &self,
        command: &DeviceCommand,
        context: &Context<'_>,
    ) -> Result<Vec<DeviceEvent>, Rejection> {
        self.changed_by(context)?;
        let DeviceCommand::Revise {
            name,
            model,
            intended_use,
            classes,
            udi_di,
            reason,
        } = command
        else {
            return Ok(Vec::new());
        };
        if let Some(classes) = classes {
            check_classes(classes)?;
        }
        let name = changed(name.as_ref(), Some(&self.name));
        let model = changed(model.as_ref(), Some(&self.model));
        let intended_use = changed(intended_use.as_ref(), Some(&self.intended_use));
        let classes = changed(classes.as_ref(), Some(&self.classes));
        let udi_di = changed(udi_di.as_ref(), self.udi_di.as_ref());
        let unchanged = name.is_none()
            && model.is_none()
            && intended_use.is_none()
            && classes.is_none()
            && udi_di.is_none();
        if unchanged {
            return Err(DeviceRejection::NothingRevised.into());
        }
        Ok(vec![DeviceEvent::Revised {
            name,
            model,
            intended_use,
            classes,
            udi_di,
            reason: reason.clone(),
        }])
    }

    fn document_in_use(&self, id: DocumentId) -> Result<&Document, DeviceRejection> {
        let document = self.document(id).ok_or(DeviceRejection::DocumentUnknown)?;
        match document.retired {
            Some(_) => Err(DeviceRejection::DocumentRetired),
            None => Ok(document),
        }
    }

    fn attach_document(
        &self,
        document: Option<DocumentId>,
        title: &ShortText,
        file: &StoredFile,
        (by, hospital): (AccountId, Option<OrganizationId>),
        context: &Context<'_>,
    ) -> Result<Vec<DeviceEvent>, Rejection> {
        file.check().map_err(DeviceRejection::from)?;
        let (document, version) = match document {
            Some(id) => {
                let newest = self.document_in_use(id)?.newest();
                if newest.hospital != hospital {
                    return Err(DeviceRejection::DocumentOfAnotherSide.into());
                }
                if newest.file.sha256 == file.sha256 {
                    let version = newest.version;
                    return Err(DeviceRejection::DocumentUnchanged { version }.into());
                }
                (id, newest.version.saturating_add(1))
            }
            None if self.documents_in_use().count() >= DOCUMENTS_MAX => {
                let documents_max = DOCUMENTS_MAX;
                return Err(DeviceRejection::TooManyDocuments { documents_max }.into());
            }
            None => (context.fresh(0), 1),
        };
        Ok(vec![DeviceEvent::DocumentAttached {
            document,
            version,
            title: title.clone(),
            file: file.clone(),
            hospital,
            by,
            at: context.now,
        }])
    }

    fn retire_document(
        &self,
        document: DocumentId,
        reason: &LongText,
        context: &Context<'_>,
    ) -> Result<Vec<DeviceEvent>, Rejection> {
        let by = self.changed_by(context)?;
        self.document_in_use(document)?;
        Ok(vec![DeviceEvent::DocumentRetired {
            document,
            reason: reason.clone(),
            by,
            at: context.now,
        }])
    }

    fn after(mut self, event: &DeviceEvent) -> Result<Self, BrokenHistory> {
        let id = AggregateId::from(self.id);
        let broken = || BrokenHistory::new(id, format!("{event:?}"));
        match event {
            DeviceEvent::Registered { .. } => return Err(broken()),
            DeviceEvent::Revised {
                name,
                model,
                intended_use,
                classes,
                udi_di,
                reason: _,
            } => {
                replace(&mut self.name, name.as_ref());
                replace(&mut self.model, model.as_ref());
                replace(&mut self.intended_use, intended_use.as_ref());
                replace(&mut self.classes, classes.as_ref());
                if udi_di.is_some() {
                    self.udi_di.clone_from(udi_di);
                }
            }
            DeviceEvent::DocumentAttached {
                document,
                version,
                title,
                file,
                hospital,
                by,
                at,
            } => {
                let attached = DocumentVersion {
                    version: *version,
                    title: title.clone(),
                    file: file.clone(),
                    hospital: *hospital,
                    attached_by: *by,
                    attached_at: *at,
                };
                let folded = match self.documents.remove(document) {
                    None => Document::begin(*document, attached),
                    Some(known) => known.with(attached),
                };
                self.documents.insert(*document, folded.ok_or_else(broken)?);
            }
            DeviceEvent::DocumentRetired {
                document,
                reason,
                by,
                at,
            } => {
                let known = self.documents.get_mut(document);
                let Some(known) = known.filter(|known| known.retired.is_none()) else {
                    return Err(broken());
                };
                known.retired = Some(Retirement {
                    reason: reason.clone(),
                    by: *by,
                    at: *at,
                });
            }
        }
        Ok(self)
    }
}

fn replace<T: Clone>(old: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        old.clone_from(new);
    }
}
