//! Which browser and system somebody uses, in two words: enough to know one's own devices again.

/// Names in a `User-Agent`, and what they are called; the first that is found counts, since most browsers name others too.
const BROWSERS: &[(&str, &str)] = &[
    ("YaBrowser/", "Yandex Browser"),
    ("OPR/", "Opera"),
    ("Edg", "Edge"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The family of a client, such as `Firefox, Windows`; `other` for one that is not known. Nothing of what was sent is kept.
#[must_use]
pub fn family(user_agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(part, _)| user_agent.contains(part)).map(|(_, name)| *name)
    };
    let words: Vec<&str> = find(BROWSERS).into_iter().chain(find(SYSTEMS)).collect();
    if words.is_empty() { "other".to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_known_by_browser_and_system_and_nothing_else_is_kept() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36";
        assert_eq!(family(windows), "Chrome, Windows");
        assert_eq!(family(&format!("{windows} Edg/130.0")), "Edge, Windows");
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1";
        assert_eq!(family(phone), "Safari, iOS");
        assert_eq!(family("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"), "Firefox, Linux");
        assert_eq!(family("curl/8.5.0"), "curl");
        for strange in ["", "<script>", "870101300123", "x\u{202e}y"] {
            assert_eq!(family(strange), "other");
        }
    }
}
