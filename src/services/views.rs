//! What requesters and staff are shown of a request.

mod clocks;
mod events;
mod requester;
mod staff;

pub use clocks::{ClockView, HeadlineView, clock_views, headline_view, planned_view};
pub use events::{EventView, TimelineItem, event_views, timeline};
pub use requester::{Loaded, message_view, AnswerView, DecisionView, GroundView, MessageView, OperatorCard, RequesterView, answer_view, requester_view};
pub use staff::{Beside, SubjectView, AssigneeView, Flags, QueueItem, StaffView, masked_subject, queue_item, staff_view};
