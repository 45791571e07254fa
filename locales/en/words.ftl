### Words of the product: a key is a prefix and a name of the vocabulary, so that code builds it.

## Dates. month-from: "by 25 November", "after 21 November"

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
month-from-1 = January
month-from-2 = February
month-from-3 = March
month-from-4 = April
month-from-5 = May
month-from-6 = June
month-from-7 = July
month-from-8 = August
month-from-9 = September
month-from-10 = October
month-from-11 = November
month-from-12 = December
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
date-full = { $day } { $month } { $year }
date-from = { $day } { $month } { $year }
date-weekday = { $weekday }, { $day } { $month } { $year }
date-day-month = { $day } { $month }
date-time = { $date }, { $time }, Almaty time (UTC+{ $offset })
date-by = no later than { $weekday }, { $day } { $month } { $year }
date-by-opening = No later than { $weekday }, { $day } { $month } { $year }
date-range-in-month = { $first }–{ $last } { $month }
date-range = { $first } – { $last }
list-and = { $first } and { $last }

## Kinds of request

kind-access = Access to personal data
kind-correction = Change and addition of personal data
kind-blocking = Blocking of personal data
kind-deletion = Deletion of personal data
kind-consent_withdrawal = Withdrawal of consent
kind-objection = Objection to automated processing
kind-claim = Claim
kind-short-access = Access
kind-short-correction = Correction
kind-short-blocking = Blocking
kind-short-deletion = Deletion
kind-short-consent_withdrawal = Withdrawal of consent
kind-short-objection = Objection
kind-short-claim = Claim

## Statuses as the requester sees them

status-submitted = Waiting for you to confirm your address
status-verification = Checking who asks
status-review = Under review
status-clarification = Waiting for your reply
status-preparation = Preparing the answer
status-approval = The answer is being checked
status-execution = Carrying out the decision
status-answered = The answer is ready
status-cancelled = Withdrawn
status-dismissed = Closed without review

## Statuses as staff see them

status-staff-submitted = Address not confirmed
status-staff-verification = Identity check
status-staff-review = Review
status-staff-clarification = Waiting for the requester
status-staff-preparation = Preparing the answer
status-staff-approval = Awaiting approval
status-staff-execution = Execution
status-staff-answered = Answered
status-staff-cancelled = Withdrawn by the requester
status-staff-dismissed = Not a request

## States of a mail

status-staff-pending = Waiting to leave
status-staff-sent = Sent
status-staff-dead = Not delivered
status-staff-to_post = To be posted
status-staff-posted = Posted
status-staff-withdrawn = No longer to be posted

## Blocking and violation

blocking-none = Not blocked
blocking-provisional = Blocked for now
blocking-final = Blocked
violation-none = No violation alleged
violation-alleged = Violation alleged
violation-confirmed = Violation confirmed
violation-dismissed = Violation not confirmed

## Outcomes

outcome-granted = Granted
outcome-partly_granted = Partly granted
outcome-refused = Refused
outcome-no_data_held = No data held

## Deadlines

clock-claim_response = Answer to the request
clock-information = Information about the data
clock-document_request = Asking for documents
clock-correction = Correction of the data
clock-blocking = Blocking of the data
clock-publication_removal = Removal from public sources
clock-deletion_decision = Decision on deletion
clock-destruction = Destruction of the data
clock-unblocking = Lifting of the block
clock-withdrawal = End of processing
clock-objection = Examination of the objection
clock-consumer_claim = Answer to the consumer’s claim
clock-state-waiting = Not started
clock-state-running = Running
clock-state-met = Met
clock-state-void = No longer applies
basis-statutory = Set by law
basis-contract = Set by the operator’s contract or policy
basis-policy = Set by the rules of this service
certainty-verified = Checked against the text of the law
certainty-secondary = Known from a secondary source
certainty-inferred = Inferred from the text of the law

## Grounds that the requester names

ground-incomplete = The data is incomplete
ground-outdated = The data is out of date
ground-inaccurate = The data is wrong
ground-unlawfully_obtained = The data was obtained unlawfully
ground-obtained_without_basis = The data was obtained without a basis
ground-no_consent = There is no consent to the processing
ground-beyond_purpose = The data is used beyond the declared purpose
ground-not_needed = The data is not needed for the purpose
ground-purpose_reached = The purpose of the processing is reached
ground-relations_ended = Relations with the operator have ended
ground-court_decision = There is a court decision in force
ground-own_wish = By own wish
ground-other = Another ground

## People and channels

channel-web = Form on the site
channel-email = E-mail
channel-paper = Paper letter
channel-in_person = In person
capacity-subject = The data subject
capacity-representative = Representative
capacity-authorised_body = Authorised body
authority-parent = Parent
authority-guardian = Guardian
authority-trustee = Trustee
authority-adoptive_parent = Adoptive parent
authority-power_of_attorney = Representative by power of attorney
authority-advocate = Advocate
authority-relative_of_deceased = Relative of a person who died
authority-other = Another ground to represent
role-agent = Agent
role-dpo = Responsible person
role-auditor = Auditor
role-admin = Administrator
language-kk = Kazakh
language-ru = Russian
language-en = English

## Deletion, withdrawal, identity

desired-delete = Delete
desired-anonymise = Make anonymous
desired-restrict = Restrict processing
scope-all = The whole consent
scope-purposes = Particular purposes
scope-publication = Publication in public sources
scope-third_parties = Transfer to third parties
scope-cross_border = Transfer abroad
scope-cookies = Cookies
method-records = By the operator’s records
method-in_person = Face to face
method-phone = By phone
method-eds = By electronic signature
method-other = In another way
verification-confirmed = Identity confirmed
verification-not_confirmed = Identity not confirmed

## Actions, as they stand on buttons and in error messages

action-submit = Submit a request
action-record = Record a request
action-confirm_email = Confirm the address
action-assign = Assign
action-verify = Record the identity check
action-ask = Ask a question
action-reply = Reply
action-start = Start preparing the answer
action-propose = Propose an answer
action-approve = Approve the answer
action-send_back = Send back
action-complete = Record as carried out
action-reopen = Return to preparation
action-cancel = Withdraw the request
action-dismiss = Close: not a request
action-block = Block the data
action-unblock = Lift the block
action-mark_violation = Mark a possible violation
action-confirm_violation = Confirm the violation
action-dismiss_violation = Mark the violation as not confirmed
action-documents_received = Record the documents as received
action-waive_documents = Do without documents
action-mark_consumer = Mark as a consumer’s claim
action-reclassify = Change the kind of request
action-amend_receipt = Amend the date of receipt
action-note = Add a note
action-messages = Send a message
action-attachments = Send a file
action-resend = Send the e-mail again
action-resend_code = Get a new code
