### E-mails to staff that are about no single request: the morning digest, standing in, requests that were released.

desk-action-queue = Open the queue
desk-line = { $reference }: { $kind }
desk-line-due = { $reference }: { $kind }, due { $date }

desk-digest-subject = Your requests on { $date }
desk-digest-intro = This waits for you today. The links open after signing in.
desk-digest-more = … and { $count } more.
desk-digest-due_today = Yours, the last day is today: { $count }
desk-digest-due_week = Yours, due within seven days, today included: { $count }
desk-digest-overdue = Yours, overdue: { $count }
desk-digest-overdue_all = All overdue ones of the organisation: { $count }
desk-digest-unassigned = Nobody has them: { $count }
desk-digest-approval = Answers that wait for your approval: { $count }
desk-digest-dead_mails = Requests with an e-mail that could not be delivered: { $count }
desk-digest-to_post = To print and post: { $count }
desk-digest-dead_staff_mails = E-mails to colleagues that could not be delivered in the last seven days: { $count }

desk-stand-in-subject = You stand in for a colleague
desk-stand-in-intro = A colleague is away, and you are named as the deputy.
desk-stand-in-what = During these days the colleague’s requests are yours too: you can open and work on them, and the reminders come to you. Afterwards all is as before by itself. The right to approve answers is not passed on.
desk-fact-who = Away
desk-fact-from = First day
desk-fact-until = Last day
desk-fact-open = Open requests now
desk-fact-had = Had them before

desk-released-subject = Requests without an assignee: { $count }
desk-released-intro = { $count ->
    [one] { $count } open request has no assignee any more. Assign it to somebody.
   *[other] { $count } open requests have no assignee any more. Assign them to somebody.
}
desk-released-account = The account of the colleague who had them was disabled. The deadlines run on.
desk-released-role = The colleague who had them no longer works on requests of this organisation. The deadlines run on.

desk-nearer-subject = Deadlines moved nearer: { $count }
desk-nearer-intro = The calendar of working days changed: these deadlines end earlier than before.
desk-nearer-what = Look at them today. The history of each request shows both dates.
desk-nearer-line = { $reference }: { $clock }, by { $to } instead of { $from }
desk-fact-source = Source

desk-account-totp_on-subject = Sign-in now asks for a second step
desk-account-totp_on-intro = The second step at sign-in was turned on for your account.
desk-account-totp_on-what = From now on a code of your authenticator app is needed beside the password. Your other sessions were ended. Keep the recovery codes where only you find them.
desk-account-totp_off-subject = Sign-in no longer asks for a second step
desk-account-totp_off-intro = The second step at sign-in was turned off for your account.
desk-account-totp_off-what = The password alone is enough now. Your other sessions were ended.
desk-account-totp_reset-subject = The second step of your sign-in was reset
desk-account-totp_reset-intro = An administrator has reset the second step of your sign-in.
desk-account-totp_reset-what = The old codes no longer work, and all your sessions were ended. Sign in with your password and set the second step up anew.
desk-account-password_reset-subject = Your password was reset
desk-account-password_reset-intro = An administrator has reset your password.
desk-account-password_reset-what = The old one no longer works, and all your sessions were ended. The administrator gives you a temporary password; sign in with it within three days and choose your own.
desk-account-external_bound-subject = Your account is bound to the external sign-in
desk-account-external_bound-intro = You can now sign in by the external sign-in service of your organisation.
desk-account-external_bound-what = The account was bound to it at the first sign-in there. Your password still works.
desk-account-not-me = If you know nothing of this, tell your administrator at once.
