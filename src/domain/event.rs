//! The kinds of lines in a request's history, and who can have caused one.

crate::vocabulary! {
    /// What happened to a request.
    EventKind {
        /// It came in by the public form or API.
        Received = "received",
        /// Staff recorded it.
        Recorded = "recorded",
        /// A code to prove the mail address was sent once more.
        CodeSent = "code_sent",
        /// The mail address was proven.
        EmailConfirmed = "email_confirmed",
        /// Staff confirmed who asks.
        IdentityConfirmed = "identity_confirmed",
        /// Staff could not confirm who asks.
        IdentityNotConfirmed = "identity_not_confirmed",
        /// The requester was asked something.
        QuestionAsked = "question_asked",
        /// The requester answered a question.
        Replied = "replied",
        /// The requester added something.
        MessageAdded = "message_added",
        /// A file was added.
        FileAdded = "file_added",
        /// A file was not taken: the virus scanner found something in it.
        FileRefused = "file_refused",
        /// The virus scanner found something in a file that was kept: nobody gets it any more.
        FileQuarantined = "file_quarantined",
        /// Documents of a correction arrived.
        DocumentsReceived = "documents_received",
        /// Documents of a correction are not needed.
        DocumentsWaived = "documents_waived",
        /// The work began.
        WorkStarted = "work_started",
        /// An answer was proposed.
        AnswerProposed = "answer_proposed",
        /// The proposal is to be changed.
        SentBack = "sent_back",
        /// The proposal was approved.
        Approved = "approved",
        /// What was granted was carried out.
        Completed = "completed",
        /// The request was answered.
        Answered = "answered",
        /// The answer reached the requester.
        AnswerDelivered = "answer_delivered",
        /// The data was blocked for the time of the check.
        BlockSet = "block_set",
        /// The block became final.
        BlockFinal = "block_final",
        /// The block was lifted.
        BlockLifted = "block_lifted",
        /// The requester took the request back.
        Cancelled = "cancelled",
        /// It was no request.
        Dismissed = "dismissed",
        /// It was of another kind.
        Reclassified = "reclassified",
        /// Somebody is responsible for it, or nobody any more.
        Assigned = "assigned",
        /// Staff noted something.
        NoteAdded = "note_added",
        /// Staff marked that a violation is alleged.
        ViolationMarked = "violation_marked",
        /// The DPO confirmed a violation.
        ViolationConfirmed = "violation_confirmed",
        /// The DPO found no violation.
        ViolationDismissed = "violation_dismissed",
        /// The day of receipt was put right.
        ReceiptAmended = "receipt_amended",
        /// The claim was marked as a consumer's, or no longer.
        ConsumerMarked = "consumer_marked",
        /// A clock was counted again.
        ClockRecounted = "clock_recounted",
        /// A clock runs again, since the answer did not arrive.
        ClockReopened = "clock_reopened",
        /// A mail could not be delivered.
        MailDead = "mail_dead",
        /// A mail was sent again.
        MailResent = "mail_resent",
        /// A mail was printed and posted, or handed over.
        MailPosted = "mail_posted",
        /// What was posted came back, or had been marked by mistake.
        MailReturned = "mail_returned",
        /// The requester's mail address was put right.
        AddressCorrected = "address_corrected",
        /// What was granted turned out to be impossible.
        Reopened = "reopened",
        /// A legal hold: nothing of it may be destroyed.
        HoldSet = "hold_set",
        /// The legal hold was lifted.
        HoldLifted = "hold_lifted",
        /// Its term was over: all that is personal was destroyed.
        DataDestroyed = "data_destroyed",
    }
}

/// Whether a legal hold keeps a request, by the kinds of its events in their order.
#[must_use]
pub fn is_held<'a>(kinds: impl DoubleEndedIterator<Item = &'a str>) -> bool {
    let ends = [EventKind::HoldSet, EventKind::HoldLifted, EventKind::DataDestroyed];
    let last = kinds.rev().find_map(|kind| ends.into_iter().find(|end| end.as_str() == kind));
    last == Some(EventKind::HoldSet)
}

impl EventKind {
    /// Whether the requester's timeline shows it.
    #[must_use]
    pub const fn is_public(self) -> bool {
        !matches!(
            self,
            Self::CodeSent
                | Self::FileRefused
                | Self::Assigned
                | Self::NoteAdded
                | Self::SentBack
                | Self::IdentityNotConfirmed
                | Self::ViolationMarked
                | Self::ViolationConfirmed
                | Self::ViolationDismissed
                | Self::ConsumerMarked
                | Self::ClockRecounted
                | Self::ClockReopened
                | Self::MailDead
                | Self::MailResent
                | Self::MailPosted
                | Self::MailReturned
                | Self::AddressCorrected
                | Self::Approved
                | Self::HoldSet
                | Self::HoldLifted
                | Self::DataDestroyed
        )
    }
}

impl EventKind {
    /// Whether the requester's proof tells its facts; of the others it tells the hash alone. What a proposal said is not public
    /// before it is the answer, and what was sent back never is.
    #[must_use]
    pub const fn is_in_proof(self) -> bool {
        self.is_public() && !matches!(self, Self::AnswerProposed)
    }
}

/// Who caused something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The person who asks, or their representative.
    Requester,
    /// A member of the staff, by id.
    Staff(String),
    /// The product itself.
    System,
}

impl Actor {
    /// `requester`, `staff` or `system`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Staff(_) => "staff",
            Self::System => "system",
        }
    }

    /// The member's id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Staff(id) => Some(id),
            Self::Requester | Self::System => None,
        }
    }
}
