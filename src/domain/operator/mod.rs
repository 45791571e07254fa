//! The operators: companies that hold personal data, each described by a data file written from its published policies.

mod checks;
mod lists;
mod profile;
mod public;
mod texts;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_profiles;

pub use profile::{
    ACKNOWLEDGEMENTS, Contacts, ContractTerm, CookieCategory, CookiePurpose, DataCategory, Edition, EditionDate,
    EditionRule, EmailIsEnough, Options, PolicyKind, Purpose, Receives, Recipient, ResponsiblePerson, Retention,
    Service,
};
pub use public::{KindNeeds, PublicCookieCategory, PublicEdition, PublicProfile};

use crate::domain::data_file::{DataFile, DataFileError};
use crate::domain::vocabulary::{ClockName, Kind, Language, Localized, WithdrawalScope};
use crate::path;
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The word for "all services of the operator".
pub const ALL_SERVICES: &str = "all";

/// One operator's profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Id, equal to the name of its file: `kazteleport`.
    pub id: String,
    /// First part of every reference: three characters of the reference alphabet.
    pub reference_prefix: String,
    /// Name with the legal form.
    pub names: Localized,
    /// Business identification number, where the policy states it.
    pub bin: Option<String>,
    /// Where personal data is stored (ISO 3166 alpha-2); Law 94-V art. 12(2) demands `KZ`.
    pub storage_country: String,
    /// Whether the operator does not exist.
    #[serde(default)]
    pub fictitious: bool,
    /// Where the public reaches it.
    pub contacts: Contacts,
    /// Who oversees the handling of requests (Law 94-V art. 25(3)).
    pub responsible_person: ResponsiblePerson,
    /// Mail address of the head, who hears of overdue clocks.
    pub head_contact: String,
    /// Host name under which the first page is this operator's, such as `requests.company.kz`.
    pub host: Option<String>,
    /// Origins of the operator's own pages, such as `https://www.company.kz`, that may show the form in a frame and call the public
    /// part of the API from a browser.
    #[serde(default)]
    pub allowed_origins: Vec<String>,
    /// The court that the policy names for disputes, as letters write it.
    pub court: Option<Localized>,
    /// From when a new edition is in force.
    pub edition_rule: EditionRule,
    /// Calendar days after publication from which going on using the service counts as acceptance.
    pub accepted_after_days: Option<u32>,
    /// How long the operator itself keeps data, as its policy says.
    pub storage_term: Localized,
    /// What people can change and delete themselves; a hint on the form, never a ground of refusal.
    pub form_hint: Option<Localized>,
    /// How to remove what is on the device; part of the answer to a cookie withdrawal.
    pub cookie_removal: Option<Localized>,
    /// How long the personal data of a request is kept.
    pub retention: Retention,
    /// What differs in the workflow.
    #[serde(default)]
    pub options: Options,
    /// The promise that makes the 30 days of a claim contractual.
    pub claim_response: Option<ContractTerm>,
    /// Targets stricter than the law, in the unit of the clock's term.
    #[serde(default)]
    pub internal_targets: BTreeMap<ClockName, u32>,
    /// Its sites and products.
    pub services: Vec<Service>,
    /// The versions of its policies.
    pub editions: Vec<Edition>,
    /// Why it processes personal data.
    pub purposes: Vec<Purpose>,
    /// What it holds.
    pub data_categories: Vec<DataCategory>,
    /// Why it processes cookies.
    #[serde(default)]
    pub cookie_purposes: Vec<CookiePurpose>,
    /// Its kinds of cookies.
    #[serde(default)]
    pub cookie_categories: Vec<CookieCategory>,
    /// To whom it passes data.
    #[serde(default)]
    pub recipients: Vec<Recipient>,
}

impl Operator {
    /// The service with this id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }

    /// Whether a request may name this service: one of the operator's, or [`ALL_SERVICES`].
    #[must_use]
    pub fn serves(&self, service: &str) -> bool {
        service == ALL_SERVICES || self.service(service).is_some()
    }

    /// The mail address for questions about a service.
    #[must_use]
    pub fn contact_email(&self, service: &str) -> &str {
        self.service(service).and_then(|service| service.contact_email.as_deref()).unwrap_or(&self.contacts.email)
    }

    /// The purposes of a service; for [`ALL_SERVICES`] the operator's and those of every service, each id once.
    #[must_use]
    pub fn purposes_of(&self, service: &str) -> Vec<&Purpose> {
        match self.service(service) {
            Some(Service { purposes: Some(own), .. }) => own.iter().collect(),
            Some(_) => self.purposes.iter().collect(),
            None => {
                let more = self.services.iter().filter_map(|service| service.purposes.as_ref()).flatten();
                once_each(self.purposes.iter().chain(more), |purpose| &purpose.id)
            }
        }
    }

    /// The purposes of a service that the policy's version in one language lists.
    #[must_use]
    pub fn purposes_in(&self, service: &str, language: Language) -> Vec<&Purpose> {
        self.purposes_of(service).into_iter().filter(|purpose| purpose.languages.contains(&language)).collect()
    }

    /// The purposes that a person means who names these ids in one language: where that language's version has
    /// several purposes in one, naming it names them all. Unknown ids are left out.
    #[must_use]
    pub fn purposes_meant(&self, service: &str, language: Language, ids: &[String]) -> Vec<&Purpose> {
        let named = |id: &String| ids.contains(id);
        self.purposes_of(service)
            .into_iter()
            .filter(|purpose| {
                let within = !purpose.languages.contains(&language) && purpose.part_of.as_ref().is_some_and(named);
                named(&purpose.id) || within
            })
            .collect()
    }

    /// The data categories of a service; for [`ALL_SERVICES`] the operator's and those of every service, each id once.
    #[must_use]
    pub fn data_categories_of(&self, service: &str) -> Vec<&DataCategory> {
        match self.service(service) {
            Some(Service { data_categories: Some(own), .. }) => own.iter().collect(),
            Some(_) => self.data_categories.iter().collect(),
            None => {
                let more = self.services.iter().filter_map(|service| service.data_categories.as_ref()).flatten();
                once_each(self.data_categories.iter().chain(more), |category| &category.id)
            }
        }
    }

    /// The cookie category with this id.
    #[must_use]
    pub fn cookie_category(&self, id: &str) -> Option<&CookieCategory> {
        self.cookie_categories.iter().find(|category| category.id == id)
    }

    /// The recipients that must be told when data of this sort is withdrawn, blocked, changed or destroyed.
    /// Those who get data by law are not among them.
    #[must_use]
    pub fn recipients_to_tell(&self, what: Receives) -> Vec<&Recipient> {
        self.recipients.iter().filter(|recipient| !recipient.by_law && recipient.receives.contains(&what)).collect()
    }

    /// What a person must acknowledge who withdraws consent in this scope.
    #[must_use]
    pub fn acknowledgements_for(&self, scope: WithdrawalScope) -> &[String] {
        if self.options.acknowledgement_scopes.contains(&scope) { &self.options.acknowledgements } else { &[] }
    }

    /// The first local day on which an edition is in force: the day that it names, or that of the operator's rule.
    #[must_use]
    pub fn in_force_from(&self, edition: &Edition) -> NaiveDate {
        let wait = match self.edition_rule {
            EditionRule::OnPlacing => 0,
            EditionRule::NextDay => 1,
        };
        edition.in_force_from.unwrap_or_else(|| days_after(edition.published_on, wait))
    }

    /// The first local day on which going on using the service counts as acceptance of an edition.
    #[must_use]
    pub fn accepted_from(&self, edition: &Edition) -> Option<NaiveDate> {
        edition.accepted_from.or_else(|| self.accepted_after_days.map(|days| days_after(edition.published_on, days)))
    }

    /// The edition of the service's main policy that is in force on a local day: the privacy policy where one covers
    /// the service, else the policy that does. `service` may be [`ALL_SERVICES`].
    #[must_use]
    pub fn edition_on(&self, service: &str, date: NaiveDate) -> Option<&Edition> {
        let main =
            PolicyKind::ALL.iter().copied().find(|policy| self.editions_of(*policy, service).next().is_some())?;
        self.edition_of(main, service, date)
    }

    /// The edition of one policy that is in force for a service on a local day.
    ///
    /// The oldest edition also counts for earlier days when it states no day: it was first read on `published_on`,
    /// and no other text is known.
    #[must_use]
    pub fn edition_of(&self, policy: PolicyKind, service: &str, date: NaiveDate) -> Option<&Edition> {
        let by_age = |edition: &&Edition| (self.in_force_from(edition), edition.published_on);
        self.editions_of(policy, service)
            .filter(|edition| self.in_force_from(edition) <= date)
            .max_by_key(by_age)
            .or_else(|| self.editions_of(policy, service).min_by_key(by_age).filter(|edition| edition.is_undated()))
    }

    /// The editions in force for a service on a local day, one for each policy that covers it.
    #[must_use]
    pub fn editions_on(&self, service: &str, date: NaiveDate) -> Vec<&Edition> {
        PolicyKind::ALL.iter().filter_map(|policy| self.edition_of(*policy, service, date)).collect()
    }

    fn editions_of(&self, policy: PolicyKind, service: &str) -> impl Iterator<Item = &Edition> {
        self.editions
            .iter()
            .filter(move |edition| edition.policy == policy)
            .filter(move |edition| service == ALL_SERVICES || edition.services.iter().any(|id| id == service))
    }

    /// What a request of one kind needs at this operator.
    #[must_use]
    pub fn needs_of(&self, kind: Kind) -> KindNeeds {
        KindNeeds::of(self, kind)
    }

    /// What everybody may know of the operator.
    #[must_use]
    pub fn public(&self) -> PublicProfile {
        PublicProfile::of(self)
    }
}

impl Edition {
    /// Whether its text states no day.
    #[must_use]
    pub const fn is_undated(&self) -> bool {
        matches!(self.dated_by, EditionDate::FirstSeen)
    }
}

fn days_after(date: NaiveDate, days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(u64::from(days))).unwrap_or(date)
}

fn once_each<'a, T: 'a>(items: impl Iterator<Item = &'a T>, id: impl Fn(&T) -> &String) -> Vec<&'a T> {
    let mut found: Vec<&T> = Vec::new();
    for item in items {
        if !found.iter().any(|earlier| id(earlier) == id(item)) {
            found.push(item);
        }
    }
    found
}

/// All operators of the deployment.
#[derive(Debug, Clone)]
pub struct Operators {
    files: Arc<[DataFile<Operator>]>,
}

impl Operators {
    /// Reads the profiles: pairs of file name and contents, where the name's stem is the operator's id.
    ///
    /// # Errors
    /// At the first mistake, with file, line and key; also when there is no profile at all.
    pub fn parse(files: &[(String, String)]) -> Result<Self, DataFileError> {
        let files = files.iter().map(|(name, text)| checks::read(name, text)).collect::<Result<Vec<_>, _>>()?;
        checks::between_operators(&files)?;
        Ok(Self { files: files.into() })
    }

    /// The operator with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Operator> {
        self.iter().find(|operator| operator.id == id)
    }

    /// The operator whose first page stands under a host name, which may come with a port; where there is one operator alone, that one.
    #[must_use]
    pub fn at_host(&self, host: &str) -> Option<&Operator> {
        let name = host.split(':').next().unwrap_or_default();
        let own =
            self.iter().find(|operator| operator.host.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)));
        own.or_else(|| self.iter().next().filter(|_| self.iter().len() == 1))
    }

    /// All of them, in the order of the files.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Operator> {
        self.files.iter().map(|file| &file.value)
    }

    /// Checks that every internal target is stricter than the rules. `longest` gives the longest term that any rule
    /// set has for a clock, in the clock's unit, or nothing when no rule set has that clock.
    ///
    /// # Errors
    /// At the first target that is not.
    pub fn check_targets(&self, longest: impl Fn(ClockName) -> Option<u32>) -> Result<(), DataFileError> {
        for file in self.files.iter() {
            for (clock, days) in &file.value.internal_targets {
                let expected = match longest(*clock) {
                    None => "no rule set has this clock; leave the target out".to_owned(),
                    Some(term) if *days >= term => format!("a target must be stricter than the term of {term} days"),
                    Some(_) => continue,
                };
                return Err(file.mistake(&path!["internal_targets", clock.as_str()], expected));
            }
        }
        Ok(())
    }
}
