//! Keys and tokens that stand in pages, so that every visitor has them.

use super::words::{contains_ignoring_case, words};

/// Beginnings of variables that are built into what browsers load.
const BUILT_IN: [&str; 10] = [
    "VITE_",
    "REACT_APP_",
    "VUE_APP_",
    "NG_APP_",
    "GATSBY_",
    "PUBLIC_",
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "STORYBOOK_",
];

/// Ends of names under which services give out what pages send, their words as one.
const IN_PAGES: [&str; 15] = [
    "algoliasearchapikey",
    "algoliasearchkey",
    "anonkey",
    "bugsnagapikey",
    "datadogclienttoken",
    "ddclienttoken",
    "growthbookclientkey",
    "honeybadgerfrontendapikey",
    "launchdarklyclientkey",
    "pusherappkey",
    "rollbarclienttoken",
    "segmentwritekey",
    "statsigclientkey",
    "tinymceapikey",
    "unleashfrontendtoken",
];

/// Whether a key's or token's name says that pages have it. What calls itself a secret stays one: then every
/// visitor has it by mistake.
pub(in crate::facts::credentials) fn is_in_pages(key: &str) -> bool {
    let is_built_in = BUILT_IN.iter().any(|prefix| key.starts_with(prefix))
        && !["secret", "private", "pass"]
            .iter()
            .any(|word| contains_ignoring_case(key, word));
    is_built_in || {
        let name = words(key).concat();
        IN_PAGES.iter().any(|end| name.ends_with(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_what_they_send() {
        for key in [
            "VITE_MIXPANEL_TOKEN",
            "REACT_APP_GOOGLE_MAPS_API_KEY",
            "NEXT_PUBLIC_FIREBASE_API_KEY",
            "SUPABASE_ANON_KEY",
            "DD_CLIENT_TOKEN",
            "algoliaSearchKey",
        ] {
            assert!(is_in_pages(key), "{key}");
        }
        for key in [
            "FIREBASE_API_KEY",
            "VITE_CLIENT_SECRET",
            "VITE_DB_PASSWORD",
            "ALGOLIA_ADMIN_KEY",
            "AZURE_SEARCH_KEY",
            "PUSHER_APP_SECRET",
            "invite_token",
        ] {
            assert!(!is_in_pages(key), "{key}");
        }
    }
}
