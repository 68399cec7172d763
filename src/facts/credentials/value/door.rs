//! Doors that are not a program's own: of its metrics and probes, of the server that it is a client of, one way of
//! several to log in, a page that shows no login. Who finds such a one open is not let in to the program.

use crate::facts::credentials::key::words::words;

/// Words of a switch, or of the keys above it, that say so.
const OTHERS: [&str; 31] = [
    "metric",
    "metrics",
    "monitor",
    "monitoring",
    "exporter",
    "health",
    "healthcheck",
    "healthz",
    "probe",
    "probes",
    "liveness",
    "readiness",
    "smtp",
    "mail",
    "mailer",
    "email",
    "oauth",
    "oidc",
    "saml",
    "ldap",
    "client",
    // From machine to machine: how a program logs in at another one.
    "m2m",
    "external",
    "upstream",
    "remote",
    "proxy",
    "datasource",
    "git",
    "basic",
    "local",
    "anonymous",
];

/// How variables begin that are built into a page.
const OF_PAGES: [&str; 7] = [
    "VITE_",
    "REACT_APP_",
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
];

/// Whether a switch of authentication is of another door, by its name or by the keys above it, with `.` between.
pub(super) fn is_of_another(key: &str, above: &str) -> bool {
    let names_another = |part: &str| {
        let words = words(part);
        words.iter().any(|word| OTHERS.contains(&word.as_str()))
    };
    OF_PAGES.iter().any(|start| key.starts_with(start))
        || key.split('.').chain(above.split('.')).any(names_another)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_another_by_its_name_or_by_what_it_is_of() {
        for (key, above) in [
            ("METRICS_DISABLE_AUTH", ""),
            ("HEALTHCHECK_NO_AUTH", "spec.containers.env.value"),
            ("BASIC_AUTH_DISABLED", ""),
            ("REACT_APP_NO_AUTH", ""),
            ("disableAuth", "metrics.disableAuth"),
            ("authEnabled", "serviceMonitor.authEnabled"),
            ("auth.enabled", "redis-exporter.auth.enabled"),
            ("externalRedis.auth.enabled", ""),
            ("authEnabled", "deployment.m2m.authEnabled"),
        ] {
            assert!(is_of_another(key, above), "{key} {above}");
        }
        for (key, above) in [
            ("DISABLE_AUTH", "spec.containers.env.value"),
            ("API_AUTH_DISABLED", ""),
            ("authEnabled", "api.authEnabled"),
            ("disableAuth", "gitea.disableAuth"),
            ("auth.enabled", "redis.auth.enabled"),
        ] {
            assert!(!is_of_another(key, above), "{key} {above}");
        }
    }
}
