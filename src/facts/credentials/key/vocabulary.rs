//! The words that names of settings are made of, and what each says about the setting.

/// Words without which a key means nothing here.
pub(super) const HINTS: [&str; 22] = [
    "pass",
    "pwd",
    "pw",
    "psw",
    "secret",
    "token",
    "key",
    "auth",
    "user",
    "login",
    "erlang",
    "psk",
    "plex",
    "super",
    "salt",
    "cookie",
    "bind",
    "community",
    "secert",
    "senha",
    "contrase",
    "sifre",
];

/// Words that make a key a switch or a rule about credentials instead of one, or say that its
/// value is no longer one. They speak of the name that they stand in: of
/// `encryptedObjects.encryptionKey` only the last one is a credential's.
pub(super) const SWITCHES: [&str; 20] = [
    "random",
    "allow",
    "enable",
    "enabled",
    "disable",
    "disabled",
    "require",
    "required",
    "generate",
    "generated",
    "use",
    "expiry",
    "expire",
    "show",
    "hide",
    "skip",
    "without",
    "hash",
    "hashed",
    "encrypted",
];

/// Words that say so of everything behind them.
pub(super) const EXPOSED: [&str; 3] = ["public", "publishable", "checksum"];

/// Words that do so right before the credential's name; further ahead they may name a service:
/// `validation-db-password`.
pub(super) const RULES: [&str; 14] = [
    "reset",
    "forgot",
    "forget",
    "min",
    "max",
    "length",
    "validate",
    "validation",
    "prompt",
    "hint",
    "update",
    "digest",
    "fingerprint",
    "thumbprint",
];

/// Words after a credential's name that do not change what it is, or say whose or which one it is.
pub(super) const TAILS: [&str; 27] = [
    "value",
    "plain",
    "plaintext",
    "cleartext",
    "txt",
    "default",
    "literal",
    "b64",
    "base64",
    "in",
    "internal",
    "external",
    "prod",
    "production",
    "staging",
    "dev",
    "development",
    "test",
    "live",
    "primary",
    "secondary",
    "old",
    "new",
    "current",
    "previous",
    "backup",
    "fallback",
];

/// Words that end in `pass` and are none.
pub(super) const NO_PASSWORD: [&str; 10] = [
    "askpass",
    "bypass",
    "compass",
    "encompass",
    "surpass",
    "trespass",
    "overpass",
    "underpass",
    "multipass",
    "singlepass",
];

/// Words before `pass` that make it something else.
pub(super) const BEFORE_PASS: [&str; 11] = [
    "proxy", "fastcgi", "uwsgi", "scgi", "grpc", "by", "first", "second", "single", "low", "high",
];

/// Words before `secret` that leave no doubt that the secret itself follows, not a Secret's name.
pub(super) const SECRET_OF: [&str; 32] = [
    "client",
    "jwt",
    "session",
    "cookie",
    "app",
    "application",
    "api",
    "webhook",
    "signing",
    "hmac",
    "oauth",
    "oidc",
    "consumer",
    "shared",
    "admin",
    "hashing",
    "encryption",
    "encoder",
    "nextauth",
    "csrf",
    "otp",
    "django",
    "flask",
    "state",
    "sso",
    "saml",
    "keycloak",
    "http",
    "my",
    "access",
    "refresh",
    "radius",
];

/// Words before `secret` where it is mostly the name of a Secret: `tlsSecret`.
pub(super) const SECRET_NAMED: [&str; 32] = [
    "tls",
    "ssl",
    "cert",
    "certs",
    "certificate",
    "certificates",
    "ca",
    "pull",
    "push",
    "image",
    "registry",
    "docker",
    "ingress",
    "kube",
    "kubernetes",
    "helm",
    "db",
    "database",
    "credential",
    "credentials",
    "creds",
    "password",
    "passwords",
    "user",
    "username",
    "source",
    "target",
    "existing",
    "backup",
    "storage",
    "external",
    "config",
];

/// Words before `pin` where it is what somebody must know.
pub(super) const PIN_OF: [&str; 10] = [
    "user", "login", "so", "hsm", "softhsm", "pkcs", "token", "slot", "officer", "card",
];

/// What Ory's programs keep below `secrets`, each a list of keys of which the first is used.
pub(in crate::facts::credentials) const SECRETS_OF_ORY: [&str; 5] =
    ["system", "cookie", "cipher", "default", "pagination"];

/// Words before `key` for keys of which nobody writes the name instead.
pub(super) const SURE_KEY_OF: [&str; 16] = [
    "fernet",
    "api",
    "master",
    "sign",
    "signing",
    "encryption",
    "admin",
    "auth",
    "unseal",
    "hmac",
    "jwt",
    "gossip",
    "preshared",
    "crypto",
    "enc",
    "encrypt",
];

/// Words before `key` for keys that open something.
pub(super) const KEY_OF: [&str; 16] = [
    "root",
    "token",
    "access",
    "account",
    "storage",
    "shared",
    "private",
    "client",
    "app",
    "subscription",
    "function",
    "host",
    "integration",
    "session",
    "identity",
    "installation",
];

/// Words before `key` for keys that everyone may know.
pub(super) const NO_KEY: [&str; 28] = [
    // Of whom a tunnel leads to, only the public one is known.
    "peer",
    "public",
    "pub",
    "verification",
    "verifying",
    "verifier",
    "partition",
    "sort",
    "primary",
    "foreign",
    "cache",
    "lookup",
    "routing",
    "row",
    "hash",
    "group",
    "label",
    "annotation",
    "config",
    "map",
    "object",
    "instrumentation",
    "site",
    "pass",
    "password",
    "user",
    "username",
    "ssh",
];

/// Words of the names of keys that are built into pages, or that say where something is.
pub(in crate::facts::credentials) const SEEN_BY_ALL: [&str; 26] = [
    "vite",
    "next",
    "react",
    "nuxt",
    "expo",
    "gatsby",
    "public",
    "browser",
    "frontend",
    "client",
    "anon",
    "write",
    "search",
    "site",
    "captcha",
    "recaptcha",
    "hcaptcha",
    "turnstile",
    "vapid",
    "maps",
    "analytics",
    "pusher",
    "bucket",
    "prefix",
    "file",
    "path",
];

/// What others call a password; each is the end of a name.
pub(super) const FOREIGN: [&str; 19] = [
    "senha",
    "contrasena",
    "contrasenia",
    "contraseña",
    "kennwort",
    "wachtwoord",
    "haslo",
    "hasło",
    "losenord",
    "lösenord",
    "adgangskode",
    "salasana",
    "heslo",
    "lozinka",
    "sifre",
    "şifre",
    "motdepasse",
    "mot_de_passe",
    "mdp",
];

/// Words before `token` for tokens that open nothing.
pub(super) const NO_TOKEN: [&str; 24] = [
    "page",
    "next",
    "continue",
    "cancellation",
    "id",
    "review",
    "max",
    "stop",
    "pad",
    "end",
    "start",
    "automount",
    "account",
    "unk",
    "eos",
    "bos",
    "sep",
    "mask",
    "cls",
    "input",
    "output",
    "prompt",
    "completion",
    "total",
];
