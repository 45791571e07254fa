//! How often somebody may call. Counted in the memory of each process, so that with several replicas the limits are as many times
//! as wide; what must hold whatever runs (the lock-out of sign-ins, the tries of a code) stands in the database.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use governor::clock::Clock as GovernorClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::Clock;

/// What is counted. Wide enough for a call centre behind one address, too narrow for a flood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Calls that hand something in without an account, by network address.
    PublicCalls,
    /// Sign-ins and renewals of sessions, by network address.
    SignIns,
    /// Calls with the secret of a request, by network address.
    RequesterCalls,
    /// Files handed in, by network address.
    Uploads,
    /// Requests handed in with one mail address.
    MailAddress,
    /// Calls of one account.
    Account,
    /// Wrong secrets for one reference.
    WrongTokens,
}

impl Limit {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::PublicCalls,
        Self::SignIns,
        Self::RequesterCalls,
        Self::Uploads,
        Self::MailAddress,
        Self::Account,
        Self::WrongTokens,
    ];

    /// Its name in the headers of an answer.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PublicCalls => "public",
            Self::SignIns => "sign-in",
            Self::RequesterCalls => "requester",
            Self::Uploads => "uploads",
            Self::MailAddress => "mail-address",
            Self::Account => "account",
            Self::WrongTokens => "reference",
        }
    }

    /// So many calls in so many seconds.
    #[must_use]
    pub const fn quota(self) -> (u32, u32) {
        match self {
            Self::PublicCalls => (120, 60),
            Self::SignIns => (60, 60),
            Self::RequesterCalls => (300, 60),
            Self::Uploads => (60, 600),
            Self::MailAddress => (20, 3600),
            Self::Account => (1200, 60),
            Self::WrongTokens => (30, 3600),
        }
    }
}

/// What a call was answered about a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The limit.
    pub limit: Limit,
    /// Calls that are left now.
    pub left: u32,
    /// Seconds until one more call is allowed; 0 for a call that was let through.
    pub wait: u32,
}

impl Spent {
    /// Whether the call was one too many.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        self.wait > 0
    }
}

/// Time as the limits count it: steadily, or as a test moves it.
#[derive(Debug, Clone)]
enum Ticks {
    Steady(Instant),
    Of(Clock, DateTime<Utc>),
}

impl GovernorClock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        match self {
            Self::Steady(start) => start.elapsed(),
            Self::Of(clock, start) => (clock.now() - *start).to_std().unwrap_or_default(),
        }
    }
}

type Keyed = RateLimiter<Vec<u8>, DashMapStateStore<Vec<u8>>, Ticks, StateInformationMiddleware>;

/// The counters of a process.
pub struct Limits {
    is_on: bool,
    ticks: Ticks,
    counters: Vec<(Limit, Keyed)>,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Limits").field("is_on", &self.is_on).finish_non_exhaustive()
    }
}

impl Limits {
    /// Counters that begin empty. When they are not on, everything is let through.
    #[must_use]
    pub fn new(is_on: bool, clock: &Clock) -> Self {
        let ticks = match clock {
            Clock::System => Ticks::Steady(Instant::now()),
            fixed @ Clock::Fixed(_) => Ticks::Of(fixed.clone(), fixed.now()),
        };
        let counters = Limit::ALL
            .into_iter()
            .filter_map(|limit| {
                let (calls, seconds) = limit.quota();
                let each = Duration::from_secs(seconds.into()).checked_div(calls)?;
                let quota = Quota::with_period(each)?.allow_burst(NonZeroU32::new(calls)?);
                let counter = RateLimiter::dashmap_with_clock(quota, ticks.clone()).with_middleware();
                Some((limit, counter))
            })
            .collect();
        Self { is_on, ticks, counters }
    }

    /// Counts a call. None when nothing is limited.
    #[must_use]
    pub fn spend(&self, limit: Limit, key: &[u8]) -> Option<Spent> {
        if !self.is_on {
            return None;
        }
        let (_, counter) = self.counters.iter().find(|(of, _)| *of == limit)?;
        Some(match counter.check_key(&key.to_vec()) {
            Ok(snapshot) => Spent { limit, left: snapshot.remaining_burst_capacity(), wait: 0 },
            Err(refused) => {
                let wait = refused.wait_time_from(self.ticks.now());
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Spent { limit, left: 0, wait: u32::try_from(seconds).unwrap_or(u32::MAX).max(1) }
            }
        })
    }

    /// Forgets whoever has not called for so long that nothing is counted against them: memory holds recent callers only.
    pub fn forget_old(&self) {
        for (_, counter) in &self.counters {
            counter.retain_recent();
            counter.shrink_to_fit();
        }
    }

    /// So many callers are remembered now.
    #[must_use]
    pub fn remembered(&self) -> usize {
        self.counters.iter().map(|(_, counter)| counter.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_let_through_until_the_quota_is_used_up_and_again_when_time_has_passed() {
        let clock = Clock::fixed("2026-11-23T09:00:00Z".parse().unwrap());
        let limits = Limits::new(true, &clock);
        let wait = || limits.spend(Limit::MailAddress, b"a").unwrap().wait;
        assert!((0..20).all(|_| wait() == 0));
        assert_eq!(wait(), 180, "one more every three minutes");
        assert_eq!(limits.spend(Limit::MailAddress, b"b").unwrap().left, 19, "others are counted apart");
        clock.advance(chrono::Duration::seconds(180));
        assert_eq!([wait(), wait()], [0, 180]);
        clock.advance(chrono::Duration::hours(2));
        limits.forget_old();
        assert_eq!(limits.remembered(), 0);
    }

    #[test]
    fn nothing_is_counted_when_limits_are_off() {
        let limits = Limits::new(false, &Clock::System);
        assert!((0..1000).all(|_| limits.spend(Limit::SignIns, b"a").is_none()));
        assert_eq!(limits.remembered(), 0);
    }
}
