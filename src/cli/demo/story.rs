//! The story of one made-up request, told by the same code that real ones go through, at the times at which it would have happened.

use chrono::{DateTime, Duration, Utc};

use super::dice::Dice;
use super::forms;
use super::staff::Desk;
use crate::app::App;
use crate::domain::event::Actor;
use crate::domain::lifecycle::is_carried_out;
use crate::domain::vocabulary::{
    Blocking, Channel, Kind, Outcome, Status, VerificationMethod, VerificationResult, Violation,
};
use crate::services::actions::{AssignForm, CompleteForm, ReasonForm, StaffAction, VerifyForm, apply};
use crate::services::answer::{GroundRef, Proposal};
use crate::services::case::Case;
use crate::services::error::ServiceError;
use crate::services::requester::{TextForm, confirmed, take_message};
use crate::services::sign_in::Member;
use crate::services::submit::{Origin, RecordPart, submit_in};
use crate::storage::requests::{self, RequestRow};
use crate::storage::{AnyConnection, codes, outbox};
use crate::worker;

/// The most that happens to a request after its receipt.
const STEPS: u32 = 14;

/// Where open requests stand, and how many of a hundred.
const OPEN: [(u64, Status); 7] = [
    (14, Status::Submitted),
    (20, Status::Verification),
    (22, Status::Review),
    (10, Status::Clarification),
    (20, Status::Preparation),
    (9, Status::Approval),
    (5, Status::Execution),
];
/// How closed requests ended.
const CLOSED: [(u64, Status); 3] = [(86, Status::Answered), (9, Status::Cancelled), (5, Status::Dismissed)];

/// What is known of a request before its story is told.
#[derive(Debug, Clone, Copy)]
pub struct Outline {
    /// Which of a run's requests it is; the person who asks goes by it.
    pub number: u64,
    /// What its throws depend on.
    pub seed: u64,
    /// When it was received.
    pub received_at: DateTime<Utc>,
    /// By when everything that is told of it has happened.
    pub until: DateTime<Utc>,
    /// Whether it is over by then.
    pub closed: bool,
    /// The moment at which the run ends.
    pub end: DateTime<Utc>,
}

/// Somebody does something.
enum Step {
    Confirm,
    Answer,
    Member(Box<Member>, StaffAction),
}

/// A story while it is told.
struct Story<'t> {
    app: &'t App,
    desk: &'t Desk,
    dice: Dice,
    agent: Member,
    dpo: Member,
    taken: bool,
    refused: bool,
    goal: Status,
}

/// Tells the story of one request. Everything lands in the caller's transaction; no mail is left to leave.
///
/// # Errors
/// Those of the services, which no made-up request should meet.
pub fn tell(app: &App, tx: &mut AnyConnection, desk: &Desk, outline: &Outline) -> Result<(), ServiceError> {
    let mut dice = Dice::new(outline.seed, outline.number);
    let goal =
        if outline.closed { dice.weighted(&CLOSED, Status::Answered) } else { dice.weighted(&OPEN, Status::Review) };
    let (agent, dpo) = (dice.pick(&desk.agents).cloned(), dice.pick(&desk.dpos).cloned());
    let (Some(agent), Some(dpo)) = (agent, dpo) else { return Err(ServiceError::Internal("no staff".to_owned())) };
    let (taken, refused) = (dice.chance(60), dice.chance(20));
    let mut story = Story { app, desk, dice, agent, dpo, taken, refused, goal };
    app.clock.set(outline.received_at);
    let mut row = story.received(tx, outline)?;
    let span = outline.until - outline.received_at;
    let mut at = outline.received_at;
    for number in 1..=STEPS {
        let Some(step) = story.next(&row) else { break };
        // Steps become rarer: each takes a share of the time that is left.
        let left = span - (at - outline.received_at);
        at += left / i32::try_from(4 + story.dice.below(8)).unwrap_or(4) + Duration::seconds(i64::from(number));
        app.clock.set(at.min(outline.end));
        row = story.happens(tx, &row, step)?;
    }
    story.ends(tx, &row, outline.end)
}

impl Story<'_> {
    fn received(&mut self, tx: &mut AnyConnection, outline: &Outline) -> Result<RequestRow, ServiceError> {
        let form = forms::request(outline.number, &mut self.dice);
        let channel = forms::channel(&mut self.dice);
        let origin = match channel {
            Channel::Web => Origin::Web,
            channel => Origin::Staff {
                staff_id: self.agent.id.clone(),
                part: RecordPart {
                    channel,
                    received_at: None,
                    identity_confirmed: channel == Channel::InPerson,
                    documents_at: None,
                    consumer: form.kind == Kind::Claim && self.dice.chance(50),
                },
            },
        };
        let language = form.language.unwrap_or(self.agent.language);
        let submitted = submit_in(self.app, tx, &self.desk.operator, &form, &origin, language)?;
        requests::by_reference(tx, &submitted.receipt.reference)?.ok_or(ServiceError::NotFound)
    }

    /// What happens next on the way to the goal; nothing when it is reached or cannot be.
    fn next(&mut self, row: &RequestRow) -> Option<Step> {
        let waits_unassigned = row.status == Status::Verification && row.assignee_id.is_none() && self.taken;
        // What staff record begins beyond the first statuses: then it stays where it began.
        let beyond = !self.goal.is_final() && row.status > self.goal;
        if beyond || (row.status == self.goal && !waits_unassigned) {
            return None;
        }
        let agent = |action| Some(Step::Member(Box::new(self.agent.clone()), action));
        let dpo = |action| Some(Step::Member(Box::new(self.dpo.clone()), action));
        if self.goal == Status::Dismissed
            && matches!(row.status, Status::Submitted | Status::Verification | Status::Review)
        {
            return dpo(StaffAction::Dismiss(ReasonForm { reason: "Проверка формы.".to_owned() }));
        }
        if row.status == Status::Submitted {
            return Some(Step::Confirm);
        }
        if self.goal == Status::Cancelled {
            return dpo(StaffAction::Cancel(ReasonForm {
                reason: "По просьбе заявителя.".to_owned()
            }));
        }
        if row.assignee_id.is_none() {
            return agent(StaffAction::Assign(AssignForm { assignee: Some("me".to_owned()), quietly: true }));
        }
        match row.status {
            Status::Verification => agent(StaffAction::Verify(VerifyForm {
                result: VerificationResult::Confirmed,
                method: VerificationMethod::Records,
                note: None,
                checked: None,
                letter: None,
            })),
            Status::Review if self.goal == Status::Clarification => {
                let text = "Уточните, пожалуйста, о каком договоре идёт речь.".to_owned();
                agent(StaffAction::Ask(TextForm { text }))
            }
            Status::Review => agent(StaffAction::Start),
            Status::Clarification => Some(Step::Answer),
            Status::Preparation => self.proposal(row),
            Status::Approval => self.approval(row),
            Status::Execution => {
                let text = "Жүйеде орындалды.".to_owned();
                agent(StaffAction::Complete(CompleteForm { text, done_on: None }))
            }
            _ => None,
        }
    }

    fn proposal(&mut self, row: &RequestRow) -> Option<Step> {
        let agent = Box::new(self.agent.clone());
        // On the way some requests need an answer of the requester first, and some a note.
        if row.event_seq < 8 && self.dice.chance(12) {
            let text = "Приложите, пожалуйста, номер лицевого счёта.".to_owned();
            return Some(Step::Member(agent, StaffAction::Ask(TextForm { text })));
        }
        let refused = self.refused && self.goal != Status::Execution;
        let rules = self.app.rules.by_id(&row.rule_set)?;
        let own = |code: &str| !matches!(code, "not_verified" | "no_standing" | "out_of_scope");
        let ground = rules
            .refusal_grounds(row.kind)
            .filter(|ground| ground.must_name.is_none() && own(&ground.code))
            .last()
            .filter(|_| refused)
            .map(|ground| GroundRef::Code(ground.code.clone()));
        let outcome = match (&ground, row.kind) {
            (Some(_), _) => Outcome::Refused,
            (None, Kind::Access) if self.dice.chance(15) => Outcome::NoDataHeld,
            _ => Outcome::Granted,
        };
        let grounds = ground.into_iter().filter_map(|ground| match ground {
            GroundRef::Code(code) => Some(crate::services::answer::GroundForm { code, text: None }),
            GroundRef::Full(_) => None,
        });
        let letter = Some("Өтінішіңіз қаралды. Обращение рассмотрено, результат изложен ниже.".to_owned());
        let proposal = Proposal { outcome, decisions: Vec::new(), grounds: grounds.collect(), letter };
        Some(Step::Member(agent, StaffAction::Propose(proposal)))
    }

    fn approval(&self, row: &RequestRow) -> Option<Step> {
        let outcome = row.outcome?;
        let undecided = !matches!(row.violation, Violation::Confirmed | Violation::Dismissed);
        let carried_out = is_carried_out(row.kind, outcome);
        // Nothing of this one is carried out: it stays where it is.
        if self.goal == Status::Execution && !carried_out {
            return None;
        }
        let action = match (row.blocking == Blocking::Provisional && undecided, outcome) {
            (true, Outcome::Refused) => StaffAction::DismissViolation,
            (true, _) => StaffAction::ConfirmViolation,
            (false, _) => StaffAction::Approve,
        };
        Some(Step::Member(Box::new(self.dpo.clone()), action))
    }

    fn happens(&self, tx: &mut AnyConnection, row: &RequestRow, step: Step) -> Result<RequestRow, ServiceError> {
        match step {
            Step::Member(member, action) => {
                apply(self.app, tx, &member, &row.reference, None, action).map(|(row, _)| row)
            }
            Step::Confirm => {
                let mut case = Case::open(self.app, tx, &row.reference, Actor::Requester)?;
                if let Some(code) = codes::of_request(case.tx, &row.id)?.first() {
                    codes::mark_used(case.tx, &code.id, case.now.naive_utc())?;
                }
                confirmed(&mut case)?;
                case.save(true)
            }
            Step::Answer => {
                let mut case = Case::open(self.app, tx, &row.reference, Actor::Requester)?;
                take_message(&mut case, "Лицевой счёт 0000 000 000.")?;
                case.save(true)
            }
        }
    }

    /// The answer was delivered, and nobody is reminded of what is due.
    fn ends(&self, tx: &mut AnyConnection, row: &RequestRow, end: DateTime<Utc>) -> Result<(), ServiceError> {
        if row.status == Status::Answered {
            self.app.clock.set((self.app.clock.now() + Duration::seconds(4)).min(end));
            let mut case = Case::open_by_id(self.app, tx, &row.id, Actor::System)?;
            for mut mail in outbox::answers_of(case.tx, &row.id)? {
                worker::outbox::accepted(&mut case, &mut mail)?;
                outbox::update(case.tx, &mail)?;
            }
            case.save(false)?;
        }
        self.app.clock.set(end);
        let mut case = Case::open_by_id(self.app, tx, &row.id, Actor::System)?;
        worker::reminders::pass_over(&mut case)?;
        if case.row.next_nudge_at.take().is_some() {
            case.save(false)?;
        }
        Ok(())
    }
}
