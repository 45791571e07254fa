### E-mails. Neither the requester's name nor the contents of a request stand in them: those wait behind the link.

mail-greeting = Hello,
mail-greeting-staff = Hello { $name },

mail-fact-reference = Number
mail-fact-kind = Kind
mail-fact-operator = Organisation
mail-fact-received = Received
mail-fact-due = Due
mail-fact-outer = Outer limit
mail-fact-assigned-by = Assigned by
mail-fact-smtp = Mail server code

mail-action-open = Open the request
mail-action-confirm = Confirm the address
mail-action-reply = Reply to the question
mail-action-answer = Read the answer
mail-link-note = Or open this link:

mail-code-label = Confirmation code:
mail-code-valid = { $minutes ->
    [one] The code is valid for { $minutes } minute. If that is too short, ask for a new one on the same page.
   *[other] The code is valid for { $minutes } minutes. If that is too short, ask for a new one on the same page.
}
mail-code-keep = Tell nobody the code and do not forward this e-mail: the link opens the request.
mail-not-yours = If you did not turn to us, somebody gave your address by mistake. Do not open the link and do not enter the code; write to us: { $email }.

mail-promise-claim_response = { $by }, we will answer you.
mail-promise-information = { $by }, we will send the information about your data or explain why we cannot.
mail-promise-document_request = { $by }, we will write which documents are needed.
mail-promise-correction = { $by }, we will correct the data or explain why we cannot.
mail-promise-blocking = { $by }, we will block the data or explain why we cannot.
mail-promise-publication_removal = { $by }, we will take the data out of public sources or explain why we cannot.
mail-promise-deletion_decision = { $by }, we will decide whether the data can be deleted.
mail-promise-destruction = { $by }, we will destroy the data or explain why we cannot.
mail-promise-unblocking = { $by }, we will lift the block.
mail-promise-withdrawal = { $by }, we will stop processing the data or explain why we cannot.
mail-promise-objection = { $by }, we will examine your objection and tell you the result.
mail-promise-consumer_claim = { $by }, we will answer your claim.
mail-outer-limit = Outer limit for the answer to the request: { $date }.
mail-free = The request is handled free of charge.

mail-receipt-subject = { $reference }: request received
mail-receipt-subject-confirm = { $reference }: request received, please confirm your address
mail-receipt-intro = Your request has been received. Keep this e-mail: it shows when you turned to us and with what.
mail-receipt-confirm = What to do now: confirm that this e-mail address is yours. Open the link below and press “Confirm”, or enter the code on the page of the request.
mail-receipt-no-code = There is no need to confirm the address. The page of the request shows how it is going; you can also write to us there.

mail-note-no_id_copy_needed = No copy of an identity document is needed. Please do not send one.
mail-note-agreement_may_end = Withdrawing consent may suspend or end your agreement with us.
mail-note-required_cookies_stay = Required cookies cannot be switched off: the site does not work without them. The withdrawal concerns the others.
mail-note-provisional_block_after_confirmation = A provisional block is recorded from the moment your request was received. It takes effect in the systems when you confirm your address or when a staff member decides so.
mail-note-documents_needed = To correct the data we need documents that support the change. Send them in reply to this e-mail or bring them to the organisation: the term for the correction starts when we receive them.
mail-note-possible_duplicate = If you have turned to us with the same matter before, there is no need to repeat anything: each request is handled within its own term.

mail-code-again-subject = { $reference }: new confirmation code
mail-code-again-intro = You asked for a new code. Open the link below and press “Confirm”, or enter the code on the page of the request. Earlier codes are no longer valid.

mail-confirm-reminder-subject = { $reference }: please confirm your e-mail address
mail-confirm-reminder-intro = We received your request, but your e-mail address is not confirmed yet. Open the link below and press “Confirm”, or enter the code on the page of the request: then we know that our e-mails reach you, and can go on to the check.
mail-confirm-reminder-last = We will not remind you of this again. The request is not closed: you can confirm the address later too.

mail-identity-confirmed-subject = { $reference }: identity confirmed
mail-identity-confirmed-intro = We checked who turned to us, and everything is confirmed. Now we look at the request itself.

mail-question-subject = { $reference }: we have a question
mail-question-intro = To answer you we need to clear something up. The question waits on the page of the request, and you can reply there.
mail-question-term = The question does not move the date of the answer. The sooner you reply, the more we can do for you.

mail-work-started-subject = { $reference }: we are preparing the answer
mail-work-started-intro = We have started preparing the answer: we check the facts and gather the information. You do not need to do anything now. If something has to be cleared up, we will write.

mail-block-set-subject = { $reference }: data blocked
mail-block-set-provisional = Your data is blocked for the time of the check. Until it ends we do not use, change or destroy it. We will write to you about the result.
mail-block-set-final = Your data is blocked. As long as the block holds we do not use, change or destroy it.

mail-block-lifted-subject = { $reference }: block lifted
mail-block-lifted-intro = The block of your data is lifted.

mail-answer-ready-subject = { $reference }: the answer is ready
mail-answer-ready-intro = The answer to your request is ready. It waits on the page of the request: we do not put it into the e-mail, so that no stranger sees it.
mail-answer-ready-complain = The answer also says where you can turn if you do not agree with it.

mail-reclassified-subject = { $reference }: the kind of request was changed
mail-reclassified-intro = We looked at what you ask for and changed the kind of your request, so that it is handled by the rules that fit. The new kind stands below. The date of receipt is the same as before; there is no need to send the request again.
mail-reclassified-wrong = If you asked for something else, write to us: { $email }.

mail-receipt-amended-subject = { $reference }: date of receipt corrected
mail-receipt-amended-intro = The date on which your request was received had been entered wrongly, and we corrected it. Keep this e-mail in place of the earlier confirmation: the right date and the dates counted from it stand below.

mail-cancelled-subject = { $reference }: request withdrawn
mail-cancelled-by-requester = You withdrew the request, and we have stopped working on it. You may ask again at any time.
mail-cancelled-by-staff = As you asked, the request is withdrawn, and we have stopped working on it. You may ask again at any time.
mail-cancelled-not-you = If you did not ask for this, write to us at once: { $email }.

mail-footer-operator = This e-mail was composed automatically. Sender: { $operator }.
mail-footer-person = Responsible person: { $person }.
mail-footer-ask = If you have a question, reply to this e-mail. Address: { $email }.
mail-footer-ask-phone = If you have a question, reply to this e-mail. Address: { $email }, phone: { $phone }.
mail-footer-staff = You receive this e-mail because you work on requests. Operator: { $operator }. It holds no data of the requester; that opens only after signing in.

mail-staff-new-subject = { $reference }: new request
mail-staff-new-intro = A new request has come in. Take it, or assign it to somebody.
mail-staff-new-confirmed = The requester’s e-mail address is confirmed.
mail-staff-new-unconfirmed = The requester has not confirmed the e-mail address yet. The deadlines are running.
mail-staff-assigned-subject = { $reference }: request assigned to you
mail-staff-assigned-intro = A request was assigned to you. Its nearest deadline stands below.
mail-staff-reply-subject = { $reference }: the requester wrote
mail-staff-reply-intro = There is a new message of the requester. Read it and go on: the deadline did not stop.
mail-staff-file-subject = { $reference }: a file was added
mail-staff-file-intro = A new file lies with the request. Open it and go on: the deadline did not stop.
mail-staff-infected-subject = { $reference }: a harmful file
mail-staff-infected-intro = The virus scanner found something harmful in a file of this request. Nobody can open the file any more.
mail-staff-infected-next = Whoever opened it before should have their computer checked. Ask the requester for a clean copy; the deadlines go on.

mail-staff-reminder-subject = { $reference }: due { $date }
mail-staff-reminder-days_before = { $days ->
    [one] { $days } day is left.
   *[other] { $days } days are left.
}
mail-staff-reminder-working_day_before = One working day is left before the last day of the term.
mail-staff-reminder-at_once = A short deadline has started. Take up this request at once.
mail-staff-reminder-last_day_morning = Today is the last day: the term ends at 24:00.
mail-staff-reminder-last_day_afternoon = The term ends today at 24:00, and the matter is not finished. Put other things aside.
mail-staff-reminder-approval = An answer is proposed and waits for approval. Approve it or send it back.
mail-staff-reminder-unassigned = Nobody is assigned to this request. Assign somebody.

mail-staff-overdue-subject = { $reference }: overdue
mail-staff-overdue-intro = { $days ->
    [0] The term has ended, and the matter is not finished.
    [one] The deadline was missed by { $days } working day.
   *[other] The deadline was missed by { $days } working days.
}
mail-staff-overdue-next = Finish the matter today. If that is impossible, write to the requester why, and when they will have the answer.

mail-staff-failed-subject = { $reference }: e-mail not delivered
mail-staff-failed-intro = An e-mail to the requester could not be delivered.
mail-staff-failed-intro-staff = An e-mail to a member of the staff or to the head could not be delivered.
mail-staff-failed-answer = It said that the answer is ready. The answer does not count as delivered, and the deadline runs again.
mail-staff-failed-next = Check the address and send the e-mail again, or deliver it another way: by post or in person. Record what was done.
