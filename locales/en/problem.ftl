### Errors of a whole request: a title, and an explanation that says what to do.

problem-validation_failed-title = Please check the fields
problem-validation_failed-detail = Some fields are not filled in as they should be. Beside each of them it says what to correct.
problem-bad_request-title = The request was not understood
problem-bad_request-detail = The request is not well formed, so it cannot be carried out. Check its address, headers and content.
problem-malformed_json-title = The content cannot be read
problem-malformed_json-detail = The content of the request has to be valid JSON. Check brackets, quotes and commas.
problem-not_found-title = Not found
problem-not_found-detail = There is nothing at this address, or you may not see it. Check the address, or open the link in the e-mail again.
problem-method_not_allowed-title = This address does not take that method
problem-method_not_allowed-detail = The methods that it takes are listed in the Allow header.
problem-not_acceptable-title = No answer in that form
problem-not_acceptable-detail = The service cannot answer in the form that the Accept header asks for. Ask for application/json.
problem-unauthorized-title = Please sign in
problem-unauthorized-detail = You are not signed in, or your session has ended. Sign in again. If you filed a request, open the link in the e-mail again.
problem-forbidden-title = You may not do this
problem-forbidden-detail = Your role does not allow this action, or the request is not assigned to you. Ask the responsible person to assign it to you or to do it themselves.
problem-four_eyes-title = A second person is needed
problem-four_eyes-detail = Whoever proposed an answer does not approve it, and whoever set a legal hold does not lift it. Ask another responsible person to do it. If there is none, the operator’s profile can allow approval of an answer by one person.
problem-data_destroyed-title = The personal data was destroyed
problem-data_destroyed-detail = The term of this request is over, and its personal data was destroyed. Only its kind, dates and outcome are left, so nothing more can be done with it.
problem-stale_version-title = The request has changed
problem-stale_version-detail = Somebody else changed the request while the page was open. Nothing was overwritten. Reload the page, see what is new, and repeat the action.
problem-precondition_required-title = The version of the request is missing
problem-precondition_required-detail = This action needs an If-Match header with the version that you saw. Read the request and send its ETag.
problem-precondition_failed-title = The condition of the request does not hold
problem-precondition_failed-detail = The version in the If-Match header does not fit. Read the request again and send its ETag.
problem-invalid_transition-title = This is not possible now
problem-invalid_transition-detail = The action “{ $action }” cannot be taken while the status of the request is “{ $status }”. Reload the page: it shows what can be done now.
problem-nothing_to_resend-title = There is nothing to send again
problem-nothing_to_resend-detail = This request has no mail that could not be delivered and was not sent again. Reload the page.
problem-wrong_code-title = The code does not match
problem-wrong_code-detail = { $left ->
    [0] This code is no longer valid. Please ask for a new one.
    [one] Check the code in the latest e-mail and enter it again. You have { $left } try left.
   *[other] Check the code in the latest e-mail and enter it again. You have { $left } tries left.
}
problem-code_expired-title = The code is no longer valid
problem-code_expired-detail = The code has expired, or all tries were used. Ask for a new code and enter the digits from the new e-mail.
problem-already_assigned-title = The request is already assigned
problem-already_assigned-detail = { $who } works on this request. The responsible person can give it to somebody else.
problem-rate_limited-title = Too many requests
problem-rate_limited-detail = { $seconds ->
    [one] Wait { $seconds } second and try again.
   *[other] Wait { $seconds } seconds and try again.
}
problem-locked_out-title = Sign-in is closed for now
problem-locked_out-detail = { $seconds ->
    [one] Sign-in failed too many times in a row. Try again in { $seconds } second. If you forgot your password, ask an administrator.
   *[other] Sign-in failed too many times in a row. Try again in { $seconds } seconds. If you forgot your password, ask an administrator.
}
problem-payload_too_large-title = Too large
problem-payload_too_large-detail = What was sent is larger than can be taken. Shorten the text, or make the file smaller: a file may have 10 MiB.
problem-headers_too_large-title = The headers are too large
problem-headers_too_large-detail = The headers of this call are larger than can be taken. Send fewer or shorter ones; clearing the cookies of this site may help.
problem-uri_too_long-title = The address is too long
problem-uri_too_long-detail = This address with its parameters is longer than can be taken. Shorten the parameters.
problem-unsupported_media_type-title = This format is not taken
problem-unsupported_media_type-detail = Send data as application/json, not compressed. A file goes as multipart/form-data; PDF, JPEG, PNG, HEIC, DOCX without macros, TXT, EML and P7S are taken, by what is in them.
problem-file_infected-title = The file is locked
problem-file_infected-detail = The virus scanner found something harmful in this file, so nobody can open it. Have it sent again in a clean form.
problem-too_many_files-title = Too many files
problem-too_many_files-detail = At most { $most } files can lie with one request. Put what is still missing into one file, or send it by post.
problem-idempotency_conflict-title = This key was used before
problem-idempotency_conflict-detail = Another request was sent with this Idempotency-Key. Take a new key for a new request.
problem-violation_undecided-title = Decide first whether there was a violation
problem-violation_undecided-detail = The data is blocked for the time of the check. Confirm the violation or mark it as not confirmed, then approve the answer.
problem-totp_required-title = A code is needed too
problem-totp_required-detail = This account has a second step. Enter the code of your authenticator app, or a recovery code.
problem-totp_on-title = The second step is on already
problem-totp_on-detail = Turn it off first if you want to set it up anew.
problem-totp_off-title = The second step is off
problem-totp_off-detail = This account has no second step that could be changed.
problem-totp_not_begun-title = Begin with a new secret
problem-totp_not_begun-detail = No second step waits for its first code, or it waited too long. Ask for a new secret.
problem-totp_enrolment_needed-title = Set up the second step first
problem-totp_enrolment_needed-detail = Your role needs a second step at sign-in. Set it up; everything else opens then.
problem-password_change_needed-title = Choose your own password first
problem-password_change_needed-detail = You signed in with a temporary password. Change it; everything else opens then.
problem-external_sign_in_expired-title = This sign-in is over
problem-external_sign_in_expired-detail = This sign-in was used already or took too long. Begin again with the button.
problem-external_sign_in_cancelled-title = The sign-in was cancelled
problem-external_sign_in_cancelled-detail = The sign-in at { $name } was cancelled. Begin again, or sign in with mail address and password.
problem-external_sign_in_refused-title = The sign-in was not confirmed
problem-external_sign_in_refused-detail = { $name } did not confirm the sign-in. Begin again; if that does not help, sign in with mail address and password and tell an administrator.
problem-external_sign_in_unknown-title = No account fits
problem-external_sign_in_unknown-detail = No account here fits this sign-in at { $name }. Ask an administrator: the account needs the mail address that { $name } knows as proven.
problem-external_sign_in_unavailable-title = The sign-in service does not answer
problem-external_sign_in_unavailable-detail = { $name } does not answer now. Try again in a minute, or sign in with mail address and password.
problem-duplicate_user-title = There is such a staff member
problem-duplicate_user-detail = An account with this e-mail address exists already. Change that account, or give another address.
problem-absence_overlaps-title = The absences overlap
problem-absence_overlaps-detail = This member is marked as absent on some of these days already. End that absence or choose other days.
problem-unavailable-title = The service is unavailable for now
problem-unavailable-detail = The request could not be carried out now. Try again in a few minutes: what you sent before is kept.
problem-internal-title = An error on our side
problem-internal-detail = The request could not be carried out, and it is not your mistake. Try again. If it happens again, write to us and name the error number.

problem-last_admin-title = The last administrator
problem-last_admin-detail = This is the last active administrator. Add another one first.

problem-request_timeout-title = The request did not arrive whole
problem-request_timeout-detail = It was sent too slowly. Please send it again.
problem-calendar_changed-title = The calendar changed
problem-calendar_changed-detail = Somebody changed the calendar after you looked at it. Look again at what would move, then decide.
problem-identity_unproven-title = It is not proven who asks
problem-identity_unproven-detail = The address that proved who asks was changed since. Send the proposal back, and confirm identity or have the new address proven; then approve.

problem-form_expired-title = The form is too old
problem-form_expired-detail = This page was open for too long or was not sent from our site. Go back, load the page again and send it once more.
