//! What of a store must agree with itself and with what was acknowledged.
