//! Members of the staff, as their colleagues see them.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

/// A member of the staff, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssigneeView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Only of the assignee of a request, and only while they are away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<AbsentView>,
}

/// That a member is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AbsentView {
    /// The last local day.
    pub until: NaiveDate,
    /// Who stands in; null when nobody can, and mails go to the DPOs.
    pub deputy: Option<DeputyView>,
}

/// A member who stands in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeputyView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}
