//! The check of the people in a form: whose data it is and who asks.

use super::super::email_address::EmailAddress;
use super::super::iin::{Bin, Iin};
use super::super::person_name::PersonName;
use super::super::phone::Phone;
use super::super::vocabulary::{Capacity, Channel};
use super::check::{Circumstances, MAX_VALUE, Mistakes};
use super::{Document, FieldError, OtherId, Subject, SubjectForm, Submitter, SubmitterForm};

pub(super) fn check(
    subject: &SubjectForm,
    submitter: &SubmitterForm,
    circumstances: &Circumstances<'_>,
    about_cookies: bool,
    mistakes: &mut Mistakes,
) -> (Subject, Submitter) {
    let checked = Subject {
        full_name: name("/subject/full_name", subject.full_name.as_deref(), !about_cookies, mistakes),
        iin: iin(subject, circumstances, about_cookies, mistakes),
        email: email("/subject/email", subject.email.as_deref(), mistakes),
        phone: phone("/subject/phone", subject.phone.as_deref(), mistakes),
        birth_date: birth_date(subject, circumstances, mistakes),
        other_id: subject.other_id.as_ref().and_then(|id| other_id(id, mistakes)),
        postal_address: mistakes.line("/subject/postal_address", subject.postal_address.as_deref(), 500),
        bin: subject
            .bin
            .as_deref()
            .and_then(|bin| mistakes.take("/subject/bin", Bin::parse(bin)))
            .map(|bin| bin.as_str().to_owned()),
    };
    let submitted_by = submitter_of(submitter, circumstances, mistakes);
    contact(subject, submitter, circumstances, mistakes);
    (checked, submitted_by)
}

fn name(pointer: &str, value: Option<&str>, needed: bool, mistakes: &mut Mistakes) -> Option<String> {
    match value {
        None => {
            if needed {
                mistakes.add(FieldError::new(pointer, "required"));
            }
            None
        }
        Some(value) => mistakes.take(pointer, PersonName::parse(value)).map(|name| name.as_str().to_owned()),
    }
}

fn email(pointer: &str, value: Option<&str>, mistakes: &mut Mistakes) -> Option<String> {
    value.and_then(|value| mistakes.take(pointer, EmailAddress::parse(value))).map(|email| email.as_str().to_owned())
}

fn phone(pointer: &str, value: Option<&str>, mistakes: &mut Mistakes) -> Option<String> {
    value.and_then(|value| mistakes.take(pointer, Phone::parse(value))).map(|phone| phone.as_str().to_owned())
}

fn iin(
    subject: &SubjectForm,
    circumstances: &Circumstances<'_>,
    about_cookies: bool,
    mistakes: &mut Mistakes,
) -> Option<String> {
    let Some(typed) = subject.iin.as_deref() else {
        if circumstances.operator.options.iin_required && subject.other_id.is_none() && !about_cookies {
            mistakes.add(FieldError::new("/subject/iin", "needs_identifier"));
        }
        return None;
    };
    let iin = mistakes.take("/subject/iin", Iin::parse(typed))?;
    if iin.birth_date().is_some_and(|born| born > circumstances.received_on) {
        mistakes.add(FieldError::new("/subject/iin", "iin_birth_date"));
    }
    if subject.birth_date.is_some_and(|born| !iin.matches_birth_date(born)) {
        mistakes.add(FieldError::new("/subject/birth_date", "iin_birth_date_differs"));
    }
    Some(iin.as_str().to_owned())
}

fn birth_date(
    subject: &SubjectForm,
    circumstances: &Circumstances<'_>,
    mistakes: &mut Mistakes,
) -> Option<chrono::NaiveDate> {
    if subject.other_id.is_some() && subject.birth_date.is_none() {
        mistakes.add(FieldError::new("/subject/birth_date", "required"));
    }
    let date = subject.birth_date?;
    if date > circumstances.received_on {
        mistakes.add(FieldError::new("/subject/birth_date", "date_in_future"));
    } else if circumstances.received_on.years_since(date).is_some_and(|years| years > 150) {
        mistakes.add(FieldError::new("/subject/birth_date", "date_too_early"));
    }
    Some(date)
}

fn other_id(id: &OtherId, mistakes: &mut Mistakes) -> Option<OtherId> {
    let country = id.country.trim().to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        mistakes.add(FieldError::new("/subject/other_id/country", "country_format"));
    }
    let kind = mistakes.needed_line("/subject/other_id/type", Some(&id.kind), 100);
    let number = mistakes.needed_line("/subject/other_id/number", Some(&id.number), 50);
    Some(OtherId { kind: kind?, country, number: number?.to_uppercase() })
}

fn submitter_of(form: &SubmitterForm, circumstances: &Circumstances<'_>, mistakes: &mut Mistakes) -> Submitter {
    let for_another = form.capacity != Capacity::Subject;
    if !for_another {
        let given = [
            ("full_name", form.full_name.is_some()),
            ("email", form.email.is_some()),
            ("phone", form.phone.is_some()),
            ("postal_address", form.postal_address.is_some()),
            ("authority", form.authority.is_some()),
            ("document", form.document.is_some()),
        ];
        for (field, _) in given.into_iter().filter(|(_, given)| *given) {
            mistakes.add(FieldError::new(format!("/submitted_by/{field}"), "capacity_not_allowed"));
        }
    }
    if form.capacity == Capacity::AuthorisedBody && circumstances.channel == Channel::Web {
        mistakes.add(FieldError::new("/submitted_by/capacity", "capacity_not_allowed"));
    }
    if form.capacity == Capacity::Representative && form.authority.is_none() {
        mistakes.add(FieldError::new("/submitted_by/authority", "required"));
    }
    let needs_name = form.capacity == Capacity::Representative;
    Submitter {
        capacity: form.capacity,
        full_name: name("/submitted_by/full_name", form.full_name.as_deref(), needs_name, mistakes),
        email: email("/submitted_by/email", form.email.as_deref(), mistakes),
        phone: phone("/submitted_by/phone", form.phone.as_deref(), mistakes),
        postal_address: mistakes.line("/submitted_by/postal_address", form.postal_address.as_deref(), 500),
        authority: form.authority,
        document: if for_another { document(form, circumstances, mistakes) } else { None },
    }
}

fn document(form: &SubmitterForm, circumstances: &Circumstances<'_>, mistakes: &mut Mistakes) -> Option<Document> {
    let Some(document) = &form.document else {
        mistakes.add(FieldError::new("/submitted_by/document", "required"));
        return None;
    };
    let at = |field: &str| format!("/submitted_by/document/{field}");
    let kind = if form.capacity == Capacity::Representative {
        mistakes.needed_line(&at("type"), document.kind.as_deref(), 200)
    } else {
        mistakes.line(&at("type"), document.kind.as_deref(), 200)
    };
    let number = mistakes.needed_line(&at("number"), document.number.as_deref(), 100);
    let issuer = mistakes.line(&at("issuer"), document.issuer.as_deref(), MAX_VALUE);
    match document.date {
        None => mistakes.add(FieldError::new(at("date"), "required")),
        Some(date) if date > circumstances.received_on => {
            mistakes.add(FieldError::new(at("date"), "date_in_future"));
        }
        Some(_) => {}
    }
    if document.valid_until.is_some_and(|until| until < circumstances.received_on) {
        mistakes.add(FieldError::new(at("valid_until"), "expired_document"));
    }
    Some(Document { kind, number, date: document.date, issuer, valid_until: document.valid_until })
}

/// On the web a mail address is needed; otherwise one of mail address, phone and postal address.
fn contact(
    subject: &SubjectForm,
    submitter: &SubmitterForm,
    circumstances: &Circumstances<'_>,
    mistakes: &mut Mistakes,
) {
    let (pointer, email, phone, address) = if submitter.capacity == Capacity::Subject {
        ("/subject", &subject.email, &subject.phone, &subject.postal_address)
    } else {
        ("/submitted_by", &submitter.email, &submitter.phone, &submitter.postal_address)
    };
    if circumstances.channel == Channel::Web {
        if email.is_none() {
            mistakes.add(FieldError::new(format!("{pointer}/email"), "required"));
        }
    } else if email.is_none() && phone.is_none() && address.is_none() {
        mistakes.add(FieldError::new(pointer, "needs_contact"));
    }
}
