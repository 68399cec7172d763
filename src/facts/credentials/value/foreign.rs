//! Placeholders in other languages than English: `dein-passwort`, `votre_mot_de_passe`.

/// Words for what is the reader's own, in lower case, letters only.
const YOURS: [&str; 19] = [
    "dein", "deine", "ihr", "votre", "ton", "su", "tu", "sua", "seu", "jouw", "uw", "ditt", "din",
    "iltuo", "latua", "你的", "您的", "ваш", "твой",
];

/// Words for a password.
const PASSWORDS: [&str; 16] = [
    "passwort",
    "kennwort",
    "password",
    "motdepasse",
    "contraseña",
    "contrasena",
    "senha",
    "wachtwoord",
    "lösenord",
    "losenord",
    "hasło",
    "пароль",
    "密码",
    "密碼",
    "パスワード",
    "비밀번호",
];

/// What says that it belongs there.
const HERE: [&str; 8] = [
    "hier",
    "hiereintragen",
    "hiereinfügen",
    "ici",
    "aqui",
    "aquí",
    "qui",
    "här",
];

/// Whole values that ask for another one.
const ASKING: [&str; 11] = [
    "reemplazar",
    "remplacer",
    "aremplacer",
    "acompleter",
    "àcompléter",
    "substituir",
    "ersetzen",
    "bitteersetzen",
    "cambiarporvalorreal",
    "degistirin",
    "değiştirin",
];

/// Whether a value asks for the reader's own one in one of these languages.
pub(super) fn is_asked_in_another_language(value: &str) -> bool {
    let letters = folded(value);
    let is_word = |word: &str| PASSWORDS.contains(&word);
    let is_yours = |yours: &&str| letters.strip_prefix(yours).is_some_and(is_word);
    let is_here = HERE.iter().any(|here| {
        let word = letters.strip_suffix(here).unwrap_or_default();
        is_word(word) && word != "password"
    });
    ASKING.contains(&letters.as_str()) || is_here || YOURS.iter().any(is_yours)
}

/// Whether a value is nothing but the word for what it is, in any of these languages.
pub(super) fn is_own_word(value: &str) -> bool {
    PASSWORDS.contains(&folded(value).as_str())
}

/// The letters of a value in lower case; of a value that has others than letters between, none.
fn folded(value: &str) -> String {
    let is_sign = |one: char| "-_ ".contains(one);
    if value.len() > 64 || !value.chars().all(|one| one.is_alphabetic() || is_sign(one)) {
        return String::new();
    }
    value
        .chars()
        .filter(|one| !is_sign(*one))
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_asked_in_many_languages() {
        for value in [
            "dein-passwort",
            "IhrPasswort",
            "passwort-hier-eintragen",
            "votre-mot-de-passe",
            "mot_de_passe_ici",
            "tu-contraseña",
            "sua-senha",
            "ditt-lösenord",
            "il-tuo-password",
            "jouw-wachtwoord",
            "你的密码",
            "ваш_пароль",
            "REEMPLAZAR",
            "a-completer",
        ] {
            assert!(is_asked_in_another_language(value), "{value}");
        }
        for value in [
            "passwort",
            "dein-passwort-7",
            "password",
            "shop-senha",
            "ditto",
        ] {
            assert!(!is_asked_in_another_language(value), "{value}");
        }
        assert!(is_own_word("パスワード") && !is_own_word("dein-passwort"));
    }
}
