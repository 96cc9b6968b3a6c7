//! The cost of a request: taken from what the account may spend before anything runs, and told in the answer.

use super::documents::Form;
use super::limits::coded;
use crate::app::AppState;
use async_graphql::async_trait::async_trait;
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextRequest, NextValidation,
};
use async_graphql::{Response, ServerError, ValidationResult, value};
use naru_domain::AccountId;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Who pays for a request; put beside it as data.
#[derive(Clone, Debug)]
pub(crate) struct Spending {
    pub(crate) app: AppState,
    pub(crate) account: AccountId,
    /// What the check of the request against the schema depends on, if it is worth keeping.
    pub(crate) form: Option<Form>,
}

impl Spending {
    fn known(&self) -> Option<ValidationResult> {
        self.app.documents().known(self.form.as_ref()?)
    }

    fn learn(&self, found: ValidationResult) {
        if let Some(form) = &self.form {
            self.app.documents().learn(form, found);
        }
    }
}

/// Makes a guard for each request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guard;

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Meter::default())
    }
}

#[derive(Debug, Default)]
struct Meter {
    cost: AtomicUsize,
}

#[async_trait]
impl Extension for Meter {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let response = next.run(ctx).await;
        match self.cost.load(Ordering::Relaxed) {
            0 => response,
            cost => response.extension(
                "cost",
                value!({ "spent": cost, "max": super::limits::COMPLEXITY_MAX }),
            ),
        }
    }

    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        let spending = ctx.data_opt::<Spending>();
        let result = match spending.and_then(Spending::known) {
            Some(known) => known,
            None => check(ctx, next, spending).await?,
        };
        let cost = result.complexity.max(1);
        if let Some(spending) = spending
            && let Err(wait) = spending.app.limits().spend(spending.account, cost)
        {
            let message = format!("too much was asked for; try again in {} s", wait.seconds());
            return Err(vec![coded("RATE_LIMITED", &message)]);
        }
        self.cost.store(cost, Ordering::Relaxed);
        Ok(result)
    }
}

/// Checks a request against the schema, and keeps what was found for the next of its form.
async fn check(
    ctx: &ExtensionContext<'_>,
    next: NextValidation<'_>,
    spending: Option<&Spending>,
) -> Result<ValidationResult, Vec<ServerError>> {
    let found = next.run(ctx).await;
    if let Some(spending) = spending {
        match &found {
            Ok(found) => spending.learn(*found),
            // A request that is refused was work too.
            Err(_) => {
                let _ = spending.app.limits().spend(spending.account, 10);
            }
        }
    }
    found
}
