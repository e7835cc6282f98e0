//! x
use crate::lint::examination::Examination;
use crate::query::QueryError;
pub(super) fn check(_: &mut Examination<'_>) -> Result<(), QueryError> {
    Ok(())
}
