//! The check of the parts that belong to one kind.

use super::super::operator::Operator;
use super::super::reference::Reference;
use super::super::text;
use super::super::vocabulary::{Channel, Kind, WithdrawalScope};
use super::check::{Circumstances, MAX_DETAILS, MAX_ITEMS, MAX_VALUE, Mistakes};
use super::{Claim, Correction, Deletion, FieldError, Objection, RequestForm, Withdrawal};

#[derive(Default)]
pub(super) struct Parts {
    pub published_at: Vec<String>,
    pub corrections: Vec<Correction>,
    pub deletion: Option<Deletion>,
    pub withdrawal: Option<Withdrawal>,
    pub objection: Option<Objection>,
    pub claim: Option<Claim>,
    pub acknowledged: Vec<String>,
}

pub(super) fn check(form: &RequestForm, circumstances: &Circumstances<'_>, mistakes: &mut Mistakes) -> Parts {
    let operator = circumstances.operator;
    refuse_parts_of_other_kinds(form, mistakes);
    let mut parts = Parts {
        published_at: links(form, mistakes),
        acknowledged: acknowledged(form, circumstances, mistakes),
        ..Parts::default()
    };
    match form.kind {
        Kind::Access | Kind::Blocking => {}
        Kind::Correction => parts.corrections = corrections(form, mistakes),
        Kind::Deletion => parts.deletion = form.deletion.as_ref().map(|part| deletion(part, form, operator, mistakes)),
        Kind::ConsentWithdrawal => {
            if let Some(part) = needed(form.withdrawal.as_ref(), "/withdrawal", mistakes) {
                parts.withdrawal = Some(withdrawal(part, form, circumstances, mistakes));
            }
        }
        Kind::Objection => {
            if let Some(part) = needed(form.objection.as_ref(), "/objection", mistakes) {
                let to = mistakes.take("/objection/to", text::many_lines(&part.to, MAX_DETAILS));
                parts.objection = to.map(|to| Objection { to });
            }
        }
        Kind::Claim => {
            if let Some(part) = needed(form.claim.as_ref(), "/claim", mistakes) {
                parts.claim = claim(part, mistakes);
            }
        }
    }
    parts
}

fn needed<'a, T>(part: Option<&'a T>, pointer: &str, mistakes: &mut Mistakes) -> Option<&'a T> {
    if part.is_none() {
        mistakes.add(FieldError::new(pointer, "required"));
    }
    part
}

fn refuse_parts_of_other_kinds(form: &RequestForm, mistakes: &mut Mistakes) {
    let given = [
        (Kind::Correction, "/corrections", form.corrections.is_some()),
        (Kind::Deletion, "/deletion", form.deletion.is_some()),
        (Kind::ConsentWithdrawal, "/withdrawal", form.withdrawal.is_some()),
        (Kind::Objection, "/objection", form.objection.is_some()),
        (Kind::Claim, "/claim", form.claim.is_some()),
    ];
    for (kind, pointer, is_given) in given {
        if is_given && kind != form.kind {
            mistakes.add(FieldError::new(pointer, "part_of_another_kind"));
        }
    }
}

fn links(form: &RequestForm, mistakes: &mut Mistakes) -> Vec<String> {
    let links = form.published_at.as_deref().unwrap_or_default();
    if links.len() > MAX_ITEMS {
        mistakes.add(FieldError::new("/published_at", "too_many").with("max", MAX_ITEMS));
        return Vec::new();
    }
    let mut checked = Vec::new();
    for (index, link) in links.iter().enumerate() {
        let pointer = format!("/published_at/{index}");
        let Some(link) = mistakes.take(&pointer, text::one_line(link, MAX_VALUE)) else { continue };
        let host = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
        let is_link = host.is_some_and(|rest| rest.split('/').next().is_some_and(|host| host.contains('.')));
        if is_link && !link.contains(' ') {
            checked.push(link);
        } else {
            mistakes.add(FieldError::new(pointer, "invalid_url"));
        }
    }
    checked
}

fn corrections(form: &RequestForm, mistakes: &mut Mistakes) -> Vec<Correction> {
    let items = form.corrections.as_deref().unwrap_or_default();
    if items.is_empty() {
        mistakes.add(FieldError::new("/corrections", "required"));
    }
    if items.len() > MAX_ITEMS {
        mistakes.add(FieldError::new("/corrections", "too_many").with("max", MAX_ITEMS));
        return Vec::new();
    }
    let mut checked = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let at = |field: &str| format!("/corrections/{index}/{field}");
        let field = mistakes.take(&at("field"), text::one_line(&item.field, 200));
        let current = mistakes.line(&at("current"), item.current.as_deref(), MAX_VALUE);
        let desired = mistakes.take(&at("desired"), text::one_line(&item.desired, MAX_VALUE));
        if let (Some(field), Some(desired)) = (field, desired) {
            checked.push(Correction { field, current, desired });
        }
    }
    checked
}

fn deletion(part: &Deletion, form: &RequestForm, operator: &Operator, mistakes: &mut Mistakes) -> Deletion {
    let service = form.service.as_deref().unwrap_or("all");
    let known: Vec<&str> = operator.data_categories_of(service).iter().map(|item| item.id.as_str()).collect();
    let categories = part.data_categories.as_deref();
    all_known("/deletion/data_categories", categories, &known, "unknown_category", mistakes);
    Deletion { desired_result: part.desired_result, data_categories: part.data_categories.clone() }
}

fn all_known(pointer: &str, values: Option<&[String]>, known: &[&str], code: &'static str, mistakes: &mut Mistakes) {
    let values = few(pointer, values.unwrap_or_default(), mistakes);
    for (index, value) in values.iter().enumerate() {
        if !known.contains(&value.as_str()) {
            mistakes.add(FieldError::new(format!("{pointer}/{index}"), code).with("allowed", known.join(", ")));
        }
    }
}

/// A list that is not too long; of a longer one nothing is looked at.
fn few<'a>(pointer: &str, values: &'a [String], mistakes: &mut Mistakes) -> &'a [String] {
    if values.len() > MAX_ITEMS {
        mistakes.add(FieldError::new(pointer, "too_many").with("max", MAX_ITEMS));
        return &[];
    }
    values
}

fn withdrawal(
    part: &Withdrawal,
    form: &RequestForm,
    circumstances: &Circumstances<'_>,
    mistakes: &mut Mistakes,
) -> Withdrawal {
    let operator = circumstances.operator;
    let service = form.service.as_deref().unwrap_or("all");
    if part.scope == WithdrawalScope::Purposes {
        if part.purposes.as_ref().is_none_or(Vec::is_empty) {
            mistakes.add(FieldError::new("/withdrawal/purposes", "required"));
        }
        let known: Vec<&str> = operator.purposes_of(service).iter().map(|purpose| purpose.id.as_str()).collect();
        all_known("/withdrawal/purposes", part.purposes.as_deref(), &known, "unknown_purpose", mistakes);
    } else if part.purposes.is_some() {
        mistakes.add(FieldError::new("/withdrawal/purposes", "part_of_another_kind"));
    }
    if part.scope == WithdrawalScope::Cookies {
        cookie_categories(part, circumstances, mistakes);
    } else {
        for (pointer, given) in [
            ("/withdrawal/cookie_categories", part.cookie_categories.is_some()),
            ("/withdrawal/device", part.device.is_some()),
        ] {
            if given {
                mistakes.add(FieldError::new(pointer, "part_of_another_kind"));
            }
        }
    }
    Withdrawal {
        scope: part.scope,
        purposes: part.purposes.clone(),
        cookie_categories: part.cookie_categories.clone(),
        device: mistakes.line("/withdrawal/device", part.device.as_deref(), 500),
    }
}

/// On the web nobody can ask to switch off what is required; from a letter it is taken, and the answer explains.
fn cookie_categories(part: &Withdrawal, circumstances: &Circumstances<'_>, mistakes: &mut Mistakes) {
    let categories = &circumstances.operator.cookie_categories;
    let known: Vec<&str> = categories.iter().map(|category| category.id.as_str()).collect();
    let named = part.cookie_categories.as_deref();
    all_known("/withdrawal/cookie_categories", named, &known, "unknown_cookie_category", mistakes);
    if circumstances.channel != Channel::Web {
        return;
    }
    for (index, name) in named.unwrap_or_default().iter().enumerate() {
        if categories.iter().any(|category| category.required && category.id == *name) {
            let pointer = format!("/withdrawal/cookie_categories/{index}");
            mistakes.add(FieldError::new(pointer, "cookie_category_required"));
        }
    }
}

fn claim(part: &Claim, mistakes: &mut Mistakes) -> Option<Claim> {
    let remedy = mistakes.take("/claim/remedy", text::many_lines(&part.remedy, MAX_DETAILS));
    let about = match part.about.as_deref().map(Reference::parse) {
        None => None,
        Some(Ok(reference)) => Some(reference.as_str().to_owned()),
        Some(Err(_)) => {
            mistakes.add(FieldError::new("/claim/about", "about_not_found"));
            None
        }
    };
    remedy.map(|remedy| Claim { remedy, about })
}

/// What must be acknowledged, is; and nothing that nobody knows.
fn acknowledged(form: &RequestForm, circumstances: &Circumstances<'_>, mistakes: &mut Mistakes) -> Vec<String> {
    let given = few("/acknowledged", form.acknowledged.as_deref().unwrap_or_default(), mistakes).to_vec();
    for (index, name) in given.iter().enumerate() {
        if name != "agreement_may_end" {
            let pointer = format!("/acknowledged/{index}");
            mistakes.add(FieldError::new(pointer, "not_one_of").with("allowed", "agreement_may_end"));
        }
    }
    let scope = form.withdrawal.as_ref().map(|part| part.scope);
    let needed = scope.map(|scope| circumstances.operator.acknowledgements_for(scope)).unwrap_or_default();
    for needed in needed {
        if circumstances.channel == Channel::Web && !given.contains(needed) {
            mistakes.add(FieldError::new("/acknowledged", "acknowledgement_needed").with("allowed", needed));
        }
    }
    given
}
