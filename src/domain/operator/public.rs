//! What everybody may know of an operator: the answer of `GET /operators`.

use super::{
    Contacts, CookiePurpose, DataCategory, EditionDate, Operator, PolicyKind, Purpose, Recipient, ResponsiblePerson,
    Service,
};
use crate::domain::vocabulary::{Kind, Language, Localized, WithdrawalScope};
use chrono::NaiveDate;
use serde::Serialize;

/// The public profile of an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PublicProfile {
    /// Id.
    pub id: String,
    /// Name with the legal form.
    pub names: Localized,
    /// The languages in which a request can be made: always all three.
    pub languages: Vec<Language>,
    /// Where the public reaches it.
    pub contacts: Contacts,
    /// Its sites and products.
    pub services: Vec<Service>,
    /// Why it processes personal data.
    pub purposes: Vec<Purpose>,
    /// What it holds.
    pub data_categories: Vec<DataCategory>,
    /// Its kinds of cookies with what each is for.
    pub cookie_categories: Vec<PublicCookieCategory>,
    /// The versions of its policies.
    pub editions: Vec<PublicEdition>,
    /// All kinds of request with what each needs.
    pub kinds: Vec<KindNeeds>,
    /// Who oversees the handling of requests.
    pub responsible_person: ResponsiblePerson,
    /// To whom it passes data.
    pub recipients: Vec<Recipient>,
    /// How long it keeps data.
    pub storage_term: Localized,
    /// What people can change and delete themselves.
    pub form_hint: Option<Localized>,
}

/// A kind of cookies with its purposes in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PublicCookieCategory {
    /// Id.
    pub id: String,
    /// Name.
    pub names: Localized,
    /// Whether it cannot be switched off.
    pub required: bool,
    /// What it is for.
    pub purposes: Vec<CookiePurpose>,
}

/// A version of a policy with the days that follow from the operator's rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PublicEdition {
    /// Id.
    pub id: String,
    /// The policy of which it is a version.
    pub policy: PolicyKind,
    /// Title.
    pub title: Localized,
    /// The services that it covers.
    pub services: Vec<String>,
    /// The local day on which it was placed, as far as it is known.
    pub published_on: NaiveDate,
    /// Where that day comes from.
    pub dated_by: EditionDate,
    /// The first local day on which it is in force.
    pub in_force_from: NaiveDate,
    /// The first local day on which going on using the service counts as acceptance.
    pub accepted_from: Option<NaiveDate>,
    /// Whether it changes something material.
    pub material: bool,
    /// Where it can be read.
    pub url: Option<String>,
}

/// What a request of one kind carries, as names of fields of the request's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KindNeeds {
    /// The kind.
    pub kind: Kind,
    /// What must be there. `iin` stands for `subject.iin`. For the scope `cookies` a contact in `subject` is enough.
    pub needs: Vec<String>,
    /// What may be there.
    pub optional: Vec<String>,
    /// What `acknowledged` must contain, in the scopes of `acknowledgement_scopes`.
    pub acknowledgements: Vec<String>,
    /// The scopes of withdrawal in which acknowledgements are asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acknowledgement_scopes: Vec<WithdrawalScope>,
}

impl KindNeeds {
    /// What `kind` needs at `operator`.
    pub(super) fn of(operator: &Operator, kind: Kind) -> Self {
        let options = &operator.options;
        let asks = kind == Kind::ConsentWithdrawal && !options.acknowledgements.is_empty();
        let mut needs = vec!["subject", "submitted_by"];
        let mut optional = vec!["language", "service", "details", "published_at"];
        let (part, choice): (Option<&str>, Option<&str>) = match kind {
            Kind::Access => (None, None),
            Kind::Correction => (Some("corrections"), None),
            Kind::Blocking => (Some("grounds"), None),
            Kind::Deletion => (Some("grounds"), Some("deletion")),
            Kind::ConsentWithdrawal => (Some("withdrawal"), None),
            Kind::Objection => (Some("objection"), None),
            Kind::Claim => (Some("claim"), None),
        };
        needs.extend(part);
        optional.extend(choice);
        if part != Some("grounds") {
            optional.push("grounds");
        }
        if options.iin_required { &mut needs } else { &mut optional }.push("iin");
        if kind == Kind::ConsentWithdrawal {
            if asks { &mut needs } else { &mut optional }.push("acknowledged");
        }
        Self {
            kind,
            needs: owned(&needs),
            optional: owned(&optional),
            acknowledgements: if asks { options.acknowledgements.clone() } else { Vec::new() },
            acknowledgement_scopes: if asks { options.acknowledgement_scopes.clone() } else { Vec::new() },
        }
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

impl PublicProfile {
    /// The public part of a profile.
    pub(super) fn of(operator: &Operator) -> Self {
        Self {
            id: operator.id.clone(),
            names: operator.names.clone(),
            languages: Language::ALL.to_vec(),
            contacts: operator.contacts.clone(),
            services: operator.services.clone(),
            purposes: operator.purposes.clone(),
            data_categories: operator.data_categories.clone(),
            cookie_categories: cookie_categories(operator),
            editions: editions(operator),
            kinds: Kind::ALL.iter().map(|kind| operator.needs_of(*kind)).collect(),
            responsible_person: operator.responsible_person.clone(),
            recipients: operator.recipients.clone(),
            storage_term: operator.storage_term.clone(),
            form_hint: operator.form_hint.clone(),
        }
    }
}

fn cookie_categories(operator: &Operator) -> Vec<PublicCookieCategory> {
    let purpose = |id: &String| operator.cookie_purposes.iter().find(|purpose| purpose.id == *id).cloned();
    operator
        .cookie_categories
        .iter()
        .map(|category| PublicCookieCategory {
            id: category.id.clone(),
            names: category.names.clone(),
            required: category.required,
            purposes: category.purposes.iter().filter_map(purpose).collect(),
        })
        .collect()
}

fn editions(operator: &Operator) -> Vec<PublicEdition> {
    operator
        .editions
        .iter()
        .map(|edition| PublicEdition {
            id: edition.id.clone(),
            policy: edition.policy,
            title: edition.title.clone(),
            services: edition.services.clone(),
            published_on: edition.published_on,
            dated_by: edition.dated_by,
            in_force_from: operator.in_force_from(edition),
            accepted_from: operator.accepted_from(edition),
            material: edition.material,
            url: edition.url.clone(),
        })
        .collect()
}
