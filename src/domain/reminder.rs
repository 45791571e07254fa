//! When somebody is reminded of a clock, and how urgently.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::almaty;
use super::calendar::{Calendar, YearMissing};
use super::term::{Term, TermUnit};

/// How near or how far past its end a clock is when somebody is reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// So many days before the last day, at 09:00.
    DaysBefore(u32),
    /// On the working day before the last day, at 09:00.
    WorkingDayBefore,
    /// When the clock begins to run; for clocks of one working day.
    AtOnce,
    /// On the last day, at 09:00.
    LastDayMorning,
    /// On the last day, at 14:00.
    LastDayAfternoon,
    /// The term is over: at its end, then each working day at 09:00.
    Overdue {
        /// The local day of this reminder.
        on: NaiveDate,
        /// Working days from the end of the term to this day, this day included.
        working_days: u32,
    },
}

impl Stage {
    /// The name under which the ledger keeps it.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::DaysBefore(days) => format!("days_before_{days}"),
            Self::WorkingDayBefore => "working_day_before".to_owned(),
            Self::AtOnce => "at_once".to_owned(),
            Self::LastDayMorning => "last_day_morning".to_owned(),
            Self::LastDayAfternoon => "last_day_afternoon".to_owned(),
            Self::Overdue { on, .. } => format!("overdue_{on}"),
        }
    }

    /// Whether the term is over.
    #[must_use]
    pub const fn is_overdue(self) -> bool {
        matches!(self, Self::Overdue { .. })
    }
}

/// What reminders of a running clock depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// The clock's term.
    pub term: Term,
    /// When it began to run here.
    pub running_since: DateTime<Utc>,
    /// Its last day.
    pub due_on: NaiveDate,
}

impl Watched {
    /// A term of one working day: the most urgent.
    #[must_use]
    pub const fn is_one_day(&self) -> bool {
        self.term.days == 1 && matches!(self.term.unit, TermUnit::Working)
    }

    /// Whether the operator's head contact hears of an overdue stage: at once for one-day clocks, else from the third working day.
    #[must_use]
    pub const fn concerns_the_head(&self, stage: Stage) -> bool {
        match stage {
            Stage::Overdue { working_days, .. } => self.is_one_day() || working_days >= 3,
            _ => false,
        }
    }

    /// The stages before the end of the term, in order of time.
    fn before_due(&self, calendar: &Calendar) -> Result<Vec<(DateTime<Utc>, Stage)>, YearMissing> {
        let morning = |date| almaty::at_local(date, 9, 0);
        let mut stages = if self.is_one_day() {
            vec![
                (self.running_since, Stage::AtOnce),
                (morning(self.due_on), Stage::LastDayMorning),
                (almaty::at_local(self.due_on, 14, 0), Stage::LastDayAfternoon),
            ]
        } else if self.term.days >= 10 {
            [10, 5, 1]
                .into_iter()
                .filter_map(|days| {
                    let date = self.due_on.checked_sub_days(Days::new(u64::from(days)))?;
                    Some((morning(date), Stage::DaysBefore(days)))
                })
                .collect()
        } else {
            vec![
                (morning(calendar.previous_working_day(self.due_on)?), Stage::WorkingDayBefore),
                (morning(self.due_on), Stage::LastDayMorning),
            ]
        };
        stages.sort_by_key(|(at, _)| *at);
        Ok(stages)
    }

    /// The stage that stands at `now`: the latest that has come, and only that one after a standstill.
    ///
    /// # Errors
    /// When the calendar does not cover a year that is needed.
    pub fn stage_at(&self, calendar: &Calendar, now: DateTime<Utc>) -> Result<Option<Stage>, YearMissing> {
        if now < almaty::due_at(self.due_on) {
            let stages = self.before_due(calendar)?;
            return Ok(stages.into_iter().take_while(|(at, _)| *at <= now).last().map(|(_, stage)| stage));
        }
        let first = first_day_after(self.due_on);
        let mut on = almaty::local_date(now);
        while on > first && !(calendar.is_working(on)? && almaty::at_local(on, 9, 0) <= now) {
            on = on.pred_opt().unwrap_or(first);
        }
        let working_days = calendar.working_days_between(self.due_on, on)?;
        Ok(Some(Stage::Overdue { on, working_days }))
    }

    /// When the next stage after `now` comes.
    ///
    /// # Errors
    /// When the calendar does not cover a year that is needed.
    pub fn next_after(&self, calendar: &Calendar, now: DateTime<Utc>) -> Result<DateTime<Utc>, YearMissing> {
        let due_at = almaty::due_at(self.due_on);
        if now < due_at {
            let stages = self.before_due(calendar)?;
            return Ok(stages.into_iter().map(|(at, _)| at).find(|at| *at > now).unwrap_or(due_at));
        }
        let mut on = almaty::local_date(now).max(first_day_after(self.due_on));
        loop {
            let at = almaty::at_local(on, 9, 0);
            if on > first_day_after(self.due_on) && at > now && calendar.is_working(on)? {
                return Ok(at);
            }
            on = first_day_after(on);
        }
    }

    /// When to look again at a clock whose last day moved here from that of `before`: at once where a nearer day makes it more
    /// urgent than it was, else at its next stage, so that a day gained makes no mail.
    ///
    /// # Errors
    /// When the calendar does not cover a year that is needed.
    pub fn look_after_move(
        &self,
        before: &Self,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, YearMissing> {
        let stage = self.stage_at(calendar, now)?;
        let is_news = self.due_on < before.due_on && stage.is_some() && stage != before.stage_at(calendar, now)?;
        if is_news { Ok(now) } else { self.next_after(calendar, now) }
    }
}

fn first_day_after(date: NaiveDate) -> NaiveDate {
    date.succ_opt().unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Duration;

    fn calendar() -> Calendar {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/calendars/kz.toml");
        Calendar::parse("calendars/kz.toml", &std::fs::read_to_string(path).unwrap()).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00+05:00").parse::<DateTime<chrono::FixedOffset>>().unwrap().to_utc()
    }

    /// Walks from the start, minute by minute in steps of `next_after`, and lists what goes out.
    fn walk(watched: Watched, until: DateTime<Utc>) -> Vec<(String, Stage)> {
        let calendar = calendar();
        let (mut now, mut seen, mut out) = (watched.running_since, Vec::new(), Vec::new());
        while now <= until {
            if let Some(stage) = watched.stage_at(&calendar, now).unwrap()
                && !seen.contains(&stage.key())
            {
                seen.push(stage.key());
                out.push(((now + Duration::hours(5)).format("%m-%d %H:%M").to_string(), stage));
            }
            let next = watched.next_after(&calendar, now).unwrap();
            assert!(next > now);
            now = next;
        }
        out
    }

    fn times(list: &[(String, Stage)]) -> Vec<&str> {
        list.iter().map(|(at, _)| at.as_str()).collect()
    }

    #[test]
    fn a_long_clock_is_reminded_10_5_and_1_days_before_and_then_each_working_day() {
        let due_on = NaiveDate::from_ymd_opt(2026, 12, 22).unwrap();
        let watched = Watched { term: Term::calendar(30), running_since: at("2026-11-22T10:00"), due_on };
        let list = walk(watched, at("2026-12-28T23:00"));
        assert_eq!(
            times(&list),
            ["12-12 09:00", "12-17 09:00", "12-21 09:00", "12-23 00:00", "12-24 09:00", "12-25 09:00", "12-28 09:00"]
        );
        let heads: Vec<bool> = list.iter().map(|(_, stage)| watched.concerns_the_head(*stage)).collect();
        assert_eq!(heads, [false, false, false, false, false, true, true]);
    }

    #[test]
    fn a_clock_of_three_working_days_is_reminded_the_working_day_before_and_on_the_morning() {
        let due_on = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        let watched = Watched { term: Term::working(3), running_since: at("2026-11-21T15:08"), due_on };
        assert_eq!(times(&walk(watched, at("2026-11-26T12:00"))), ["11-24 09:00", "11-25 09:00", "11-26 00:00"]);
    }

    #[test]
    fn a_clock_of_one_working_day_is_reminded_at_once_and_its_head_hears_at_once() {
        let due_on = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let watched = Watched { term: Term::working(1), running_since: at("2026-11-20T18:00"), due_on };
        let list = walk(watched, at("2026-11-25T12:00"));
        assert_eq!(times(&list), ["11-20 18:00", "11-23 09:00", "11-23 14:00", "11-24 00:00", "11-25 09:00"]);
        assert!(watched.concerns_the_head(list[3].1) && !watched.concerns_the_head(list[2].1));
    }

    #[test]
    fn after_a_weekend_overdue_goes_on_with_the_first_working_day() {
        let due_on = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
        let watched = Watched { term: Term::working(3), running_since: at("2026-11-17T10:00"), due_on };
        let list = walk(watched, at("2026-11-24T10:00"));
        assert_eq!(times(&list)[2..], ["11-21 00:00", "11-23 09:00", "11-24 09:00"]);
    }

    #[test]
    fn only_a_nearer_day_that_makes_a_clock_more_urgent_is_looked_at_at_once() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let calendar = calendar();
        let on = |due_on| Watched { term: Term::working(3), running_since: at("2026-11-20T10:00"), due_on };
        let now = at("2026-11-24T10:00");
        let look = |from, to| on(day(to)).look_after_move(&on(day(from)), &calendar, now).unwrap();
        assert_eq!(look(26, 24), now, "it is the last day all of a sudden");
        assert_eq!(look(26, 25), now, "it is the day before");
        assert_eq!(look(25, 26), at("2026-11-25T09:00"), "a day gained");
        assert_eq!(look(27, 26), at("2026-11-25T09:00"), "no stage stands yet");
        assert_eq!(look(23, 24), at("2026-11-25T00:00"), "no longer overdue: the next stage is the end");
    }

    #[test]
    fn a_request_entered_late_gets_only_the_latest_stage() {
        let due_on = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let late = Watched { term: Term::working(1), running_since: at("2026-11-25T16:00"), due_on };
        assert!(late.stage_at(&calendar(), late.running_since).unwrap().unwrap().is_overdue());
        let on_the_day = Watched { running_since: at("2026-11-23T11:00"), ..late };
        assert_eq!(times(&walk(on_the_day, at("2026-11-23T20:00"))), ["11-23 11:00", "11-23 14:00"]);
    }
}
