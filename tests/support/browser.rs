//! A browser without scripts: it keeps cookies, reads forms and sends them as a person fills them in.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, SET_COOKIE};

use super::{Answer, Member, PASSWORD, TestApp, forms};

/// A browser of one person.
pub struct Browser<'a> {
    pub app: &'a TestApp,
    pub cookies: BTreeMap<String, String>,
    pub language: &'static str,
}

/// A page, and where it was found.
#[derive(Debug, Clone)]
pub struct Page {
    pub path: String,
    pub answer: Answer,
}

impl Page {
    /// Its HTML, which must have come with this status.
    pub fn expect(&self, status: u16) -> &str {
        assert_eq!(self.answer.status, status, "{}: {}", self.path, self.answer.text);
        assert_eq!(self.answer.header("content-type"), Some("text/html; charset=utf-8"), "{}", self.answer.text);
        // A text that is missing shows as its key.
        assert!(
            [
                ">page-",
                "page-label-",
                ">console-",
                "\"console-",
                "console-label-",
                " console-fact-",
                ">action-",
                ">kind-"
            ]
            .iter()
            .all(|key| !self.answer.text.contains(key)),
            "{}",
            self.answer.text
        );
        &self.answer.text
    }

    /// The fields of the form that is sent to an address, as the page filled them in: hidden ones, typed ones, chosen ones.
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let start = format!("action=\"{action}\"");
        let place =
            self.answer.text.find(&start).unwrap_or_else(|| panic!("no form to {action}: {}", self.answer.text));
        let form = self.answer.text[place..].split("</form>").next().unwrap();
        let mut fields = Vec::new();
        let mut select = None;
        for tag in form.split('<') {
            let Some((head, rest)) = tag.split_once('>') else { continue };
            if head.starts_with("select ") {
                select = attribute(head, "name");
            }
            if let Some(name) = select.clone().filter(|_| head.starts_with("option ")) {
                // Without a choice the first option is the choice.
                let is_first = fields.iter().all(|(other, _)| *other != name);
                if is_first || head.contains(" selected") {
                    fields.retain(|(other, _)| *other != name);
                    fields.push((name, attribute(head, "value").unwrap_or_default()));
                }
                continue;
            }
            if !head.starts_with("input ") && !head.starts_with("textarea ") {
                continue;
            }
            let (Some(name), kind) = (attribute(head, "name"), attribute(head, "type").unwrap_or_default()) else {
                continue;
            };
            let is_choice = kind == "radio" || kind == "checkbox";
            if is_choice && !head.contains(" checked") || kind == "file" {
                continue;
            }
            let value = if head.starts_with("textarea") {
                unescape(rest.trim_start_matches('\n'))
            } else {
                attribute(head, "value").unwrap_or_default()
            };
            fields.push((name, value));
        }
        fields
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let place = tag.find(&start)? + start.len();
    Some(unescape(tag[place..].split('"').next()?))
}

fn unescape(text: &str) -> String {
    let plain = text.replace("&quot;", "\"").replace("&#34;", "\"").replace("&#39;", "'").replace("&#x27;", "'");
    plain
        .replace("&lt;", "<")
        .replace("&#60;", "<")
        .replace("&gt;", ">")
        .replace("&#62;", ">")
        .replace("&amp;", "&")
        .replace("&#38;", "&")
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: BTreeMap::new(), language: "ru" }
    }

    /// A browser in which a member of the staff is signed in to the console.
    pub async fn of_staff(app: &'a TestApp, member: &Member) -> Self {
        let mut browser = Self { language: "en", ..Self::new(app) };
        let page = browser.sign_in(&member.email, PASSWORD).await;
        assert_eq!(page.answer.status, 200, "{}", page.answer.text);
        assert!(page.path.starts_with("/staff/") && page.path != "/staff/sign-in", "{}", page.path);
        browser
    }

    /// Sends mail address and password at the page to sign in at.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Page {
        let page = self.open("/staff/sign-in").await;
        page.expect(200);
        self.send(&page, "/staff/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Opens an address and follows where it leads.
    pub async fn open(&mut self, path: &str) -> Page {
        let request = self.app.http.get(format!("{}{path}", self.app.base));
        self.follow(path, request).await
    }

    /// Sends a form: what the page filled in, with these fields in place of its own.
    pub async fn send(&mut self, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
        let mut fields = page.form(action);
        fields.retain(|(name, _)| !typed.iter().any(|(other, _)| other == name));
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(action, &fields).await
    }

    /// Sends fields to an address.
    pub async fn post(&mut self, action: &str, fields: &[(String, String)]) -> Page {
        let request = self.app.http.post(format!("{}{action}", self.app.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form_body(fields));
        self.follow(action, request).await
    }

    /// Sends a file by the form that leads to an address.
    pub async fn send_file(&mut self, page: &Page, action: &str, name: &str, content: &[u8]) -> Page {
        let request = self.app.http.post(format!("{}{action}", self.app.base));
        let request = forms::with_file(request, &page.form(action), name, "application/octet-stream", content);
        self.follow(action, request).await
    }

    /// Opens an address and stays there, wherever it leads.
    pub async fn step(&mut self, path: &str) -> Answer {
        let request = self.app.http.get(format!("{}{path}", self.app.base));
        self.one(request).await
    }

    async fn one(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let sent = request.header("accept-language", self.language).header(COOKIE, cookies.join("; "));
        let response = sent.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for cookie in headers.get_all(SET_COOKIE) {
            self.keep(cookie.to_str().unwrap());
        }
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    async fn follow(&mut self, path: &str, request: reqwest::RequestBuilder) -> Page {
        let (mut path, mut request) = (path.to_owned(), request);
        for _ in 0..5 {
            let answer = self.one(request).await;
            let Some(next) = answer.header("location").filter(|_| answer.status == 303).map(ToOwned::to_owned) else {
                return Page { path, answer };
            };
            request = self.app.http.get(format!("{}{next}", self.app.base));
            path = next;
        }
        panic!("{path} leads round and round");
    }

    /// Keeps a cookie, which must be one that no script and no other host gets at.
    fn keep(&mut self, cookie: &str) {
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(part), "{cookie} lacks {part}");
        }
        assert!(cookie.starts_with("__Host-") && !cookie.contains("Domain"), "{cookie}");
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        if cookie.contains("Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// The body of a form as browsers write it.
pub fn form_body(fields: &[(String, String)]) -> String {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

fn encode(text: &str) -> String {
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if safe(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
