### Texts of answers and letters that the operator sends.

letter-heading = Answer to request { $reference }
letter-about = Your request was received: { $received }. Kind of request: { $kind }.
letter-closing = Yours sincerely,
letter-responsible = Person responsible for organising the processing of personal data: { $person }
letter-contact = Questions can be sent to { $email }.
letter-free-of-charge = This answer is free of charge.
letter-no-id-copy = No copy of an identity document is needed. Please do not send one.
letter-by-law-recipients = A withdrawal of consent does not reach the state and other bodies that receive data by law.
letter-required-cookies-stay = Required cookies cannot be switched off: the site does not work without them.
letter-remove-cookies = We cannot delete cookies from your device. You can: open the privacy section of your browser’s settings and delete cookies and site data. Delete the site’s local storage too: it does not clear by itself.
letter-restricted = This data cannot be deleted yet, because the law demands that it be kept. Until that term ends, access to it is restricted and its processing is suspended, except where the law allows it.

letter-access-fact = Whether we process your data
letter-access-purposes = What for
letter-access-sources = Where the data comes from
letter-access-ways = How we collect and process it
letter-access-list = What data we hold
letter-access-terms = How long we process and store it
letter-access-recipients = Who the data was given to

letter-not_verified =
    We received your request, but we could not make sure that it came from the data subject or from their representative: there was not enough information for that, or it did not agree with our records.

    We therefore refuse what you ask for. This protects the data: otherwise a stranger could decide about it.

    You may ask again at any time. Give the name and the IIN as they stand in the document; if there is no IIN, give the birth date and the number of a document. A representative also names the document that gives them authority. Identity can also be confirmed in person at our office. No copy of an identity document is needed.

letter-complain-intro = If you do not agree with the answer, you may turn to:
letter-complain-authority = the authorised body for the protection of personal data, which is the Ministry of Artificial Intelligence and Digital Development of the Republic of Kazakhstan;
letter-complain-akimat = the local executive body (akimat), if a private business processes your data;
letter-complain-prosecutor = the prosecutor’s office;
letter-complain-court = the court.
letter-complain-court-named = the court: { $court }.
