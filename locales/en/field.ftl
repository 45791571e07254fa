### A mistake in one field: what to correct. Stands beside the field and in the summary.

field-required = Fill in this field.
field-unknown_field = There is no such field. Remove it or check its name.
field-wrong_type = The value is of the wrong type. Check what is needed here: text, a number, a date or a list.
field-invalid_value = This value does not fit. Check it and enter it again.
field-too_long = { $max ->
    [one] Shorten this: there is room for { $max } character.
   *[other] Shorten this: there is room for { $max } characters.
}
field-too_short = { $min ->
    [one] Add to this: at least { $min } character is needed.
   *[other] Add to this: at least { $min } characters are needed.
}
field-too_many = { $max ->
    [one] Leave no more than { $max } line.
   *[other] Leave no more than { $max } lines.
}
field-duplicate = This stands above already. Remove the repetition.
field-control_character = There are invisible control characters here. Delete the text and type it again.
field-bidi_character = There are invisible characters here that change the direction of the text. Delete the text and type it again.
field-invisible_character = There are invisible characters here. Delete the text and type it again.
field-not_one_of = Choose one of these: { $allowed }.
field-out_of_range = Give a number from { $min } to { $max }.
field-iin_format = An IIN has 12 digits. Check that all of them are there.
field-iin_checksum = Check the last digit: there is no such IIN.
field-iin_birth_date = Check the first seven digits: there is no real birth date in this IIN.
field-iin_is_bin = This is the BIN of an organisation. Give the IIN of a person.
field-iin_century_unknown = This IIN does not tell the century of birth. It was accepted; check the birth date.
field-iin_birth_date_differs = The IIN and the birth date do not agree. Check both.
field-bin_format = A BIN has 12 digits. Check that all of them are there.
field-bin_checksum = Check the last digit: there is no such BIN.
field-bin_is_iin = This is the IIN of a person. Give the BIN of the organisation.
field-phone_format = Give the number with its country code, such as +7 701 000 00 00.
field-email_format = Check the e-mail address. It should look like name@example.kz.
field-email_not_latin = An e-mail address may have Latin letters only. Check that no Cyrillic letter is in it.
field-name_format = Write the name in letters, as in the document: Cyrillic or Latin.
field-country_format = Give the country as two Latin letters, such as KZ.
field-reference_format = Check the request number. It looks like this: KTP-7F3K-9Q2M-X.
field-reference_check = Check the request number: there is a slip in it.
field-date_format = Write the date like this: 2026-11-25.
field-date_in_future = This day has not come yet. Give today or an earlier day.
field-date_too_early = This date is too early. Check the year.
field-date_too_late = This date is too late. Give an earlier one.
field-deputy_unfit = This colleague cannot stand in: the account is disabled or missing, or the colleague is no agent or DPO at every organisation of the absent one. Choose another.
field-date_not_in_calendar = There is no calendar of working days for this date. Give a date of a year that the calendar has.
field-lacking_for_kind = A request of this kind needs this, and it was not given here. Record a new request that has it; if the requester agrees, close this one.
field-unchanged = That is what stands already. Give another value.
field-date_after_recording = The request was already recorded here by then. Give the moment of recording or an earlier one.
field-documents_before_receipt = Documents came before that. Give a moment of receipt that is not later than they.
field-expired_document = The document has expired. Give one that is valid.
field-invalid_url = Check the link. It should begin with https:// or http://.
field-invalid_cursor = This link to a page of the list does not fit. Open the list from its beginning.
field-part_of_another_kind = This belongs to another kind of request. Remove it or choose another kind.
field-needs_ground = Give at least one ground.
field-needs_contact = Say how to reach you: e-mail, phone or postal address.
field-needs_identifier = Give the IIN. If there is none, give the birth date and the number of a document.
field-unknown_service = This operator has no such service. Choose one of the list, or give all.
field-unknown_category = This operator has no such category of data. Choose one of the list.
field-unknown_purpose = This operator has no such purpose. Choose one of the list.
field-unknown_cookie_category = This operator has no such category of cookies. Choose one of the list.
field-cookie_category_required = Required cookies cannot be switched off: the site does not work without them. Choose other categories.
field-acknowledgement_needed = Mark that you know this: withdrawing consent may suspend or end the agreement.
field-about_not_found = No request of yours with this number was found at this operator. Check the number or leave the field empty.
field-capacity_not_allowed = One cannot submit in this capacity here. Choose: the data subject, or a representative.
field-own_wish_only_for_deletion = Own wish is enough for deletion only. Choose another ground.
field-ground_not_allowed = This ground of refusal does not fit this kind of request. Choose another.
field-must_name_norm = Name the norm: the act, the article and, where it sets one, the storage term.
field-must_name_obligation = Name the unfulfilled obligation: what it is, and under which agreement.
field-text_needed = Write an explanation: the person has to understand why it was decided so.
field-decisions_needed = Add a decision for each item; each refusal needs a ground and an explanation.
field-outcome_not_allowed = This outcome is not possible now. Check the kind of request and whether identity is confirmed.
field-not_to_requester = The address can be corrected only with a mail to the requester. Send this mail again without an address.
field-password_too_short = { $min ->
    [one] The password is too short: at least { $min } character is needed.
   *[other] The password is too short: at least { $min } characters are needed.
}
field-password_too_common = This password is easy to guess. Choose another, such as several words that have nothing to do with each other.
field-wrong_password = The current password is not right. Type it again.
field-password_unchanged = This is the password that you have. Choose another.
field-wrong_totp = The code is not right, or it was used before. Enter the next one.
field-admin_has_no_operator = The administrator’s role is for the whole deployment: leave the operator out.
field-admin_stands_alone = An administrator holds no role at an operator: keep one or the other.
field-infected = The virus scanner found something harmful in this file, and it was not kept. Check your device, save the document anew, for example as PDF, and send that.
field-period_too_long = Choose a period of { $max } days at most.
field-period_order = The first day must not be after the last one.
field-time_format = Write the time like this: 14:30.
