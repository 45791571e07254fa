//! What requesters and staff are shown of a request.

mod clocks;
mod events;
mod people;
mod requester;
mod staff;

pub use clocks::{ClockView, HeadlineView, clock_views, headline_view, planned_view};
pub use events::{EventView, TimelineItem, event_views, timeline};
pub use people::{AbsentView, AssigneeView, DeputyView};
pub use requester::{
    AnswerView, DecisionView, GroundView, Loaded, MessageView, OperatorCard, RequesterView, answer_view, message_view,
    requester_view,
};
pub use staff::{Beside, Flags, QueueItem, StaffView, SubjectView, masked_subject, queue_item, staff_view};
