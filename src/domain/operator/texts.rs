//! Every text of a profile with its place in the file, so that none is left blank.

use super::{DataCategory, Operator, Purpose};
use crate::domain::data_file::Step;
use crate::domain::vocabulary::Localized;
use crate::path;

/// A text and the path of its key.
pub(super) type Place<'a> = (Vec<Step>, &'a Localized);

/// All localized texts of a profile.
pub(super) fn of(operator: &Operator) -> Vec<Place<'_>> {
    let mut found = single(operator);
    services(operator, &mut found);
    purposes(&[], &operator.purposes, &mut found);
    data_categories(&[], &operator.data_categories, &mut found);
    for (index, edition) in operator.editions.iter().enumerate() {
        found.push((path!["editions", index, "title"].to_vec(), &edition.title));
    }
    for (index, purpose) in operator.cookie_purposes.iter().enumerate() {
        found.push((path!["cookie_purposes", index, "names"].to_vec(), &purpose.names));
    }
    for (index, category) in operator.cookie_categories.iter().enumerate() {
        found.push((path!["cookie_categories", index, "names"].to_vec(), &category.names));
    }
    for (index, recipient) in operator.recipients.iter().enumerate() {
        found.push((path!["recipients", index, "names"].to_vec(), &recipient.names));
        found.push((path!["recipients", index, "ground"].to_vec(), &recipient.ground));
    }
    found
}

fn single(operator: &Operator) -> Vec<Place<'_>> {
    let mut found = vec![
        (path!["names"].to_vec(), &operator.names),
        (path!["responsible_person", "name"].to_vec(), &operator.responsible_person.name),
        (path!["storage_term"].to_vec(), &operator.storage_term),
        (path!["retention", "text"].to_vec(), &operator.retention.text),
    ];
    let optional = [
        (path!["court"].to_vec(), &operator.court),
        (path!["form_hint"].to_vec(), &operator.form_hint),
        (path!["cookie_removal"].to_vec(), &operator.cookie_removal),
        (path!["contacts", "postal_address"].to_vec(), &operator.contacts.postal_address),
    ];
    found.extend(optional.into_iter().filter_map(|(path, text)| text.as_ref().map(|text| (path, text))));
    if let Some(term) = &operator.claim_response {
        found.push((path!["claim_response", "citation"].to_vec(), &term.citation));
    }
    found
}

fn services<'a>(operator: &'a Operator, found: &mut Vec<Place<'a>>) {
    for (index, service) in operator.services.iter().enumerate() {
        let base = path!["services", index];
        found.push((below(&base, &path!["names"]), &service.names));
        purposes(&base, service.purposes.as_deref().unwrap_or_default(), found);
        data_categories(&base, service.data_categories.as_deref().unwrap_or_default(), found);
    }
}

fn purposes<'a>(base: &[Step], purposes: &'a [Purpose], found: &mut Vec<Place<'a>>) {
    let places = purposes.iter().enumerate();
    found.extend(places.map(|(index, item)| (below(base, &path!["purposes", index, "names"]), &item.names)));
}

fn data_categories<'a>(base: &[Step], categories: &'a [DataCategory], found: &mut Vec<Place<'a>>) {
    let places = categories.iter().enumerate();
    found.extend(places.map(|(index, item)| (below(base, &path!["data_categories", index, "names"]), &item.names)));
}

/// A path and what follows it.
pub(super) fn below(base: &[Step], more: &[Step]) -> Vec<Step> {
    [base, more].concat()
}
