### Как посчитан срок: предложения, из которых складывается объяснение.

clock-explain-working = { $days ->
    [one] { $days } рабочий день считается со следующего дня после { $event }: это { $counted }.
    [few] { $days } рабочих дня считаются со следующего дня после { $event }: { $counted }.
   *[other] { $days } рабочих дней считаются со следующего дня после { $event }: { $counted }.
}
clock-explain-working-plain = { $days ->
    [one] { $days } рабочий день считается со следующего дня после { $event }.
    [few] { $days } рабочих дня считаются со следующего дня после { $event }.
   *[other] { $days } рабочих дней считаются со следующего дня после { $event }.
}
clock-explain-calendar = { $days ->
    [one] { $days } календарный день считается со следующего дня после { $event }.
    [few] { $days } календарных дня считаются со следующего дня после { $event }.
   *[other] { $days } календарных дней считаются со следующего дня после { $event }.
}
clock-explain-span = с { $first } по { $last }
clock-explain-skipped = Не считаются: { $skipped }.
clock-explain-off-days = Нерабочие дни в конце срока: { $skipped }.
clock-explain-moved = Последний день, { $moved }, нерабочий, поэтому срок переносится на ближайший рабочий день.
clock-explain-due = Срок истекает { $due } в 24:00.
clock-explain-met = Выполнено { $met }, в срок.
clock-explain-met-late = Выполнено { $met }, с опозданием.
clock-explain-void = Этот срок больше не действует: обращение закрыто или изменилось.

clock-skip-day = { $date } ({ $reason })
clock-skip-weekend-range = { $range } (выходные)
clock-skip-weekends = субботы и воскресенья
clock-skip-day-off = нерабочий день

clock-explain-waiting-claim_response = Срок начнётся, когда мы получим обращение.
clock-explain-waiting-information = Срок начнётся, когда мы получим запрос.
clock-explain-waiting-document_request = Срок начнётся, когда мы получим обращение.
clock-explain-waiting-correction = Срок начнётся, когда мы получим документы, которые подтверждают верные данные, или решим, что они не нужны.
clock-explain-waiting-blocking = Срок начнётся, когда мы получим сведения о нарушении.
clock-explain-waiting-publication_removal = Срок начнётся, когда мы получим требование.
clock-explain-waiting-deletion_decision = Срок начнётся, когда мы получим обращение.
clock-explain-waiting-destruction = Срок начнётся, когда нарушение будет подтверждено или будет принято решение об удалении.
clock-explain-waiting-unblocking = Срок начнётся, если нарушение не подтвердится.
clock-explain-waiting-withdrawal = Срок начнётся, когда мы получим отзыв согласия.
clock-explain-waiting-objection = Срок начнётся, когда мы получим возражение.
clock-explain-waiting-consumer_claim = Срок начнётся, когда мы получим претензию.
