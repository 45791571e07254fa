### Letters on paper to people without an e-mail address, and what staff are told about them.

letter-post-number = Our ref. { $reference }
letter-post-bin = BIN { $bin }
letter-post-person = For questions of personal data: { $person }
letter-post-on-behalf = representative; data subject: { $name }
letter-post-ask = Questions can be sent to { $email }. Please name the number of the request: { $reference }.
letter-post-ask-phone = You can ask questions by phone, { $phone }, or at { $email }. Please name the number of the request: { $reference }.

letter-post-receipt = Your request has been received. Keep this letter: it shows when you turned to us and with what.
letter-post-documents_needed = To correct the data we need documents that support the change. Send copies of them by post or bring them to the organisation: the term for the correction starts when we receive them.
letter-post-provisional_block = A provisional block is recorded from the moment your request was received. It takes effect in the systems when we are sure that the request is yours.
letter-post-question = To answer you we need to clear something up:
letter-post-question-reply = Reply by letter, by phone or in person, as suits you best, and name the number of the request: { $reference }.
letter-post-address-subject = { $reference }: please tell us how to reach you
letter-post-address = We received your request, but the e-mail address in it is not confirmed. If our e-mails do not reach you, tell us another address, or ask us to write to you by post.
letter-post-amended = The date on which your request was received had been entered wrongly, and we corrected it. Keep this letter in place of the earlier confirmation: the right date and the dates counted from it stand below.

letter-post-outcome = Decision
letter-post-decisions = Decision on each item
letter-post-grounds = Grounds of the refusal
letter-post-result-granted = Granted
letter-post-result-refused = Refused

letter-post-journal = For the journal of outgoing letters
letter-post-journal-reference = Number of the request
letter-post-journal-item = Letter
letter-post-journal-created = Made on
letter-post-journal-posted = Posted or handed over on
letter-post-journal-tracking = Tracking number
letter-post-journal-signature = Who posted it (signature)

letter-post-since = Waiting since
letter-post-lying-subject = { $reference }: a letter waits to be posted
letter-post-lying = { $items ->
    [one] { $items } letter to the requester is not posted yet.
   *[other] { $items } letters to the requester are not posted yet.
}
letter-post-lying-next = Print it and post it or hand it over, then record the day. Only then does an answer count as delivered.
