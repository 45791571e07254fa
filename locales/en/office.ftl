### The console: one's account, and what administrators and the office around the queue need.

console-nav-users = Staff accounts
console-user = Staff account
console-hold-password = Your password was given out by an administrator. Choose your own first; everything else opens after that.
console-hold-totp = Your role needs a second factor. Set it up first; everything else opens after that.
console-done-password = The password was changed. Your other sessions are over.
console-done-totp-off = The second factor is off.
console-done-session = The session is over.
console-done-sessions = All other sessions are over.
console-done-absence = The absence is marked, and your deputy was told.
console-done-absence-over = The absence is over.
console-done-user = The account was changed.
console-done-totp-reset = The second factor was taken away.
console-done-external-reset = The account is no longer bound to the external sign-in.
console-done-policy = The rule was changed.
console-label-current_password = Current password
console-label-new_password = New password
console-hint-new_password = At least 12 characters. A sentence that only you know is easier to keep than single characters.
console-label-name = Name
console-label-language = Language of the console and of e-mails
console-label-role = Roles
console-label-disabled = State of the account
console-label-totp_required_roles = Roles that need a second factor
console-label-from = First day
console-label-until = Last day
console-label-deputy_id = Who stands in?
console-disabled-no = Open
console-disabled-yes = Shut
console-col-since = Since
console-panel-password = Password
console-panel-password-button = Change the password
console-panel-totp = Second factor
console-panel-totp-lead = With an authenticator app on your phone, a stolen password is not enough to get in.
console-panel-totp-button = Set it up
console-panel-totp-confirm = Confirm the app
console-panel-totp-confirm-lead = Enter the code that the app shows now. Only then the second factor counts.
console-panel-totp-confirm-button = Turn it on
console-panel-totp-off = Turn the second factor off
console-panel-totp-off-button = Turn it off
console-panel-totp-codes = New recovery codes
console-panel-totp-codes-lead = The old ones no longer work after that.
console-panel-totp-codes-button = Make new codes
console-totp-is-off = Second factor: off.
console-totp-needed = Second factor: needed by your role, and not set up yet.
console-totp-is-on = Second factor: on. { $codes ->
    [0] No recovery code is left.
    [one] { $codes } recovery code is left.
   *[other] { $codes } recovery codes are left.
}
console-codes = Your recovery codes
console-codes-lead = Each works once, should the phone be lost. Print them or write them down now: they are not shown again.
console-secret = Add Otinish to your authenticator app
console-secret-lead = Scan the picture with the app.
console-secret-qr = QR code for the authenticator app
console-secret-typed = Or type in:
console-sessions = Where you are signed in
console-session-this = this one
console-session-other = Unknown program
console-session-began = Since { $at }
console-session-used = last used { $at }
console-session-end = End it
console-sessions-end = End all others
console-absences = Absences
console-absence-deputy = Deputy: { $name }
console-absence-end = End it
console-panel-absence = Mark an absence
console-panel-absence-lead = Your deputy gets your requests, e-mails and reminders until you are back.
console-panel-absence-button = Mark the absence
console-panel-user-new = New account
console-panel-user-new-lead = A first password is made up and shown once.
console-panel-user-new-button = Make the account
console-panel-user = Account
console-panel-user-lead = Taking roles away or shutting the account releases its open requests to the queue.
console-panel-user-button = Save
console-panel-user-password = Set a temporary password
console-panel-user-password-lead = The member’s sessions end, and so does a lock. The new password works for three days and only to choose another.
console-panel-user-password-button = Set a temporary password
console-panel-user-totp = Take the second factor away
console-panel-user-totp-lead = For a lost phone. The member’s sessions end. Make sure by another way that it is really them.
console-panel-user-totp-button = Take it away
console-panel-user-external = Unbind from the external sign-in
console-panel-user-external-lead = For somebody who has another account there now. The member’s sessions end; the next sign-in there binds the account anew, by its proven mail address.
console-panel-user-external-button = Unbind
console-panel-policy = Second factor by role
console-panel-policy-lead = Whoever has such a role can do nothing but set it up until they have.
console-panel-policy-button = Save
console-password-once = Password
console-password-once-lead = Hand it over in person or by phone. It is not shown again.

## Mails

console-nav-mails = E-mails
console-mails-parts = Parts of the outbox
console-mails-all = All
console-mails-dead = Not delivered
console-mails-to_post = To print and post
console-mails-pending = Waiting to leave
console-mails-sent = Sent
console-mails-posted = Posted
console-mails-withdrawn = Withdrawn
console-mails-of = Number of a request
console-mails-none = No e-mails here.
console-col-mail = E-mail
console-col-to = To
console-col-when = When
console-mail-for-requester = Requester
console-mail-for-staff = Staff
console-mail-for-head = Head of the organisation
console-mail-state-pending = Waits to leave
console-mail-state-sent = Sent
console-mail-state-dead = Not delivered
console-mail-state-resent = Not delivered, sent again
console-mail-state-to_post = To be posted
console-mail-state-posted = Posted
console-mail-state-withdrawn = Withdrawn
console-mail-receipt = Receipt
console-mail-code-again = New code
console-mail-confirm-reminder = Reminder to confirm the address
console-mail-identity-confirmed = Identity confirmed
console-mail-question = Question to the requester
console-mail-work-started = Work has begun
console-mail-block-set = Data blocked
console-mail-block-lifted = Blocking lifted
console-mail-answer-ready = The answer is ready
console-mail-reclassified = Another kind of request
console-mail-receipt-amended = Another day of receipt
console-mail-cancelled = Request withdrawn
console-mail-new-request = A new request
console-mail-assigned = Request assigned
console-mail-reply = The requester replied
console-mail-file = A new file
console-mail-reminder = Reminder of a deadline
console-mail-overdue = Deadline missed
console-mail-mail-failed = An e-mail was not delivered
console-mail-to-post = A letter is to be posted
console-mail-digest = Morning digest
console-mail-released = Requests back in the queue
console-mail-stand-in = Standing in for a colleague
console-mail-deadlines-nearer = Deadlines moved nearer
console-mail-other = Message
console-mail-delivers = It carries the answer: its delivery meets the deadline.
console-mail-fact-created = Written
console-mail-fact-sent = Left
console-mail-fact-tries = Tries
console-mail-fact-next = Next try
console-mail-fact-posted = Posted
console-mail-fact-tracking = Tracking number
console-mail-fact-resent = Sent again
console-mail-fact-answer = Answer
console-mail-fact-again = Sent again as
console-mail-fact-from = Repeats
console-mail-open = Open that e-mail
console-mail-print = Open to print
console-mail-print-hint = Opens in a new tab. Each look is noted.
console-posted-posted = By post or courier
console-posted-handed_over = Handed over in person
console-failure-refused = The mail server refused it
console-failure-deferred = The mail server put it off
console-failure-timeout = The mail server did not answer in time
console-failure-io = The mail server could not be reached
console-failure-invalid = The address or the message is not valid
console-failure-destroyed = The data of the request was destroyed
console-failure-internal = It could not be handed over
console-label-on = Day
console-label-how = How it left
console-label-tracking = Tracking number
console-label-by_mistake = Marked by mistake
console-by-mistake = It never left, or left on another day
console-panel-mail-resend = Send it again
console-panel-mail-resend-lead = It goes to the address that stands now. A new address here holds for everything that is written to the requester from now on.
console-panel-mail-resend-button = Send again
console-panel-mail-posted = Posted or handed over
console-panel-mail-posted-lead = The day counts: where the letter carries the answer, the deadline is met on it.
console-panel-mail-posted-button = Note it
console-panel-mail-returned = It came back
console-panel-mail-returned-lead = The letter is then to be posted again, and a deadline that it had met runs again.
console-panel-mail-returned-button = Note it
console-done-mail-resend = It is on its way again.
console-done-mail-posted = Noted as posted.
console-done-mail-returned = Noted. The letter is to be posted again.

## Calendar

console-nav-calendar = Calendar
console-years = Years
console-days-verified = The days of this year were compared with the official calendar.
console-days-secondary = The days of this year are known from a secondary source. Compare them with the official calendar.
console-days-inferred = The days of this year are computed from the law. Orders that move days off may still come: compare them with the official calendar.
console-weekday-1 = Mo
console-weekday-2 = Tu
console-weekday-3 = We
console-weekday-4 = Th
console-weekday-5 = Fr
console-weekday-6 = Sa
console-weekday-7 = Su
console-month-1 = January
console-month-2 = February
console-month-3 = March
console-month-4 = April
console-month-5 = May
console-month-6 = June
console-month-7 = July
console-month-8 = August
console-month-9 = September
console-month-10 = October
console-month-11 = November
console-month-12 = December
console-working-no = Day off
console-working-yes = Working day
console-legend-off = weekend
console-legend-special = holiday or moved day off
console-legend-worked = weekend day that is worked
console-special-days = Days that differ from a plain week
console-special-none = None.
console-revisions = Changes
console-revision-file = The calendar file was taken over.
console-day-off = { $date }: day off.
console-day-to-work = { $date }: working day.
console-day-stands = The day stands so already.
console-moved = { $count ->
    [0] No open deadline moves.
    [one] { $count } open deadline moves.
   *[other] { $count } open deadlines move.
}
console-nearer = { $count ->
    [one] { $count } deadline moves nearer. Those who work on the request get an e-mail.
   *[other] { $count } deadlines move nearer. Those who work on the requests get an e-mail.
}
console-moved-more = { $count ->
    [one] And { $count } more.
   *[other] And { $count } more.
}
console-moved-nearer = nearer
console-preview-days = What this changes
console-col-clock = Deadline
console-col-from = Until now
console-col-to-day = Then
console-day-save = Change the day
console-label-date = Day
console-label-working = The day is
console-label-name-kk = Its name in Kazakh
console-label-name-ru = Its name in Russian
console-label-name-en = Its name in English
console-label-source = Source
console-hint-source = The order, law or announcement, with its number and date.
console-hint-name-kk = Names are needed where the day then differs from a plain week.
console-label-certainty = What is known of the days of this year
console-label-year_source = Source
console-panel-day = Change a day
console-panel-day-lead = First you see which deadlines would move. Nothing is changed before you say so.
console-panel-day-button = Show what moves
console-panel-year = Confirm the year
console-panel-year-lead = Once the days were compared with the official calendar. No deadline moves.
console-panel-year-button = Save
console-done-day = The day was changed, and the open deadlines were counted again.
console-done-year = The year was confirmed.

## Reports

console-nav-reports = Reports
console-reports-lead = Requests that were received in these days, as they stand now. What was dismissed as no request is left out.
console-period-from = Received from
console-period-to = Received until
console-days-count = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
console-figure-received = received
console-figure-open = open
console-figure-overdue = overdue
console-figure-answered = answered
console-figure-share = kept all deadlines
console-figure-median = until the answer, median
console-figure-p95 = for 95 of 100 answers
console-chart-due = Open requests by deadline
console-chart-due-lead = The week in which the leading deadline ends.
console-chart-clocks = Deadlines kept
console-chart-clocks-lead = Of those that were met or have passed.
console-chart-kind = By kind
console-chart-status = By status
console-chart-channel = How they came
console-chart-outcome = Outcomes
console-chart-refusals = Grounds of refusals
console-due-overdue = Overdue
console-due-week = Week from { $date }
console-due-later = Later
console-due-none = No deadline runs
console-kept = in time: { $count }
console-late = late: { $count }
console-by-kind = By kind of request
console-by-operator = By organisation
console-col-name = Name
console-reports-csv = Download the table (CSV)
console-reports-csv-hint = A line for each request, without anything about the persons.

## Recording

console-nav-record = Record a request
console-record-lead = For what came on paper, in person or by e-mail. The deadlines start on the day of receipt, not of recording.
console-record-office = For the office
console-record-button = Record
console-label-channel = How it came
console-label-received_on = Day of receipt
console-label-received_time = Time of receipt
console-hint-received_time = Where it is known, as 14:30.
console-label-subject-postal_address = Postal address
console-label-submitted_by-postal_address = Postal address of the representative
console-label-identity_confirmed = Identity
console-identity-seen = Confirmed in person by a document that was shown
console-label-documents_on = Documents for the correction came on
console-hint-documents_on = Leave it empty where they are still missing.
console-consumer-claim = It is the claim of a consumer
console-done-recorded = The request was recorded.
console-label-operator = Organisation
console-language-of-request = Language of the answer
console-who-asked = Who asked?
console-who-asked-subject = The person themselves
console-who-asked-representative = A representative
console-mail-totp-on = Second factor
console-mail-totp-off = Second factor
console-mail-totp-reset = Second factor
console-mail-password-reset = Temporary password

## Organisations

console-nav-operators = Organisations
console-operators-lead = Their profiles are data files. Here is where the form of each one is, and what its own site puts into a page to show it there.
console-operators-no-site = No site is named in allowed_origins of its file, so browsers show the form here only.
console-operators-sites = These sites may show the form: { $sites }
console-operators-snippet = What goes into a page
console-frame-title = Request about personal data
