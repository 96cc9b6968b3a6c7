//! Policies, validated at the start, and the decisions made with them.

use super::{Action, Asker, Thing, ThingKind};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use naru_domain::account::Scope;
use naru_domain::{OrganizationKind, Role};
use quick_cache::sync::Cache;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

/// The schema the policies are written against.
pub const SCHEMA: &str = include_str!("../../policies/schema.cedarschema");

/// The policies, by the name of their file.
pub const POLICIES: &[(&str, &str)] = &[
    (
        "accounts.cedar",
        include_str!("../../policies/accounts.cedar"),
    ),
    ("cases.cedar", include_str!("../../policies/cases.cedar")),
    (
        "devices.cedar",
        include_str!("../../policies/devices.cedar"),
    ),
    (
        "organizations.cedar",
        include_str!("../../policies/organizations.cedar"),
    ),
    ("scopes.cedar", include_str!("../../policies/scopes.cedar")),
    ("work.cedar", include_str!("../../policies/work.cedar")),
];

/// Why the policies cannot be used; the server does not start with such policies.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFault {
    /// The schema does not parse.
    #[error("the policy schema is not valid: {0}")]
    Schema(String),
    /// A policy does not parse.
    #[error("the policies are not valid: {0}")]
    Parse(String),
    /// A policy speaks of something that the schema does not have.
    #[error("the policies do not fit their schema: {0}")]
    Validation(String),
    /// A request for a decision could not be put.
    #[error("a decision cannot be asked for: {0}")]
    Request(String),
}

/// Everything a decision depends on, in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    action: Action,
    /// For each role, whether it is held in an organization that is a party.
    party: u16,
    /// For each role, whether it is held elsewhere.
    elsewhere: u16,
    /// For each scope, whether the token has it.
    scopes: u8,
    /// Whether the thing is the asker's own account.
    own: bool,
    /// What kind of organization the thing is, if it is one.
    organization: Option<OrganizationKind>,
}

/// The gate in front of every command and everything readable. Without a policy that permits, the answer is no.
#[derive(Debug)]
pub struct Gate {
    authorizer: Authorizer,
    policies: PolicySet,
    schema: Schema,
    decisions: Cache<Key, bool>,
}

impl Gate {
    /// The gate with the policies that Naru ships.
    pub fn shipped() -> Result<Self, PolicyFault> {
        Self::new(POLICIES, |_| true)
    }

    /// The gate with these files, of which the policies whose id passes are taken.
    pub fn new(files: &[(&str, &str)], take: impl Fn(&str) -> bool) -> Result<Self, PolicyFault> {
        let schema =
            Schema::from_str(SCHEMA).map_err(|fault| PolicyFault::Schema(fault.to_string()))?;
        let mut policies = PolicySet::new();
        for (file, text) in files {
            let parsed = PolicySet::from_str(text)
                .map_err(|fault| PolicyFault::Parse(format!("{file}: {fault}")))?;
            for policy in parsed.policies() {
                let id = policy.annotation("id").ok_or_else(|| {
                    PolicyFault::Parse(format!("{file}: a policy has no @id annotation"))
                })?;
                if take(id) {
                    let named = policy.new_id(cedar_policy::PolicyId::new(id));
                    policies
                        .add(named)
                        .map_err(|fault| PolicyFault::Parse(format!("{file}: {fault}")))?;
                }
            }
        }
        let result = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !result.validation_passed_without_warnings() {
            return Err(PolicyFault::Validation(result.to_string()));
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            schema,
            decisions: Cache::new(20_000),
        })
    }

    /// The ids of the policies that permit something.
    pub fn permits(&self) -> Vec<String> {
        self.policies
            .policies()
            .filter(|policy| policy.effect() == cedar_policy::Effect::Permit)
            .map(|policy| policy.id().to_string())
            .collect()
    }

    /// Whether `asker` may do `action` to `thing`. A fault in asking is a no, and is logged.
    pub fn allows(&self, asker: Asker<'_>, action: Action, thing: &Thing) -> bool {
        if action.thing() != thing.kind {
            return false;
        }
        let key = key(asker, action, thing);
        if let Some(decision) = self.decisions.get(&key) {
            return decision;
        }
        match self.evaluate(key) {
            Ok(decision) => {
                self.decisions.insert(key, decision);
                decision
            }
            Err(fault) => {
                tracing::error!(%fault, action = action.as_str(), "authorization failed");
                false
            }
        }
    }

    fn evaluate(&self, key: Key) -> Result<bool, PolicyFault> {
        let principal = uid("Account", if key.own { "own" } else { "asker" })?;
        let resource = uid(
            key.action.thing().as_str(),
            match (key.action.thing(), key.organization) {
                (ThingKind::Account, _) => "own",
                (_, Some(kind)) => canonical(kind),
                (_, None) => "thing",
            },
        )?;
        let action = uid("Action", key.action.as_str())?;
        let mut entities = vec![account(&principal, key)?];
        if resource != principal {
            entities.push(thing(&resource, key)?);
        }
        let entities = Entities::from_entities(entities, Some(&self.schema))
            .map_err(|fault| PolicyFault::Request(fault.to_string()))?;
        let scopes = Scope::ALL
            .iter()
            .enumerate()
            .filter(|(bit, _)| key.scopes & (1 << bit) != 0)
            .map(|(_, scope)| RestrictedExpression::new_string(scope.as_str().to_owned()));
        let context =
            Context::from_pairs([("scopes".to_owned(), RestrictedExpression::new_set(scopes))])
                .map_err(|fault| PolicyFault::Request(fault.to_string()))?;
        let request = Request::new(principal, action, resource, context, Some(&self.schema))
            .map_err(|fault| PolicyFault::Request(fault.to_string()))?;
        let response = self
            .authorizer
            .is_authorized(&request, &self.policies, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(PolicyFault::Request(error.to_string()));
        }
        Ok(response.decision() == Decision::Allow)
    }
}

fn key(asker: Asker<'_>, action: Action, thing: &Thing) -> Key {
    let mut party = 0_u16;
    let mut elsewhere = 0_u16;
    for membership in &asker.actor.memberships {
        let kind = membership.role.organization_kind();
        let held = if thing.parties.contains(kind, membership.organization) {
            &mut party
        } else {
            &mut elsewhere
        };
        for (bit, role) in Role::ALL.iter().enumerate() {
            if membership.role.covers(*role) {
                *held |= 1 << bit;
            }
        }
    }
    let scopes = Scope::ALL
        .iter()
        .enumerate()
        .filter(|(_, scope)| asker.scopes.contains(scope))
        .fold(0, |bits, (bit, _)| bits | (1 << bit));
    Key {
        action,
        party,
        elsewhere,
        scopes,
        own: thing.person.is_some() && thing.person == asker.actor.account(),
        organization: (thing.kind == ThingKind::Organization).then(|| kind_of(thing)),
    }
}

fn kind_of(thing: &Thing) -> OrganizationKind {
    if !thing.parties.startups.is_empty() {
        OrganizationKind::Startup
    } else if !thing.parties.hospitals.is_empty() {
        OrganizationKind::Hospital
    } else if !thing.parties.consultancies.is_empty() {
        OrganizationKind::Consultancy
    } else {
        OrganizationKind::Operator
    }
}

/// The name that stands for an organization of that kind which is a party.
fn canonical(kind: OrganizationKind) -> &'static str {
    match kind {
        OrganizationKind::Startup => "startup",
        OrganizationKind::Hospital => "hospital",
        OrganizationKind::Consultancy => "consultancy",
        OrganizationKind::Operator => "operator",
    }
}

fn uid(kind: &str, id: &str) -> Result<EntityUid, PolicyFault> {
    EntityUid::from_str(&format!("Naru::{kind}::\"{id}\""))
        .map_err(|fault| PolicyFault::Request(fault.to_string()))
}

fn organizations(ids: &[&str]) -> Result<RestrictedExpression, PolicyFault> {
    let uids: Result<Vec<_>, _> = ids.iter().map(|id| uid("Organization", id)).collect();
    Ok(RestrictedExpression::new_set(
        uids?.into_iter().map(RestrictedExpression::new_entity_uid),
    ))
}

/// The asker: for each role, the organizations it is held in.
fn account(uid: &EntityUid, key: Key) -> Result<Entity, PolicyFault> {
    let mut attributes = HashMap::new();
    for (bit, role) in Role::ALL.iter().enumerate() {
        let mut held = Vec::new();
        if key.party & (1 << bit) != 0 {
            held.push(canonical(role.organization_kind()));
        }
        if key.elsewhere & (1 << bit) != 0 {
            held.push("elsewhere");
        }
        attributes.insert(role.as_str().to_owned(), organizations(&held)?);
    }
    Entity::new(uid.clone(), attributes, HashSet::new())
        .map_err(|fault| PolicyFault::Request(fault.to_string()))
}

/// The thing: for each part, the organizations that play it.
fn thing(uid: &EntityUid, key: Key) -> Result<Entity, PolicyFault> {
    let mut attributes = HashMap::new();
    match key.action.thing() {
        ThingKind::Account => {
            return account(
                uid,
                Key {
                    party: 0,
                    elsewhere: 0,
                    ..key
                },
            );
        }
        ThingKind::Installation => {}
        ThingKind::Organization => {
            let kind = key.organization.map_or("operator", canonical);
            attributes.insert(
                "kind".to_owned(),
                RestrictedExpression::new_string(kind.to_owned()),
            );
        }
        ThingKind::Device
        | ThingKind::Case
        | ThingKind::Study
        | ThingKind::FeedbackRound
        | ThingKind::Consultation => {
            for (part, id) in [
                ("startups", "startup"),
                ("hospitals", "hospital"),
                ("consultancies", "consultancy"),
            ] {
                attributes.insert(part.to_owned(), organizations(&[id])?);
            }
        }
    }
    attributes.insert("operators".to_owned(), organizations(&["operator"])?);
    Entity::new(uid.clone(), attributes, HashSet::new())
        .map_err(|fault| PolicyFault::Request(fault.to_string()))
}
