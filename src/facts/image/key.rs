//! Keys that speak of images by more words than one: maps and lists of images by some order, and repositories of
//! registries that keep images alone. What a key says by its end belongs to `form`.

use super::form::{GROUPED_HOSTS, OF_POLICIES, PUBLIC_HOSTS, is_public_registry};

/// What the hosts end with on which clouds keep their users' images.
const CLOUD_HOSTS: [&str; 5] = [
    ".amazonaws.com",
    ".azurecr.io",
    ".gcr.io",
    ".ocir.io",
    ".pkg.dev",
];

/// Words in the name of what keeps charts, or packages, where others keep images.
const OF_CHARTS: [&str; 4] = ["chart", "helm", "maven", "npm"];

/// Words beside `image` in a key with which its values are no images that run.
const OF_OTHERS: [&str; 12] = [
    "change", "clean", "cleaner", "content", "gc", "mirror", "mirrors", "pull", "push", "scan",
    "stream", "updater",
];

/// The words of a key in lower case, however it sets them apart.
pub(super) fn words_of(key: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut was_lower = false;
    for letter in key.chars() {
        if !letter.is_ascii_alphanumeric() || (was_lower && letter.is_ascii_uppercase()) {
            spaced.push(' ');
        }
        if letter.is_ascii_alphanumeric() {
            spaced.push(letter.to_ascii_lowercase());
        }
        was_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
    }
    spaced
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a key holds the word image among others, so that what stands below it may be images by some order:
/// `imageVariants`, `imagesByVersion`, `proxyImageMap`.
pub(super) fn speaks_of_images(key: &str) -> bool {
    if !key.to_ascii_lowercase().contains("image") {
        return false;
    }
    let words = words_of(key);
    let is_of_other = |word: &String| {
        OF_OTHERS.contains(&word.as_str())
            || OF_POLICIES.iter().any(|start| word.starts_with(start))
    };
    words.iter().any(|word| word == "image" || word == "images") && !words.iter().any(is_of_other)
}

/// Whether a key says by its end that its text lists images: `JOB_IMAGES`, `image-list`.
pub(super) fn lists_images(key: &str) -> bool {
    if !speaks_of_images(key) {
        return false;
    }
    let words = words_of(key);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    matches!(words[..], [.., "images"] | [.., "image", "list"])
}

/// Words in the name of a repository that holds sources.
const OF_SOURCES: [&str; 6] = ["code", "docs", "git", "github", "module", "source"];

/// Whether the name of a repository says that it holds sources, charts or packages.
pub(super) fn is_of_sources(name: &str) -> bool {
    let words = words_of(name);
    let mut words = words.iter().map(String::as_str);
    words.any(|word| OF_SOURCES.contains(&word) || OF_CHARTS.contains(&word))
}

/// Whether the texts of an object have a key that ends with `repo`, and a registry of images.
pub(super) fn names_repository(text: &str) -> bool {
    let mut hosts = CLOUD_HOSTS
        .iter()
        .chain(&GROUPED_HOSTS)
        .chain(&PUBLIC_HOSTS);
    text.contains("epo\n") && hosts.any(|host| text.contains(host))
}

/// Whether a key names a repository, and its value one of a registry for images alone: `ecr_repo`.
pub(super) fn is_repository_of_images(key: &str, value: &str) -> bool {
    const ENDS: [&str; 2] = ["repo", "repository"];
    let host = value.split('/').next().unwrap_or_default();
    let is_of_images =
        || is_public_registry(value) || CLOUD_HOSTS.iter().any(|end| host.ends_with(end));
    let is_of_charts = || {
        [key, value]
            .iter()
            .any(|text| OF_CHARTS.iter().any(|word| text.contains(word)))
    };
    value.contains('/')
        && is_of_images()
        && !is_of_charts()
        && words_of(key)
            .split_last()
            .is_some_and(|(last, before)| !before.is_empty() && ENDS.contains(&last.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_may_hold_the_word_image_among_others() {
        for key in [
            "compileImageVariants",
            "imageOverrides",
            "images_by_version",
            "proxyImageMap",
            "IMAGE_MAP",
        ] {
            assert!(speaks_of_images(key), "{key}");
        }
        for key in [
            "imagine",
            "allowedImageMap",
            "imagePullSecrets",
            "imageChangeParams",
            "excludeImagesFrom",
            "imageMirrors",
        ] {
            assert!(!speaks_of_images(key), "{key}");
        }
    }

    #[test]
    fn a_key_may_say_that_its_text_lists_images() {
        for key in [
            "JOB_IMAGES",
            "images",
            "jobImages",
            "IMAGE_LIST",
            "image-list",
        ] {
            assert!(lists_images(key), "{key}");
        }
        for key in [
            "ALLOWED_IMAGES",
            "IMAGES_PATH",
            "IMAGE",
            "SCAN_IMAGE_LIST",
            "LIST",
        ] {
            assert!(!lists_images(key), "{key}");
        }
    }

    #[test]
    fn a_repository_is_of_images_by_its_host() {
        let ecr = "123456789012.dkr.ecr.us-east-2.amazonaws.com/worker";
        for (key, value) in [
            ("ecr_repo", ecr),
            ("workerRepo", "quay.io/shop/worker"),
            ("job-repository", ecr),
        ] {
            assert!(is_repository_of_images(key, value), "{key}");
        }
        for (key, value) in [
            ("chart_repo", ecr),
            ("app_repo", "ghcr.io/shop/charts/web"),
            ("app_repo", "github.com/shop/web"),
            ("app_repo", "s3.amazonaws.com"),
            ("reponame", ecr),
            ("repo", ecr),
        ] {
            assert!(!is_repository_of_images(key, value), "{key}");
        }
    }
}
