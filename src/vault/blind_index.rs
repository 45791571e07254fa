//! Blind indexes: search for equal values among sealed ones.

use super::{Vault, derive};

crate::vocabulary! {
    /// A field that can be searched for an equal value.
    IndexField {
        /// Individual identification number.
        Iin = "iin",
        /// Number of a foreigner's document, with its type and country.
        OtherId = "other_id",
        /// Mail address.
        Email = "email",
        /// Phone.
        Phone = "phone",
        /// Full name, folded for comparison.
        Name = "name",
    }
}

impl Vault {
    /// The blind index of `value`: 32 bytes that are equal for equal values of the same field at the same operator, and tell
    /// nothing without the index key. Each operator and field has a key of its own, so that nothing can be matched across
    /// operators (policy 003 clause 3.1.5: databases with incompatible purposes are not joined).
    ///
    /// Bring the value into its one normal form first; nobody can be found by another spelling. Store no index of an empty
    /// value, and delete the indexes together with the request's key: with the index key a guess could be tried on them.
    #[must_use]
    pub fn blind_index(&self, operator_id: &str, field: IndexField, value: &str) -> Vec<u8> {
        let scope = [operator_id.as_bytes(), field.as_str().as_bytes()];
        let key = derive::subkey(&self.keys().index, "otinish.index-key.v1", &scope);
        derive::mac(&key, "otinish.index.v1", &[value.as_bytes()]).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::KeyRing;
    use std::collections::BTreeSet;

    fn vault() -> Vault {
        Vault::new(&KeyRing::generate(chrono::DateTime::UNIX_EPOCH).unwrap()).unwrap()
    }

    #[test]
    fn equal_values_of_one_field_at_one_operator_have_equal_indexes() {
        let vault = vault();
        let index = vault.blind_index("alpha", IndexField::Iin, "900101300017");
        assert_eq!(index, vault.blind_index("alpha", IndexField::Iin, "900101300017"));
        assert_eq!(index.len(), 32);
    }

    #[test]
    fn the_same_value_cannot_be_matched_across_operators_fields_or_deployments() {
        let (one, two) = (vault(), vault());
        let mut seen = BTreeSet::new();
        for vault in [&one, &two] {
            for operator in ["alpha", "beta", "alphaiin", ""] {
                for field in IndexField::ALL {
                    assert!(seen.insert(vault.blind_index(operator, *field, "900101300017")));
                }
            }
        }
    }
}
