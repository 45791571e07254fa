//! Which methods an address takes. A route that was made by an attribute such as `#[get]` belongs to its method alone, so that the
//! server itself cannot tell a wrong method from a wrong address; the API's description can.

use std::collections::BTreeMap;

use utoipa::openapi::OpenApi;

/// The methods of each route, by its pattern.
#[derive(Debug, Clone, Default)]
pub struct Methods(BTreeMap<String, Vec<&'static str>>);

impl Methods {
    /// Those that the description names.
    #[must_use]
    pub fn of(description: &OpenApi) -> Self {
        let routes = description.paths.paths.iter().map(|(pattern, item)| {
            let all = [
                ("GET", &item.get),
                ("POST", &item.post),
                ("PUT", &item.put),
                ("PATCH", &item.patch),
                ("DELETE", &item.delete),
            ];
            let methods = all.into_iter().filter(|(_, operation)| operation.is_some()).map(|(name, _)| name);
            (pattern.clone(), methods.collect())
        });
        Self(routes.collect())
    }

    /// What the address takes when `method` is not among it; `None` when it is, or nothing is known.
    pub(super) fn instead_of(&self, pattern: &str, method: &str) -> Option<String> {
        let methods = self.0.get(pattern)?;
        let is_taken = methods.contains(&method) || (method == "HEAD" && methods.contains(&"GET"));
        (!is_taken && !methods.is_empty()).then(|| methods.join(", "))
    }
}
