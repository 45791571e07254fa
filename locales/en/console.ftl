### The console: pages of the staff.

console-brand = Otinish for staff
console-nav = Main parts
console-nav-queue = Requests
console-nav-account = My account
console-sign-out = Sign out
console-sign-in-title = Sign in
console-sign-in-lead = For staff of the organisations. People who asked for something open the link in their e-mail.
console-sign-in-button = Sign in
console-external-button = Sign in with { $name }
console-external-or = or with mail address and password:
console-code-title = One more step
console-code-lead = Enter the code of your authenticator app, or a recovery code.
console-code-button = Continue
console-code-other = Sign in as somebody else
console-wrong-password = The e-mail address or the password is wrong. Check both; capitals count.
console-wrong-code = The code is wrong or too old. Enter the one that the app shows now, or begin again.

## Keys

console-keys = Keys
console-key-move = Next and previous request
console-key-open = Open it
console-key-take = Take the open request
console-key-search = Search
console-key-help = This list
console-close = Close

## Queue

console-views = Parts of the queue
console-view-all = All
console-view-mine = Mine
console-view-unassigned = Nobody has them
console-view-today = Due today
console-view-overdue = Overdue
console-view-week = Due within seven days
console-view-approval = Awaiting approval
console-view-waiting = Waiting for the requester
console-view-blocked = Blocked for now
console-search = Number, IIN, e-mail or phone
console-find = Find
console-found = Found
console-found-nothing = Nothing found. The number, IIN, e-mail address or phone has to be exact.
console-filters = Filter
console-filter-operator = Organisation
console-filter-kind = Kind
console-filter-status = Status
console-filter-due = Deadline
console-filter-assignee = Assignee
console-filter-blocking = Blocking
console-filter-channel = How it came
console-filter-sort = Order
console-filter-received_from = Received from
console-filter-received_to = Received until
console-any = Any
console-assignee-me = Me
console-assignee-none = Nobody
console-sort-due = The nearest deadline first
console-sort-received = The oldest first
console-apply = Show
console-clear = Remove the filter
console-empty = No requests yet. What people send appears here.
console-empty-filtered = No request fits. Remove the filter to see all.
console-list-changed = The list was refreshed
console-first-page = To the first page
console-next-page = Next page
console-col-due = Deadline
console-col-request = Request
console-col-who = Person
console-col-status = Status
console-col-assignee = Assignee
console-col-received = Received
console-overdue-by = { $days ->
    [0] overdue
    [one] overdue by { $days } working day
   *[other] overdue by { $days } working days
}
console-due-today = today until 24:00
console-days-left = { $days ->
    [0] no working day left
    [one] { $days } working day left
   *[other] { $days } working days left
}
console-no-deadline = No deadline runs
console-no-name = No name
console-nobody = Nobody
console-away-until = away, last day { $date }
console-flag-duplicate = Possible duplicate
console-flag-hold = Legal hold
console-flag-consumer = Consumer
console-flag-unconfirmed = Address not proven
console-flag-destroyed = Data destroyed

## Request

console-to-queue = All requests
console-next = What can be done now
console-take = Take the request
console-person = Person
console-submitter = Asks for the person
console-asked = What is asked for
console-answer = Answer
console-messages = Messages and notes
console-message-question = Question to the requester
console-message-reply = Reply
console-message-addition = From the requester
console-message-note = Note of a colleague
console-hidden = Not shown
console-file = File
console-add-file = Add the file
console-history = History
console-facts = About the request
console-masked = Personal data is hidden: the request is not assigned to you. Take it, or ask the responsible person.
console-duplicate = This may be a repetition of
console-nothing-left = The personal data was destroyed when its term was over.
console-changed = Somebody changed this request.
console-reload = Show what is new
console-by-staff = A colleague
console-by-requester = The requester
console-by-system = Otinish
console-fact-name = Name
console-fact-iin = IIN
console-fact-birth-date = Date of birth
console-fact-other-id = Foreign document
console-fact-email = E-mail
console-fact-phone = Phone
console-fact-address = Postal address
console-fact-bin = BIN
console-fact-capacity = Acts as
console-fact-authority = On the ground
console-fact-document = Document
console-fact-issuer = Issued by
console-fact-valid-until = Valid until
console-fact-grounds = Grounds
console-fact-desired = Wish
console-fact-categories = Categories of data
console-fact-scope = Scope
console-fact-purposes = Purposes
console-fact-cookies = Cookies
console-fact-device = Device
console-fact-objection = Objects to
console-fact-remedy = Claims
console-fact-about = About the request
console-fact-published = Published at
console-fact-details = In own words
console-fact-assignee = Assignee
console-fact-channel = How it came
console-fact-received = Received
console-fact-recorded = Recorded
console-fact-language = Language of the answer
console-fact-service = Service
console-fact-edition = Edition of the policy
console-fact-address-proven = Address proven
console-fact-identity = Identity confirmed
console-fact-documents = Documents received
console-fact-recorder = Recorded by
console-fact-verifier = Identity checked by
console-fact-proposer = Answer proposed by
console-fact-approver = Answer approved by
console-fact-kept-until = Data kept until
console-fact-destroyed = Data destroyed
console-fact-outcome = Outcome
console-fact-refusal-grounds = Grounds of refusal
console-fact-letter = Letter

## Actions

console-check = Check what will be sent
console-check-again = Check again
console-cancel = Back without changes
console-preview = This will be sent
console-preview-none = Nothing is sent by this.
console-mail-to-requester = E-mail to the requester
console-mail-by-post = Letter to the requester, to print and post
console-mail-to-colleague = E-mail to { $name }
console-mail-to-head = E-mail to the head of the organisation
console-stale = Somebody was faster, and nothing was overwritten. Status now:
console-stale-next = Your text is kept below. Look at what is new, then send it once more.
console-open-request = Open the request in a new tab
console-compose = Insert a text for this outcome
console-heading-not-confirmed = Identity is not confirmed: letter of refusal
console-heading-grounds = Grounds of a refusal
console-heading-decision = Decision on a single item, No. { $number }
console-ground-text = “{ $ground }”: what applies here
console-no-ground = No ground
console-lead-verify = Compare what the person sent with your records. Do not ask for a copy of an identity document.
console-lead-ask = The person gets an e-mail with a link to the question. Deadlines run on meanwhile.
console-lead-propose = Another colleague who is a responsible person approves it; only then it is sent.
console-lead-approve = With this the answer is final. Look at it on the page of the request first.
console-lead-complete = Say what was done. Then the requester gets the answer.
console-lead-dismiss = For spam and tests only. Such a request is not counted, and the person gets no answer.
console-lead-note = Only colleagues see notes.
console-lead-hold = While the hold stands, nothing of the request is destroyed. Another responsible person lifts it.
console-lead-reclassify = The day of receipt stays, the deadlines follow the new kind.
console-lead-amend_receipt = All deadlines are counted anew from this moment.
console-label-email = E-mail
console-label-password = Password
console-label-code = Code
console-label-assignee = Who is to have the request?
console-label-text = Text
console-label-reason = Reason
console-label-result = Result
console-label-method = How was it checked?
console-label-checked = What was checked?
console-label-note = Note for colleagues
console-label-letter = Letter to the requester
console-letter-unfilled = Fill in { $place } or take it out
console-hint-letter = Complete what stands in square brackets.
console-label-outcome = Outcome
console-label-ground = Grounds
console-label-decisions-about = Item
console-label-decisions-result = Decision
console-label-decisions-grounds = Ground of the refusal
console-label-decisions-text = Reasons
console-label-received_at = When was it received?
console-hint-received_at = Day and time in Almaty.
console-label-done_on = On which day was it done?
console-hint-done_on = Today, if you leave this empty.
console-label-consumer = Is it the claim of a consumer?
console-label-kind = Kind of request
console-consumer-yes = Yes
console-consumer-no = No
console-checked-subject = The person is who they say
console-checked-representative = The representative is who they say
console-checked-authority = The representative has the authority

## Texts to begin an answer with

compose-end = If you do not agree, you can turn to the authorised body or to a court; how, stands below.
compose-access-granted = You asked which of your personal data we hold and what we do with it. We hold: [data by category]. We process it for: [purposes], on the ground of: [consent or norm]. We received it from: [source]. It is kept until: [term]. It was passed on to: [recipients, or nobody].
compose-access-partly_granted = You asked about your personal data. We give you the data listed below. We cannot give the rest, for the reasons that stand at each item.
compose-access-refused = You asked about your personal data. We cannot give the information, for the reasons named below: [what exactly prevents it].
compose-access-no_data_held = You asked about your personal data. We searched [systems and archives] by the details that you gave and hold no personal data about you.
compose-correction-granted = You asked us to change your personal data. We will correct it: [field: from, to]. Those to whom the old data was passed on are told: [recipients, or nobody].
compose-correction-partly_granted = You asked us to change your personal data. What we correct and what not stands below, item by item, with the reasons.
compose-correction-refused = You asked us to change your personal data. We cannot do so, for the reasons named below. What you sent does not show that the data is wrong: [what is missing].
compose-blocking-granted = You asked us to block your personal data. We block it: [which data, in which systems]. Until the block is lifted it is stored and not used.
compose-blocking-partly_granted = You asked us to block your personal data. What is blocked and what not stands below, item by item, with the reasons.
compose-blocking-refused = You asked us to block your personal data. We checked whether it is processed unlawfully and found no violation: [what was checked, and the result].
compose-deletion-granted = You asked us to delete your personal data. We will delete it: [which data, in which systems]. Those to whom it was passed on are told: [recipients, or nobody].
compose-deletion-partly_granted = You asked us to delete your personal data. What is deleted and what has to be kept stands below, item by item, with the norm and the term.
compose-deletion-refused = You asked us to delete your personal data. We have to keep it: [act, article and term, or the obligation that is not fulfilled]. When the term is over, the data is destroyed.
compose-consent_withdrawal-granted = You withdrew your consent. We stop the processing that rests on it: [purposes] and destroy the data that is kept for these purposes alone.
compose-consent_withdrawal-partly_granted = You withdrew your consent. What ends and what goes on by law or contract stands below, item by item, with the norm.
compose-consent_withdrawal-refused = You withdrew your consent. The processing goes on, because the withdrawal is contrary to law or there is an unfulfilled obligation: [act and article, or the obligation].
compose-objection-granted = You objected to a decision made by automated processing alone. We took it back; a person has looked at the matter anew: [result].
compose-objection-partly_granted = You objected to automated processing. What changes and what stays stands below, item by item, with the reasons.
compose-objection-refused = You objected to automated processing. A person has looked at the matter anew, and the decision stays: [reasons].
compose-claim-granted = We have considered your claim and meet it: [what is done, and by when].
compose-claim-partly_granted = We have considered your claim. What we meet and what not stands below, item by item, with the reasons.
compose-claim-refused = We have considered your claim and cannot meet it: [reasons].

## What stands in the way

console-preview-changed = You changed something after you looked at what would be sent, so nothing was sent. Look at it once more.
console-code-missing = Enter the code.
console-to-queue-link = To the queue
