//! Checks of the lists of a profile: ids, and what one list says of another.

use super::checks::{Checked, File, ensure, is_described};
use super::texts::below;
use super::{DataCategory, Edition, PolicyKind, Purpose};
use crate::domain::data_file::Step;
use crate::domain::vocabulary::Language;
use crate::path;
use chrono::Datelike;

/// Years that an edition may plausibly name: from Law 94-V on.
const YEARS: std::ops::RangeInclusive<i32> = 2013..=2100;

/// Ids of a list: each well formed and there once.
pub(super) fn ids<'a>(
    file: &File,
    found: impl Iterator<Item = &'a str>,
    base: &[Step],
    valid: impl Fn(&str) -> bool,
) -> Checked {
    let mut earlier = Vec::new();
    for (index, id) in found.enumerate() {
        let path = below(base, &path![index, "id"]);
        ensure(file, valid(id), &path, "an id of lower-case letters and digits")?;
        ensure(file, !earlier.contains(&id), &path, "an id of its own; an earlier entry has this one")?;
        earlier.push(id);
    }
    Ok(())
}

/// A list of plain values in which none stands twice.
pub(super) fn repeated<T: PartialEq>(file: &File, values: &[T], path: &[Step]) -> Checked {
    let twice = values.iter().enumerate().any(|(index, value)| values.iter().take(index).any(|other| other == value));
    ensure(file, !twice, path, "each value once")
}

/// Ids of purposes, categories and recipients: `full_name`.
fn is_plain_id(id: &str) -> bool {
    let word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    id.len() <= 60 && id.split('_').all(word)
}

fn is_edition_id(id: &str) -> bool {
    id.len() <= 80 && id.split('-').all(is_plain_id)
}

/// Editions: ids, services and days.
pub(super) fn editions(file: &File) -> Checked {
    let operator = &file.value;
    ensure(file, !operator.editions.is_empty(), &path!["editions"], "at least one edition")?;
    ids(file, operator.editions.iter().map(|edition| edition.id.as_str()), &path!["editions"], is_edition_id)?;
    for (index, edition) in operator.editions.iter().enumerate() {
        let base = path!["editions", index];
        edition_services(file, edition, &base)?;
        edition_days(file, edition, &base)?;
        let same_day = operator.editions.iter().take(index).any(|earlier| {
            earlier.policy == edition.policy
                && operator.in_force_from(earlier) == operator.in_force_from(edition)
                && earlier.services.iter().any(|id| edition.services.contains(id))
        });
        let path = below(&base, &path!["published_on"]);
        ensure(file, !same_day, &path, "a day of its own: another edition comes into force on the same day")?;
    }
    Ok(())
}

fn edition_services(file: &File, edition: &Edition, base: &[Step]) -> Checked {
    let path = below(base, &path!["services"]);
    ensure(file, !edition.services.is_empty(), &path, "at least one service")?;
    repeated(file, &edition.services, &path)?;
    for (index, id) in edition.services.iter().enumerate() {
        let path = below(&path, &path![index]);
        let Some(service) = file.value.service(id) else {
            return Err(file.mistake(&path, format!("a service of this profile; {id} is none")));
        };
        let named = service.policies.contains(&edition.policy);
        ensure(file, named, &path, &format!("a service whose policies name {}", edition.policy))?;
    }
    Ok(())
}

fn edition_days(file: &File, edition: &Edition, base: &[Step]) -> Checked {
    let days = [
        ("published_on", Some(edition.published_on)),
        ("in_force_from", edition.in_force_from),
        ("accepted_from", edition.accepted_from),
    ];
    for (key, day) in days {
        let valid = day.is_none_or(|day| YEARS.contains(&day.year()));
        ensure(file, valid, &below(base, &path![key]), "a day between 2013 and 2100")?;
    }
    let in_force = file.value.in_force_from(edition);
    let path = below(base, &path!["in_force_from"]);
    ensure(file, in_force >= edition.published_on, &path, "not before published_on")?;
    let accepted = file.value.accepted_from(edition);
    let path = below(base, &path!["accepted_from"]);
    ensure(file, accepted.is_none_or(|day| day >= edition.published_on), &path, "not before published_on")
}

/// Purposes of the operator and of each service.
pub(super) fn purposes(file: &File) -> Checked {
    let operator = &file.value;
    ensure(file, !operator.purposes.is_empty(), &path!["purposes"], "at least one purpose")?;
    one_list_of_purposes(file, &operator.purposes, &path!["purposes"])?;
    for (index, service) in operator.services.iter().enumerate() {
        if let Some(own) = &service.purposes {
            one_list_of_purposes(file, own, &path!["services", index, "purposes"])?;
        }
    }
    Ok(())
}

fn one_list_of_purposes(file: &File, purposes: &[Purpose], base: &[Step]) -> Checked {
    ids(file, purposes.iter().map(|purpose| purpose.id.as_str()), base, is_plain_id)?;
    for (index, purpose) in purposes.iter().enumerate() {
        let path = below(base, &path![index, "languages"]);
        ensure(file, !purpose.languages.is_empty(), &path, "at least one language")?;
        repeated(file, &purpose.languages, &path)?;
        let everywhere = purpose.languages.len() == Language::ALL.len();
        let path = below(base, &path![index, "part_of"]);
        let Some(whole) = &purpose.part_of else {
            ensure(file, everywhere, &path, "the purpose that has this one in the other languages")?;
            continue;
        };
        ensure(file, !everywhere, &path, "nothing: every language lists this purpose")?;
        let exists = purposes
            .iter()
            .any(|other| other.id == *whole && other.id != purpose.id && other.languages.len() == Language::ALL.len());
        ensure(file, exists, &path, "a purpose of this list that every language has")?;
    }
    Ok(())
}

/// Data categories of the operator and of each service.
pub(super) fn data_categories(file: &File) -> Checked {
    let operator = &file.value;
    let path = path!["data_categories"];
    ensure(file, !operator.data_categories.is_empty(), &path, "at least one data category")?;
    category_ids(file, &operator.data_categories, &path)?;
    for (index, service) in operator.services.iter().enumerate() {
        if let Some(own) = &service.data_categories {
            category_ids(file, own, &path!["services", index, "data_categories"])?;
        }
    }
    Ok(())
}

fn category_ids(file: &File, categories: &[DataCategory], base: &[Step]) -> Checked {
    ids(file, categories.iter().map(|category| category.id.as_str()), base, is_plain_id)
}

/// Cookie categories and their purposes.
pub(super) fn cookies(file: &File) -> Checked {
    let operator = &file.value;
    let (categories, purposes) = (&operator.cookie_categories, &operator.cookie_purposes);
    ids(file, purposes.iter().map(|purpose| purpose.id.as_str()), &path!["cookie_purposes"], is_plain_id)?;
    ids(file, categories.iter().map(|category| category.id.as_str()), &path!["cookie_categories"], is_plain_id)?;
    for (index, category) in categories.iter().enumerate() {
        let path = path!["cookie_categories", index, "purposes"];
        ensure(file, !category.purposes.is_empty(), &path, "at least one cookie purpose")?;
        repeated(file, &category.purposes, &path)?;
        for (place, id) in category.purposes.iter().enumerate() {
            let known = purposes.iter().any(|purpose| purpose.id == *id);
            ensure(file, known, &below(&path, &path![place]), "the id of one of cookie_purposes")?;
        }
        let second = category.required && categories.iter().take(index).any(|earlier| earlier.required);
        let path = path!["cookie_categories", index, "required"];
        ensure(file, !second, &path, "at most one required category")?;
    }
    for (index, purpose) in purposes.iter().enumerate() {
        let used = categories.iter().any(|category| category.purposes.contains(&purpose.id));
        ensure(file, used, &path!["cookie_purposes", index, "id"], "a purpose that some cookie category has")?;
    }
    let covered = operator.editions.iter().any(|edition| edition.policy == PolicyKind::Cookies);
    let path = path!["cookie_categories"];
    ensure(file, !covered || !categories.is_empty(), &path, "the categories of the cookie policy")?;
    let hint = operator.cookie_removal.is_some() || categories.is_empty();
    ensure(file, hint, &path!["cookie_removal"], "how to remove cookies from a device: there are cookie categories")
}

/// Recipients and what they receive.
pub(super) fn recipients(file: &File) -> Checked {
    let recipients = &file.value.recipients;
    ids(file, recipients.iter().map(|recipient| recipient.id.as_str()), &path!["recipients"], is_plain_id)?;
    for (index, recipient) in recipients.iter().enumerate() {
        let path = path!["recipients", index, "receives"];
        ensure(file, !recipient.receives.is_empty(), &path, "at least one of personal_data, cookies")?;
        repeated(file, &recipient.receives, &path)?;
        let described = recipient.receives.iter().all(|what| is_described(&file.value, *what));
        ensure(file, described, &path, "no cookies: this profile has no cookie categories")?;
    }
    Ok(())
}
