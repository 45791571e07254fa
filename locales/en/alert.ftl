# Mails about alerts: one a day for each kind at most. They name nobody.
alert-fact-first = First found
alert-fact-count = How many
alert-once = You get at most one mail a day about this. Which account or request it is stands in the audit trail, under “alert_raised”.

alert-failed_sign_ins-subject = Attention: many failed sign-ins at an account
alert-failed_sign_ins-what = Somebody tried again and again to sign in to an account of your staff with a wrong password or code.
alert-failed_sign_ins-do = Ask the colleague whether it was them. If not, have an administrator reset the password and require the second step. The account locks itself for a growing time meanwhile.

alert-failed_sign_ins_from-subject = Attention: many failed sign-ins from one address
alert-failed_sign_ins_from-what = From one network address came many failed sign-ins, perhaps at several accounts.
alert-failed_sign_ins_from-do = Look at the failed sign-ins of the last hours. If no colleague explains it, block the address at the firewall or the proxy, and require the second step.

alert-refused_looks-subject = Attention: a member asks for data they may not see
alert-refused_looks-what = A member of the staff asked many times for personal data that they may not open.
alert-refused_looks-do = Talk to them: it may be a missing assignment. If nobody can explain it, have an administrator disable the account, and judge whether it is a breach.

alert-wrong_secrets-subject = Attention: somebody guesses the secret of a request
alert-wrong_secrets-what = Wrong secrets were shown many times for one request.
alert-wrong_secrets-do = The secret is too long to be guessed, and the requester's own link still works. If the requester writes that their link does not open, send it again.

alert-wrong_secrets_from-subject = Attention: secrets of requests are guessed from one address
alert-wrong_secrets_from-what = From one network address came many wrong secrets of requests.
alert-wrong_secrets_from-do = Secrets are too long to be guessed. If it goes on, block the address at the firewall or the proxy.

alert-broken_chain-subject = Attention: the audit is damaged
alert-broken_chain-what = The daily verification found that a history, the audit trail or a checkpoint is not what was written, or that the checkpoints could not be read.
alert-broken_chain-do = Keep copies of the database and of the folder of checkpoints as they are now, run “otinish audit verify” to see what it is, compare with the backups, and judge whether it is a breach of personal data.

alert-dead_mails-subject = Attention: several mails were given up
alert-dead_mails-what = Several mails could not be delivered and were given up.
alert-dead_mails-do = Look into the outbox: it shows the code of the mail server. Have the mail server checked, then send the mails again or reach the people another way. Deadlines run on.
