### Pages: what all of them share, and those for requesters.

page-brand = Requests about personal data
page-skip = Skip to the main part
page-languages = Language
page-foot = Made with Otinish. Requests are handled under Law No. 94-V of the Republic of Kazakhstan “On personal data and their protection”.
page-to-start = To the first page
page-try-again = Try again
page-begin-again = Begin again
page-trace = If you write to us about this, name the number { $id }.
page-landing-title = Your personal data, your rights
page-landing-lead = Choose the organisation. You can ask what it knows about you, have it corrected, blocked or deleted, withdraw your consent or complain.

## The form

page-optional = optional
page-error-prefix = Error:
page-mistakes = This did not work yet
page-next = Continue
page-back = Back
page-sent-before = A request with other answers was already sent from this form. If you want to send one more, press “Send” again.
page-send = Send the request
page-change = Change
page-was-due = Due: { $date }
page-how-counted = How we count this date
page-step-of = Step { $step } of 4.
page-step-1 = What do you want to ask for?
page-step-2 = About you
page-step-3 = Details
page-step-4 = Check your answers
page-step-hint-1 = If you are not sure, choose what is closest: we will put it right.
page-step-hint-2 = A copy of your identity card is not needed and not accepted.
page-step-hint-3 = Only what is needed for this request.
page-step-hint-4 = Nothing has been sent yet.
page-heading-subject = The person whose data it is
page-heading-representative = You, the representative
page-heading-no-iin = If there is no IIN
page-heading-correction = Correction { $number }
page-service-all = All services
page-capacity-subject = For myself
page-capacity-representative = For another person
page-agreement-may-end = I understand that the agreement may be suspended or end
page-label-kind = Your request
page-label-service = Which service is it about?
page-label-capacity = For whom do you ask?
page-label-subject-full_name = Full name
page-hint-subject-full_name = As in the identity document. A patronymic if there is one.
page-label-subject-iin = IIN
page-hint-subject-iin = 12 digits; they help to find the data and to know who asks.
page-label-subject-email = E-mail
page-hint-subject-email = The confirmation code and the notice of the answer go there.
page-label-subject-phone = Phone
page-label-subject-birth_date = Date of birth
page-label-subject-other_id-type = Kind of document
page-hint-subject-other_id-type = For example: passport of a foreign citizen.
page-label-subject-other_id-country = Country of the document
page-hint-subject-other_id-country = Two Latin letters, such as UZ.
page-label-subject-other_id-number = Number of the document
page-label-submitted_by-full_name = Your full name
page-label-submitted_by-email = Your e-mail
page-hint-submitted_by-email = The confirmation code and the notice of the answer go there.
page-label-submitted_by-phone = Your phone
page-label-submitted_by-authority = On what ground do you represent this person?
page-label-submitted_by-document-type = Document that shows it
page-hint-submitted_by-document-type = For example: birth certificate, power of attorney.
page-label-submitted_by-document-number = Its number
page-label-submitted_by-document-date = Its date
page-label-submitted_by-document-issuer = Who issued it
page-label-submitted_by-document-valid_until = Valid until
page-label-corrections-field = What is to be corrected or added?
page-hint-corrections-field = For example: phone number, surname.
page-label-corrections-current = How it stands now
page-label-corrections-desired = How it should be
page-label-deletion-desired_result = What should be done with the data?
page-label-deletion-data_categories = Which data?
page-hint-deletion-data_categories = Choose nothing to mean all of it.
page-label-withdrawal-scope = Which consent do you withdraw?
page-label-withdrawal-purposes = For which purposes?
page-hint-withdrawal-purposes = Only when you withdraw consent for particular purposes.
page-label-withdrawal-cookie_categories = Which cookies?
page-hint-withdrawal-cookie_categories = Choose nothing to mean all that can be switched off.
page-label-withdrawal-device = Cookie or device identifier
page-label-acknowledged = What you should know
page-label-objection-to = What do you object to?
page-hint-objection-to = Describe the decision that was made without a person, or the automated processing.
page-label-claim-remedy = What do you demand?
page-label-claim-about = Number of an earlier request
page-label-grounds = Why?
page-hint-grounds = Choose all that apply.
page-label-published_at = Where the data was made public
page-hint-published_at = A link on each line.
page-label-details = Anything else we should know

## Rights in plain words

page-kind-access = Learn what is known about you, where it comes from, why and for how long it is kept. Free of charge.
page-kind-correction = Put wrong or outdated data right, or add what is missing.
page-kind-blocking = Stop the use of the data while a violation is looked into.
page-kind-deletion = Have data destroyed that is held unlawfully or no longer needed.
page-kind-consent_withdrawal = Take back your consent, wholly or in part.
page-kind-objection = Have a decision that a machine made about you looked at by a person.
page-kind-claim = Demand that a violated right be restored.
page-kind-title-cookies = Cookies on this device
page-kind-cookies = Withdraw consent to cookies. An e-mail address is enough.
page-article-access = Law No. 94-V, article 24(1)(1)
page-article-correction = Law No. 94-V, article 24(1)(2)
page-article-blocking = Law No. 94-V, article 24(1)(3)
page-article-deletion = Law No. 94-V, articles 24(1)(4) and 18
page-article-consent_withdrawal = Law No. 94-V, articles 8(7) and 24(1)(5)
page-article-objection = Law No. 94-V, article 19-1
page-article-claim = Law No. 94-V, articles 24(1)(7) and 30

## The page of an operator

page-operator-title = What do you want to ask for?
page-operator-lead = Choose what you need. It takes some five minutes; you will see the date of the answer before you send anything.
page-law = These rights stand in Law No. 94-V of the Republic of Kazakhstan “On personal data and their protection”.
page-law-link = Read the law
page-fictitious = This organisation does not exist: it is a sample. Do not send real data.
page-contacts = Contacts
page-responsible = Responsible for personal data
page-email = E-mail
page-phone = Phone
page-address = Address
page-operator = Organisation
page-known-title = Open your request
page-known-text = Have you sent a request already? See where it stands, write to us or read the answer.
page-known-link = Open a request

## The page of a request

page-label-reference = Number of the request
page-hint-reference = It stands in the e-mail and looks like KTP-7F3K-9Q2M-X.
page-label-secret = Secret
page-hint-secret = The long word after “token=” in the link of the e-mail.
page-secret-lead = The easiest way is the link in our e-mail. Without it, type the number and the secret.
page-wrong-secret = Number and secret do not belong together. Check both.
page-open = Open
page-today = today
page-overdue = The date has passed. We are sorry. Write to us, or complain.
page-where-to-complain = Where to complain
page-due-today = Today is the last day
page-days-left = { $days ->
    [one] { $days } working day left
   *[other] { $days } working days left
}
page-outer-limit = The outer limit is { $date }.
page-answer-ready = The answer is ready
page-read-answer = Read the answer
page-confirm-title = Confirm your e-mail address
page-confirm-text = We sent you an e-mail with a link and a code of six digits. Open the link, or type the code here. The deadline runs already; with the code we know that the request is yours.
page-confirm-by-link = You opened the link from our e-mail. Press the button: then the address is confirmed.
page-confirm-button = Confirm
page-label-code = Code from the e-mail
page-resend = Send a new code
page-clocks = Deadlines
page-timeline = What happened
page-question-waits = We have a question for you. The deadlines go on meanwhile.
page-read-question = Read and reply
page-messages = Messages
page-label-text = Write a message
page-from-requester = You
page-from-staff = The organisation
page-send-message = Send
page-files = Files
page-file = Add a file
page-file-hint = PDF, JPEG, PNG, HEIC, DOCX, TXT, EML or P7S of up to 10 MB. A copy of your identity card is not needed.
page-send-file = Send the file
page-scan-unscanned = not checked for viruses yet
page-scan-too_large = too large for the virus scanner
page-scan-infected = locked: the virus scanner found something harmful
page-kilobytes = { $size } KB
page-cancel-title = Withdraw the request
page-cancel-text = We stop working on it. You can send a new one at any time.
page-label-reason = Why
page-cancel-button = Withdraw
page-receipt-link = Receipt to print
page-proof-link = Download the history with its proof
page-leave = Leave: forget on this device

## The receipt

page-receipt-title = We have received your request
page-receipt-keep = Keep this number. It also stands in the e-mail that is on its way to you.
page-received = Received
page-next-title = What happens next
page-next-confirm = Confirm your e-mail address: open the link in our e-mail, or type the code from it.
page-next-check = We check who asks. If we need anything else we write to you.
page-next-answer = You get an e-mail as soon as the answer is ready.
page-to-confirm = Enter the code
page-to-request = To the request
page-to-request-tab = Open the request in a new tab
page-complain = If you do not agree

## The answer

page-answer-title = Answer to the request
page-decisions = Decisions
page-grounds = Grounds
page-decision-granted = granted
page-decision-refused = refused

## Problems in words for people, where those of the API are for programmers

page-problem-method_not_allowed-title = This page cannot be opened like that
page-problem-method_not_allowed-detail = It only takes what a form sends to it. Go back to the page with the form, or begin at the first page.
page-problem-bad_request-title = The page was not understood
page-problem-bad_request-detail = What the browser sent was not whole. Go back, load the page again and try once more.
page-problem-unsupported_media_type-title = This kind of file is not taken
page-problem-unsupported_media_type-detail = Send PDF, JPEG, PNG, HEIC, DOCX without macros, TXT, EML or P7S. What is in the file counts, not its name.
page-problem-not_acceptable-title = The page cannot be shown
page-problem-not_acceptable-detail = The browser asks for a form of this page that there is none of. Open it in another browser.

## Deadlines that were missed

page-clock-overdue = Overdue
page-clock-late = Met late
page-clock-due = Due { $day }
