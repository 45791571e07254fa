//! Mails kept in memory, for tests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{SendFailure, SendOutcome};
use crate::mail::envelope::{OutgoingMail, build};

/// Keeps mails in memory. A clone is another handle to the same mails.
#[derive(Debug, Clone, Default)]
pub struct MemoryTransport {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    sent: Vec<OutgoingMail>,
    script: VecDeque<SendOutcome>,
}

impl MemoryTransport {
    /// An empty one that accepts everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a mail, or does what [`fail_next`](Self::fail_next) asked for. A mail that could not be sent for real is
    /// refused here too.
    #[must_use]
    pub fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        if build(mail).is_err() {
            return Err(SendFailure::of("invalid")).into();
        }
        let mut state = self.state();
        let outcome = state.script.pop_front().unwrap_or(SendOutcome::Accepted);
        if outcome == SendOutcome::Accepted {
            state.sent.push(mail.clone());
        }
        outcome
    }

    /// The mails accepted so far, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<OutgoingMail> {
        self.state().sent.clone()
    }

    /// The mails accepted since the last call, which forgets them.
    #[must_use]
    pub fn take(&self) -> Vec<OutgoingMail> {
        std::mem::take(&mut self.state().sent)
    }

    /// Lets the next `times` attempts end with `outcome`, after those that were asked for before.
    pub fn fail_next(&self, outcome: &SendOutcome, times: usize) {
        self.state().script.extend(std::iter::repeat_n(outcome.clone(), times));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A test that failed while it held the lock leaves lists that are still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::envelope::tests::sample;

    #[test]
    fn handles_see_the_same_mails_and_take_forgets_them() {
        let memory = MemoryTransport::new();
        assert_eq!(memory.clone().send(&sample()), SendOutcome::Accepted);
        assert_eq!(memory.sent(), [sample()]);
        assert_eq!(memory.take(), [sample()]);
        assert_eq!(memory.sent(), []);
    }

    #[test]
    fn scripted_failures_come_first_and_leave_nothing_behind() {
        let memory = MemoryTransport::new();
        let deferred = SendOutcome::Retry { failure: SendFailure::replied("deferred", 451, "4.7.1 later") };
        memory.fail_next(&deferred, 2);
        assert_eq!(memory.send(&sample()), deferred);
        assert_eq!(memory.send(&sample()), deferred);
        assert_eq!(memory.sent(), []);
        assert_eq!(memory.send(&sample()), SendOutcome::Accepted);
    }

    #[test]
    fn a_mail_that_could_not_be_sent_for_real_is_refused() {
        let mail = OutgoingMail { to: "nobody".to_owned(), ..sample() };
        let failure = SendFailure::of("invalid");
        assert_eq!(MemoryTransport::new().send(&mail), SendOutcome::Refused { failure });
    }
}
