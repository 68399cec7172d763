//! Keys that speak of images: by their end, by more words than one, of maps and lists of images by some order, and of
//! repositories of registries that keep images alone.

use super::form::{GROUPED_HOSTS, PUBLIC_HOSTS, is_public_registry};

/// Keys whose image is another one's name for what ran before.
const PAST_KEYS: [&str; 2] = ["lastTriggeredImage", "currentImage"];

/// Whether a key says what ran before.
pub(super) fn is_past(key: &str) -> bool {
    PAST_KEYS.contains(&key)
}

/// Whether a key says that its value is an image.
pub(super) fn is_image_key(key: &str) -> bool {
    if is_past(key) {
        return false;
    }
    let ends = |end: &str| {
        key.len() >= end.len()
            && key.is_char_boundary(key.len() - end.len())
            && key[key.len() - end.len()..].eq_ignore_ascii_case(end)
    };
    ends("image") || ends("imagename") || ends("image_name") || ends("image_base")
}

/// What keys begin with whose images a policy lets pass or not.
const OF_POLICIES: [&str; 10] = [
    "allow", "block", "deny", "denied", "disallow", "exclude", "exempt", "forbid", "ignore", "skip",
];

/// Words right before `image` in the name of one that a build pushes, and nothing runs.
const PUSHED: [&str; 5] = ["target", "push", "dest", "destination", "output"];

/// Words before `target` that leave it what a build pushes; behind others it is a thing of theirs, such as
/// the target of a storage protocol.
const OF_BUILDS: [&str; 5] = ["build", "container", "docker", "push", "kaniko"];

/// Whether a name says of an image that a build pushes it: `TARGET_IMAGE`, `output-image`.
pub(super) fn is_pushed(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let qualifier = lower.rsplit_once("image").map_or("", |(before, _)| before);
    let mut words = qualifier
        .trim_end_matches(['-', '_', '.'])
        .rsplit(['-', '_', '.']);
    let is_pushed = words.next().is_some_and(|word| PUSHED.contains(&word));
    let mut before = words.filter(|word| !word.is_empty());
    let is_of_build = |word| OF_BUILDS.contains(&word);
    is_pushed && (!qualifier.contains("target") || before.next().is_none_or(is_of_build))
}

/// Whether a key begins with the word image, and says behind it which one: `image_store`.
pub(super) fn begins_with_image(key: &str) -> bool {
    let next = key
        .strip_prefix("image")
        .and_then(|rest| rest.bytes().next());
    next.is_some_and(|next| matches!(next, b'_' | b'-') || next.is_ascii_uppercase())
}

/// Whether a key says by its end that it refers to an image to run: `workImagePullSpec`, `agentImageRef`. A
/// value in full has to show it.
pub(super) fn refers_to_image(key: &str) -> bool {
    const ENDS: [&str; 10] = [
        "PullSpec",
        "Spec",
        "Ref",
        "Reference",
        "Uri",
        "URI",
        "Url",
        "URL",
        "_ref",
        "_uri",
    ];
    let mut images = ENDS.iter().filter_map(|end| key.strip_suffix(end));
    images.any(|image| image.ends_with("mage") && !is_pushed(image) && !is_of_policy(image))
}

/// Whether a key says that it is about the images of a policy.
fn is_of_policy(key: &str) -> bool {
    OF_POLICIES.iter().any(|word| key.starts_with(word))
}

/// Whether a key says that its values are images; those of which a policy speaks run elsewhere.
pub(super) fn is_plural(key: &str) -> bool {
    const LISTS: [&str; 3] = ["imageList", "ImageList", "image_list"];
    let is_list = key == "images" || key.ends_with("Images");
    (is_list || LISTS.iter().any(|end| key.ends_with(end))) && !is_of_policy(key)
}

/// Whether each map of a list under such a key is an image in parts, and nothing else says so: OpenWhisk's images that
/// bring their own program.
pub(super) fn holds_only_images(key: &str) -> bool {
    key == "blackboxes"
}

/// Whether a list under such a key holds containers, or a map is one.
pub(super) fn is_of_containers(key: &str) -> bool {
    const LISTS: [&str; 5] = ["ontainers", "idecars", "steps", "container", "script"];
    LISTS.iter().any(|end| key.ends_with(end))
}

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
    fn a_target_of_a_build_is_pushed_and_one_of_a_product_is_not() {
        for name in [
            "TARGET_IMAGE",
            "target-image",
            "DOCKER_TARGET_IMAGE",
            "APP_OUTPUT_IMAGE",
        ] {
            assert!(is_pushed(name), "{name}");
        }
        for name in ["CSTOR_TARGET_IMAGE", "iscsi-target-image", "SOURCE_IMAGE"] {
            assert!(!is_pushed(name), "{name}");
        }
    }

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
