//! Values that tell where the real one comes from or how it is made, as files that are to be copied have them.

/// How such an instruction begins, letters and digits only.
const MADE_BY: [&str; 6] = [
    "generatewith",
    "generatedwith",
    "generateusing",
    "generateby",
    "createwith",
    "createdwith",
];

/// What keeps secrets outside of files, letters and digits only.
const STORES: [&str; 9] = [
    "externalsecret",
    "externalsecrets",
    "keyvault",
    "parameterstore",
    "secretmanager",
    "secretsmanager",
    "secretstore",
    "ssm",
    "vault",
];

/// Whether the letters and digits of a value say so: `from-aws-secrets-manager`, `generate-with-openssl-rand-hex-32`.
pub(super) fn tells_origin(letters: &str) -> bool {
    let is_stored = STORES.iter().any(|store| letters.ends_with(store));
    MADE_BY.iter().any(|start| letters.starts_with(start))
        || (letters.starts_with("from") && is_stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_no_credential() {
        for letters in [
            "fromawssecretsmanager",
            "fromvault",
            "generatewithopensslrandhex32",
        ] {
            assert!(tells_origin(letters), "{letters}");
        }
        for letters in ["fromage", "vault", "secretsmanager", "generate"] {
            assert!(!tells_origin(letters), "{letters}");
        }
    }
}
