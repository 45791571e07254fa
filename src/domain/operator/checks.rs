//! Checks of meaning for profiles: what a well-formed file can still get wrong.

use super::profile::ACKNOWLEDGEMENTS;
use super::{ALL_SERVICES, Operator, Receives, lists, texts};
use crate::domain::data_file::{DataFile, DataFileError, Step};
use crate::domain::vocabulary::WithdrawalScope;
use crate::path;

/// The characters of references: no `I`, `L`, `O`, `U`, `Z`, which are misread.
const REFERENCE_ALPHABET: &str = "ABCDEFGHJKMNPQRSTVWXY";
/// How far the term of retention may reach.
const RETENTION_YEARS: std::ops::RangeInclusive<u32> = 1..=75;

/// What a check says.
pub(super) type Checked = Result<(), DataFileError>;
/// A profile with the places of its keys.
pub(super) type File = DataFile<Operator>;

/// Reads one profile and checks it alone.
pub(super) fn read(name: &str, text: &str) -> Result<File, DataFileError> {
    let file = File::parse(name, text)?;
    identity(&file, name)?;
    addresses(&file)?;
    origins(&file)?;
    blank_texts(&file)?;
    terms(&file)?;
    options(&file)?;
    services(&file)?;
    lists::editions(&file)?;
    lists::purposes(&file)?;
    lists::data_categories(&file)?;
    lists::cookies(&file)?;
    lists::recipients(&file)?;
    Ok(file)
}

/// Checks the profiles against each other.
pub(super) fn between_operators(files: &[File]) -> Checked {
    if files.is_empty() {
        return Err(DataFileError {
            file: "operators".to_owned(),
            line: 1,
            key: "(file)".to_owned(),
            expected: "at least one operator's profile".to_owned(),
        });
    }
    for (index, file) in files.iter().enumerate() {
        let operator = &file.value;
        for earlier in files.iter().take(index).map(|file| &file.value) {
            if earlier.id == operator.id {
                return Err(file.mistake(&path!["id"], "another profile has this id"));
            }
            if earlier.reference_prefix == operator.reference_prefix {
                let expected = format!("a prefix of its own; {} has this one", earlier.id);
                return Err(file.mistake(&path!["reference_prefix"], expected));
            }
            if operator.host.is_some() && earlier.host == operator.host {
                let expected = format!("a host name of its own; {} has this one", earlier.id);
                return Err(file.mistake(&path!["host"], expected));
            }
        }
    }
    Ok(())
}

fn identity(file: &File, name: &str) -> Checked {
    let operator = &file.value;
    ensure(file, is_operator_id(&operator.id), &path!["id"], "lower-case letters, digits and single hyphens")?;
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    ensure(file, operator.id == stem, &path!["id"], &format!("the name of the file without its ending, {stem}"))?;
    let prefix = &operator.reference_prefix;
    let well_formed = prefix.chars().count() == 3 && prefix.chars().all(|letter| REFERENCE_ALPHABET.contains(letter));
    ensure(file, well_formed, &path!["reference_prefix"], &format!("three characters out of {REFERENCE_ALPHABET}"))?;
    if let Some(bin) = &operator.bin {
        ensure(file, is_bin(bin), &path!["bin"], "a BIN of 12 digits with a right control digit")?;
    }
    let country = &operator.storage_country;
    let two_capitals = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    ensure(file, two_capitals, &path!["storage_country"], "two capital letters (ISO 3166), such as KZ")
}

fn addresses(file: &File) -> Checked {
    let operator = &file.value;
    let person = &operator.responsible_person;
    mail(file, &operator.contacts.email, &path!["contacts", "email"])?;
    mail(file, &person.email, &path!["responsible_person", "email"])?;
    mail(file, &operator.head_contact, &path!["head_contact"])?;
    for (index, service) in operator.services.iter().enumerate() {
        if let Some(address) = &service.contact_email {
            mail(file, address, &path!["services", index, "contact_email"])?;
        }
    }
    let phones =
        [(&operator.contacts.phone, path!["contacts", "phone"]), (&person.phone, path!["responsible_person", "phone"])];
    for (phone, path) in phones {
        let valid = phone.as_deref().is_none_or(is_phone);
        ensure(file, valid, &path, "a phone as + and 7 to 15 digits")?;
    }
    if let Some(website) = &operator.contacts.website {
        link(file, website, &path!["contacts", "website"])?;
    }
    for (index, edition) in operator.editions.iter().enumerate() {
        if let Some(url) = &edition.url {
            link(file, url, &path!["editions", index, "url"])?;
        }
    }
    Ok(())
}

/// An origin is compared letter by letter with what browsers send, so it must be written as they do.
fn origins(file: &File) -> Checked {
    let host = file.value.host.as_deref();
    let plain = host.is_none_or(|host| is_host(host) && !host.bytes().any(|byte| byte.is_ascii_uppercase()));
    ensure(file, plain, &path!["host"], "a host name in lower case, such as requests.company.kz")?;
    for (index, origin) in file.value.allowed_origins.iter().enumerate() {
        let secure = origin.strip_prefix("https://").filter(|_| !origin.ends_with(":443"));
        let host = secure.map_or_else(
            || origin.strip_prefix("http://").filter(|host| host.split(':').next() == Some("localhost")),
            Some,
        );
        let valid = host.is_some_and(|host| {
            let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
            let port_fine = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number.to_string() == port));
            port_fine && (is_host(name) || name == "localhost") && !name.bytes().any(|byte| byte.is_ascii_uppercase())
        });
        let expected = "an origin: https://, the host in lower case, a port if it is not 443, and nothing after it";
        ensure(file, valid, &path!["allowed_origins", index], expected)?;
    }
    Ok(())
}

fn blank_texts(file: &File) -> Checked {
    for (mut place, text) in texts::of(&file.value) {
        if let Some(language) = text.first_blank() {
            place.push(Step::from(language.as_str()));
            return Err(file.mistake(&place, "a text; it is blank"));
        }
    }
    Ok(())
}

fn terms(file: &File) -> Checked {
    let operator = &file.value;
    let years = RETENTION_YEARS.contains(&operator.retention.years);
    ensure(file, years, &path!["retention", "years"], "1 to 75 years")?;
    let stated = |clause: &str| !clause.trim().is_empty();
    let clause = operator.retention.clause.as_deref().is_none_or(stated);
    ensure(file, clause, &path!["retention", "clause"], "the number of a clause; leave it out when there is none")?;
    if let Some(term) = &operator.claim_response {
        ensure(file, stated(&term.clause), &path!["claim_response", "clause"], "the number of a clause")?;
    }
    let days = operator.accepted_after_days.is_none_or(|days| (1..=365).contains(&days));
    ensure(file, days, &path!["accepted_after_days"], "1 to 365 days; leave it out when acceptance has no term")?;
    for (clock, days) in &operator.internal_targets {
        ensure(file, *days > 0, &path!["internal_targets", clock.as_str()], "at least 1 day")?;
    }
    Ok(())
}

fn options(file: &File) -> Checked {
    let options = &file.value.options;
    for (index, name) in options.acknowledgements.iter().enumerate() {
        let known = ACKNOWLEDGEMENTS.contains(&name.as_str());
        let path = path!["options", "acknowledgements", index];
        ensure(file, known, &path, &format!("one of: {}", ACKNOWLEDGEMENTS.join(", ")))?;
    }
    let scopes = &options.acknowledgement_scopes;
    let path = path!["options", "acknowledgement_scopes"];
    let paired = options.acknowledgements.is_empty() == scopes.is_empty();
    ensure(file, paired, &path, "given together with acknowledgements, or neither")?;
    let no_cookies = !scopes.contains(&WithdrawalScope::Cookies);
    ensure(file, no_cookies, &path, "any scope but cookies: refusing cookies ends no agreement")?;
    lists::repeated(file, &options.acknowledgements, &path!["options", "acknowledgements"])?;
    lists::repeated(file, scopes, &path)?;
    lists::repeated(file, &options.email_is_enough_for, &path!["options", "email_is_enough_for"])
}

fn services(file: &File) -> Checked {
    let services = &file.value.services;
    ensure(file, !services.is_empty(), &path!["services"], "at least one service")?;
    lists::ids(file, services.iter().map(|service| service.id.as_str()), &path!["services"], is_service_id)?;
    for (index, service) in services.iter().enumerate() {
        let path = path!["services", index, "id"];
        ensure(file, service.id != ALL_SERVICES, &path, "another id: `all` means every service")?;
        let path = path!["services", index, "policies"];
        ensure(file, !service.policies.is_empty(), &path, "at least one policy that covers it")?;
        lists::repeated(file, &service.policies, &path)?;
        for policy in &service.policies {
            let covered = file
                .value
                .editions
                .iter()
                .any(|edition| edition.policy == *policy && edition.services.contains(&service.id));
            ensure(file, covered, &path, &format!("policies with an edition for this service; {policy} has none"))?;
        }
    }
    Ok(())
}

/// A mistake at `path` unless `valid`.
pub(super) fn ensure(file: &File, valid: bool, path: &[Step], expected: &str) -> Checked {
    if valid { Ok(()) } else { Err(file.mistake(path, expected)) }
}

fn mail(file: &File, address: &str, path: &[Step]) -> Checked {
    ensure(file, is_mail(address), path, "a mail address, such as dpo@example.kz")
}

fn link(file: &File, url: &str, path: &[Step]) -> Checked {
    let valid = url.strip_prefix("https://").is_some_and(|rest| {
        rest.split('/').next().is_some_and(is_host) && rest.chars().all(|letter| letter.is_ascii_graphic())
    });
    ensure(file, valid, path, "an address that starts with https://")
}

/// The shape of a mail address; whether anybody reads it is another matter.
fn is_mail(address: &str) -> bool {
    let Some((local, host)) = address.rsplit_once('@') else { return false };
    let local_fine = local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte));
    local_fine && !local.is_empty() && !local.split('.').any(str::is_empty) && is_host(host)
}

fn is_host(host: &str) -> bool {
    host.len() <= 253 && host.contains('.') && host.split('.').all(|label| is_hyphenated(label, true))
}

fn is_phone(phone: &str) -> bool {
    phone.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
    })
}

fn is_operator_id(id: &str) -> bool {
    id.len() <= 40 && id.starts_with(|first: char| first.is_ascii_lowercase()) && is_hyphenated(id, false)
}

fn is_service_id(id: &str) -> bool {
    id.len() <= 80 && id.split('.').all(|label| is_hyphenated(label, false))
}

/// Letters, digits and single hyphens between them.
fn is_hyphenated(text: &str, capitals: bool) -> bool {
    text.split('-').all(|part| {
        let valid =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || (capitals && byte.is_ascii_uppercase());
        !part.is_empty() && part.bytes().all(valid)
    })
}

/// The shape and control digit of a business identification number: registration month, then 4 to 6 for the sort of
/// entity, then 0 to 3 for the sort of unit, and the control digit of two passes.
fn is_bin(bin: &str) -> bool {
    let Some(digits) = bin.chars().map(|letter| letter.to_digit(10)).collect::<Option<Vec<u32>>>() else {
        return false;
    };
    let [_, _, m1, m2, entity, unit, _, _, _, _, _, control] = digits.as_slice() else { return false };
    let pass = |shift: u32| {
        let weighted = digits.iter().zip(0_u32..11).map(|(digit, place)| digit * ((place + shift) % 11 + 1));
        weighted.sum::<u32>() % 11
    };
    let expected = if pass(0) == 10 { pass(2) } else { pass(0) };
    (1..=12).contains(&(m1 * 10 + m2)) && (4..=6).contains(entity) && *unit <= 3 && expected == *control
}

/// Whether a recipient gets anything of this sort that the profile describes.
pub(super) fn is_described(operator: &Operator, what: Receives) -> bool {
    match what {
        Receives::PersonalData => true,
        Receives::Cookies => !operator.cookie_categories.is_empty(),
    }
}
