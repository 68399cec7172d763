//! What is known of packages wherever they are spoken of: how their registries compare names.

/// A name in the form in which its registry compares names, as the catalogue has it.
#[must_use]
pub fn compared_name(ecosystem: &str, name: &str) -> String {
    match ecosystem {
        "maven" => name.to_owned(),
        "go" => module_path(name).to_owned(),
        "cargo" => name.to_lowercase().replace('-', "_"),
        "pypi" => {
            let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
            parts.collect::<Vec<_>>().join("-").to_lowercase()
        }
        _ => name.to_lowercase(),
    }
}

/// A Go module's path without its major version.
fn module_path(name: &str) -> &str {
    match name.rsplit_once("/v") {
        Some((path, major))
            if !major.is_empty() && major.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            path
        }
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_their_ecosystem_does() {
        let cases = [
            ("pypi", "azure.storage__Blob", "azure-storage-blob"),
            ("go", "github.com/Azure/x/v2", "github.com/Azure/x"),
            ("go", "github.com/Azure/vault", "github.com/Azure/vault"),
            ("cargo", "azure-identity", "azure_identity"),
            ("nuget", "Azure.Identity", "azure.identity"),
        ];
        for (ecosystem, name, expected) in cases {
            assert_eq!(compared_name(ecosystem, name), expected);
        }
    }
}
