//! What values are for, by the names of variables and flags, by texts and by the pod's own names: whom a workload
//! calls, or only of whom it speaks.

use std::borrow::Cow;

/// Words in the names of variables whose whole value may be a host.
const HOST_WORDS: [&str; 17] = [
    "ADDR", "BACKEND", "BROKER", "CONNECT", "DSN", "ENDPOINT", "HOST", "NODES", "PEERS", "SERVER",
    "SERVICE", "TARGET", "UPSTREAM", "URI", "URL", "PROXY", "SVC",
];

/// Words in names of what speaks of others: who may call, under which address others call, who is passed over, whose
/// certificate or token it is, and what a browser is told.
const SPEAKING: [&str; 24] = [
    "ADVERTISED",
    "ALLOWED",
    "ALT_NAME",
    "AUDIENCE",
    "CORS",
    "CSP_",
    "DNS_NAME",
    "ENTITY_ID",
    "EXCLUDE",
    "FRAME_ANCESTORS",
    "IGNORE_",
    "IGNORED",
    "NONPROXY",
    "NON_PROXY",
    "NOPROXY",
    "NO_PROXY",
    "OPENAPI_SERVER",
    "ORIGIN",
    "REACT_APP_",
    "REDIRECT",
    "REFERER",
    "REFERRER",
    "SWAGGER",
    "TLS_SERVER_NAME",
];

/// The last words of names of the same.
const SPEAKING_ENDS: [&str; 4] = ["_AUD", "_CN", "_SAN", "_SANS"];

/// What a bundler writes into pages for browsers.
const OF_PAGES: &str = "VITE_";

/// The last words of names that choose a driver by its name.
const CHOOSING: [&str; 2] = ["BACKEND", "CONNECTION"];

/// Drivers that are called as the programs they are for, as Services of these are.
const DRIVERS: [&str; 19] = [
    "beanstalkd",
    "clickhouse",
    "elasticsearch",
    "etcd",
    "kafka",
    "mariadb",
    "memcached",
    "minio",
    "mongo",
    "mongodb",
    "mysql",
    "nats",
    "opensearch",
    "postgres",
    "postgresql",
    "rabbitmq",
    "redis",
    "valkey",
    "vault",
];

/// Programs that take names of hosts to write them down, each with those of their verbs that call these.
const WRITING: [(&str, &[&str]); 2] = [
    ("keytool", &["-printcert"]),
    ("openssl", &["ocsp", "s_client", "s_time"]),
];

/// Programs that ask for the address of a host, and do not call it.
const RESOLVING: [&str; 7] = [
    "delv",
    "dig",
    "drill",
    "getent",
    "host",
    "nslookup",
    "resolvectl",
];

/// Whether a variable or flag is not about whom the workload calls.
pub(super) fn only_speaks(name: &str) -> bool {
    let name = written(name);
    holds_any(&name, &SPEAKING)
        || SPEAKING_ENDS.iter().any(|end| name.ends_with(end))
        || name.starts_with(OF_PAGES)
}

/// Whether a variable's or flag's name says that its value is a host. `…_NAME` names something
/// else, but for host names.
pub(super) fn is_host_word(name: &str) -> bool {
    let name = written(name);
    let is_name =
        name.ends_with("NAME") && !name.ends_with("HOSTNAME") && !name.ends_with("HOST_NAME");
    !is_name && holds_any(&name, &HOST_WORDS)
}

/// Whether a variable's name says that its value may be a host, and that is not one of the drivers that it may choose.
pub(super) fn may_be_host(name: &str, value: &str) -> bool {
    let chooses = || CHOOSING.iter().any(|end| written(name).ends_with(end));
    is_host_word(name) && !(DRIVERS.contains(&value) && chooses())
}

/// Whether a file only shows addresses: a page, a dashboard of Grafana, or rules of Prometheus.
pub(super) fn only_shows(key: &str, text: &str) -> bool {
    let is_page = || key.ends_with(".html") || key.ends_with(".htm");
    let is_dashboard = || {
        let text = text.trim_start();
        let shows = || text.contains("\"targets\"") && text.contains("\"expr\"");
        text.starts_with('{') && (text.contains("\"panels\"") || shows())
    };
    let is_rules = || {
        let has_rules = text.contains("alert:") || text.contains("record:");
        has_rules && text.contains("groups:") && text.contains("expr:")
    };
    is_page() || is_dashboard() || is_rules()
}

/// Whether the words of a command are of a program that writes hosts down.
pub(super) fn only_writes<'w>(mut words: impl Iterator<Item = &'w str>) -> bool {
    let name = words.next().unwrap_or_default();
    let mut known = WRITING.iter();
    let found = known.find(|(program, _)| *program == name);
    found.is_some_and(|(_, calling)| words.all(|word| !calling.contains(&word)))
}

/// Whether a program only asks for the address of what it is told.
pub(super) fn only_resolves(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    RESOLVING.contains(&name)
}

/// A name as variables are written.
fn written(name: &str) -> Cow<'_, str> {
    let is_written = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if name.bytes().all(is_written) {
        return Cow::Borrowed(name);
    }
    let name = name.trim_start_matches('-').to_ascii_uppercase();
    Cow::Owned(name.replace(['-', '.'], "_"))
}

/// Whether a name holds one of some words: names are short, and there is one of each variable.
fn holds_any(name: &str, words: &[&str]) -> bool {
    let name = name.as_bytes();
    (0..name.len()).any(|at| {
        let rest = &name[at..];
        words
            .iter()
            .any(|word| rest[0] == word.as_bytes()[0] && rest.starts_with(word.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_variables_only_speak_of_hosts() {
        for name in [
            "NO_PROXY",
            "no_proxy",
            "JWT_AUDIENCE",
            "TOKEN_AUD",
            "SAML_ENTITY_ID",
            "TLS_SAN",
            "SSL_CN",
            "CERT_DNS_NAMES",
            "REACT_APP_API_URL",
            "VITE_API_URL",
            "CSP_CONNECT_SRC",
            "REFERER",
            "IGNORED_HOSTS",
            "EXCLUDE_HOSTS",
            "CORS_ORIGIN",
            "--tls-server-name",
            "--allowed-hosts",
        ] {
            assert!(only_speaks(name), "{name}");
        }
        for name in [
            "API_URL",
            "UPSTREAM",
            "HTTP_PROXY",
            "JWT_ISSUER",
            "NEXT_PUBLIC_API_URL",
            "INVITE_URL",
            "CN_API_URL",
            "DNS_SERVER",
            "--server",
        ] {
            assert!(!only_speaks(name), "{name}");
        }
    }

    #[test]
    fn a_driver_is_chosen_by_its_bare_name() {
        for (name, value, expected) in [
            ("QUEUE_CONNECTION", "redis", false),
            ("CELERY_RESULT_BACKEND", "redis", false),
            ("DB_CONNECTION", "mysql", false),
            ("BACKEND", "api", true),
            ("API_BACKEND", "api", true),
            ("REDIS_HOST", "redis", true),
            ("CONNECTION_URL", "redis", true),
            ("MODE", "redis", false),
        ] {
            assert_eq!(may_be_host(name, value), expected, "{name}={value}");
        }
    }

    #[test]
    fn pages_dashboards_and_rules_only_show_addresses() {
        let rules = "groups:\n- rules:\n  - alert: A\n    expr: up == 0\n";
        for (key, text, expected) in [
            ("index.html", "<a href='http://db:80'>", true),
            (
                "d.json",
                "{\"panels\": [{\"url\": \"http://db:80\"}]}",
                true,
            ),
            ("r.yml", rules, true),
            ("a.json", "{\"url\": \"http://db:80\"}", false),
            (
                "prometheus.yml",
                "rule_files: [r.yml]\nscrape_configs: []\n",
                false,
            ),
        ] {
            assert_eq!(only_shows(key, text), expected, "{key}");
        }
    }

    #[test]
    fn certificates_are_made_without_a_call() {
        for (command, expected) in [
            ("openssl req -x509 -subj /CN=db", true),
            ("keytool -genkeypair -dname CN=db", true),
            ("openssl s_client -connect db:80", false),
            ("curl http://db:80", false),
        ] {
            assert_eq!(only_writes(command.split(' ')), expected, "{command}");
        }
    }
}
