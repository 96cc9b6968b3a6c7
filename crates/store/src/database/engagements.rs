//! The consultations of a consultancy; both databases understand the same statements.

use super::At;
use super::lists::{Fields, list, owned, parsed};
use crate::StoreError;
use crate::lists::ConsultationSummary;
use crate::postgres::limited;
use naru_domain::OrganizationId;

fn consultation_summary(row: &impl Fields) -> Result<ConsultationSummary, StoreError> {
    Ok(ConsultationSummary {
        consultation: parsed(row, "consultation_id")?,
        case: parsed(row, "case_id")?,
        stage: parsed(row, "stage")?,
        status: owned(row, "status")?,
    })
}

/// The consultations of a consultancy, newest first.
pub(crate) async fn consultations_of(
    at: impl Into<At<'_>>,
    consultancy: OrganizationId,
    status: Option<&str>,
    before: &str,
    limit: u32,
) -> Result<Vec<ConsultationSummary>, StoreError> {
    let text = match status {
        Some(_) => {
            "select * from consultation_row
             where consultancy_id = $1 and status = $2 and consultation_id < $3
             order by consultation_id desc
             limit $4"
        }
        None => {
            "select * from consultation_row
             where consultancy_id = $1 and $2 is null and consultation_id < $3
             order by consultation_id desc
             limit $4"
        }
    };
    list!(
        at,
        text,
        [consultancy.to_string(), status, before, i64::from(limit)],
        consultation_summary
    )
}
