//! The variables, with their defaults and meanings: one table for `.env.example`, the documentation and the tests.

/// One variable: its name, its default as it is shown to people, and what it means.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// The name in the environment.
    pub name: &'static str,
    /// The default; empty when there is none.
    pub default: &'static str,
    /// What it means, for `.env.example` and the documentation.
    pub meaning: &'static str,
}

/// All variables, in the order of `.env.example`.
pub const VARIABLES: &[Variable] = &[
    Variable {
        name: "DATABASE_URL",
        default: "sqlite:./data/otinish.db",
        meaning: "sqlite:<file> or postgres://<user>:<password>@<host>/<database>",
    },
    Variable {
        name: "BIND_ADDR",
        default: "127.0.0.1:8080",
        meaning: "address and port to listen on; port 0 takes a free one",
    },
    Variable {
        name: "PUBLIC_URL",
        default: "http://127.0.0.1:8080",
        meaning: "how people reach this server: links in mails and problem types begin with it",
    },
    Variable {
        name: "TLS_CERT",
        default: "",
        meaning: "file of the certificate chain in PEM: with it and TLS_KEY the server speaks HTTPS. SIGHUP reads both again",
    },
    Variable { name: "TLS_KEY", default: "", meaning: "file of the certificate's private key in PEM, mode 0600" },
    Variable {
        name: "DATA_DIR",
        default: "./data",
        meaning: "folder of the embedded database, the key ring and mails as files",
    },
    Variable {
        name: "CONFIG_DIR",
        default: ".",
        meaning: "folder with operators/, rules/, calendars/ and locales/; what is not there is taken from the copies built in",
    },
    Variable {
        name: "SMTP_URL",
        default: "",
        meaning: "smtp://<user>:<password>@<host>:587 (STARTTLS) or smtps://…:465; without it mails are files in DATA_DIR/mail",
    },
    Variable { name: "MAIL_FROM", default: "no-reply@otinish.example.kz", meaning: "sender address of all mails" },
    Variable {
        name: "KEY_RING",
        default: "./data/keyring.json",
        meaning: "file of the key ring (mode 0600), or the ring itself as JSON. Back it up apart from the database",
    },
    Variable {
        name: "FILES_URL",
        default: "file:./data/files",
        meaning: "where sealed files lie: file:<folder>, or s3://<bucket>/<prefix> that nothing else uses",
    },
    Variable {
        name: "AUDIT_DIR",
        default: "./data/audit",
        meaning: "folder for the signed checkpoints of the audit; keep a copy where nobody who runs the database can write",
    },
    Variable { name: "S3_ENDPOINT", default: "", meaning: "address of a store that speaks S3; none for AWS" },
    Variable { name: "S3_REGION", default: "us-east-1", meaning: "region of the bucket" },
    Variable { name: "S3_ACCESS_KEY_ID", default: "", meaning: "who writes to the bucket" },
    Variable { name: "S3_SECRET_ACCESS_KEY", default: "", meaning: "their secret" },
    Variable { name: "S3_TIMEOUT", default: "30", meaning: "seconds that one call to the store may take" },
    Variable {
        name: "CLAMD",
        default: "",
        meaning: "virus scanner that speaks clamd's protocol: tcp://<host>:<port> or unix:<path>. Without it files are not scanned",
    },
    Variable {
        name: "CLAMD_TIMEOUT",
        default: "30",
        meaning: "seconds that the scanner may take for an answer before a file is kept unscanned and tried again later",
    },
    Variable {
        name: "OIDC_ISSUER",
        default: "",
        meaning: "external sign-in service of the staff (OpenID Connect): its issuer, https://<host>/<path>",
    },
    Variable { name: "OIDC_CLIENT_ID", default: "", meaning: "as whom this deployment is known to it" },
    Variable { name: "OIDC_CLIENT_SECRET", default: "", meaning: "the client's secret, where the service gives one" },
    Variable { name: "OIDC_NAME", default: "", meaning: "what stands on the button; the issuer's host when empty" },
    Variable {
        name: "OIDC_SECOND_FACTOR",
        default: "",
        meaning: "words in amr or acr that are taken for a second factor, such as mfa, otp; none when empty",
    },
    Variable {
        name: "RATE_LIMITS",
        default: "on",
        meaning: "on, or off for load tests on loopback; the lock-out of sign-ins stays",
    },
    Variable {
        name: "TRUSTED_PROXIES",
        default: "",
        meaning: "addresses or networks of reverse proxies whose X-Forwarded-For is believed, such as 127.0.0.1, 10.0.0.0/8",
    },
    Variable {
        name: "ALERTS",
        default: "",
        meaning: "other thresholds of alerts than the usual ones, as <kind>=<cases>/<minutes>, such as wrong_secrets=20/60; see docs/alerts.md",
    },
    Variable {
        name: "METRICS_TOKEN",
        default: "",
        meaning: "who shows it in Authorization: Bearer may read GET /metrics; without it only the machine itself may, while PUBLIC_URL names it",
    },
    Variable { name: "DATABASE_CONNECTIONS", default: "8", meaning: "connections per process, 2 to 200" },
    Variable { name: "LOG_FORMAT", default: "text", meaning: "text or json" },
    Variable { name: "RUST_LOG", default: "info", meaning: "what is logged, such as info or otinish=debug" },
];

/// The text of `.env.example`.
#[must_use]
pub fn example_file() -> String {
    let mut text = String::from(
        "# Settings of Otinish. Copy this file to .env and change what you need; each line shows the default.\n",
    );
    for variable in VARIABLES {
        text.extend([format!("\n# {}\n# {}={}\n", variable.meaning, variable.name, variable.default)]);
    }
    text
}
