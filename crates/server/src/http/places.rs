//! How many things one token follows at once, whatever the number of its connections.

use naru_domain::TokenId;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Subscriptions that one token may have open.
pub const SUBSCRIPTIONS_MAX: usize = 10;

/// The subscriptions that are open, by token.
#[derive(Clone, Default)]
pub(crate) struct Places {
    taken: Arc<Mutex<HashMap<TokenId, usize>>>,
}

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Places").finish_non_exhaustive()
    }
}

impl Places {
    fn lock(&self) -> MutexGuard<'_, HashMap<TokenId, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more subscription, if there is one.
    pub(crate) fn take(&self, token: TokenId) -> Option<Place> {
        let mut taken = self.lock();
        let open = taken.entry(token).or_default();
        if SUBSCRIPTIONS_MAX <= *open {
            return None;
        }
        *open += 1;
        Some(Place {
            places: self.clone(),
            token,
        })
    }
}

/// One of a token's places; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    token: TokenId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        match taken.get_mut(&self.token) {
            Some(open) if 1 < *open => *open -= 1,
            Some(_) => {
                taken.remove(&self.token);
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::TypedId;

    #[test]
    fn a_token_has_ten_places_and_gets_one_back_when_a_subscription_ends() {
        let places = Places::default();
        let token = TokenId::from_uuid(uuid::Uuid::from_u128(1));
        let other = TokenId::from_uuid(uuid::Uuid::from_u128(2));
        let mut held: Vec<Place> = (0..SUBSCRIPTIONS_MAX)
            .map(|_| places.take(token).unwrap())
            .collect();
        assert!(places.take(token).is_none());
        assert!(places.take(other).is_some());
        held.pop();
        assert!(places.take(token).is_some());
        drop(held);
        assert!(places.lock().is_empty());
    }
}
