//! Formulas of usability and agreement.
