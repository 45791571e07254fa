### How a deadline was counted: the sentences that make up the explanation.

clock-explain-working = { $days ->
    [one] { $days } working day is counted from the day after { $event }: { $counted }.
   *[other] { $days } working days are counted from the day after { $event }: { $counted }.
}
clock-explain-working-plain = { $days ->
    [one] { $days } working day is counted from the day after { $event }.
   *[other] { $days } working days are counted from the day after { $event }.
}
clock-explain-calendar = { $days ->
    [one] { $days } calendar day is counted from the day after { $event }.
   *[other] { $days } calendar days are counted from the day after { $event }.
}
clock-explain-span = { $first } to { $last }
clock-explain-skipped = Not counted: { $skipped }.
clock-explain-off-days = Days off at the end of the term: { $skipped }.
clock-explain-moved = The last day, { $moved }, is not a working day, so the term moves to the next working day.
clock-explain-due = The term ends on { $due } at 24:00.
clock-explain-met = Done on { $met }, in time.
clock-explain-met-late = Done on { $met }, late.
clock-explain-void = This deadline no longer applies: the request was closed or changed.

clock-skip-day = { $date } ({ $reason })
clock-skip-weekend-range = { $range } (weekend)
clock-skip-weekends = Saturdays and Sundays
clock-skip-day-off = day off

clock-explain-waiting-claim_response = The term starts when we receive the request.
clock-explain-waiting-information = The term starts when we receive the request.
clock-explain-waiting-document_request = The term starts when we receive the request.
clock-explain-waiting-correction = The term starts when we receive the documents that show the right data, or decide that none are needed.
clock-explain-waiting-blocking = The term starts when we receive information on a violation.
clock-explain-waiting-publication_removal = The term starts when we receive the demand.
clock-explain-waiting-deletion_decision = The term starts when we receive the request.
clock-explain-waiting-destruction = The term starts when the violation is confirmed or deletion is decided.
clock-explain-waiting-unblocking = The term starts if the violation is not confirmed.
clock-explain-waiting-withdrawal = The term starts when we receive the withdrawal of consent.
clock-explain-waiting-objection = The term starts when we receive the objection.
clock-explain-waiting-consumer_claim = The term starts when we receive the claim.
