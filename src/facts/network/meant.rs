//! Which file a text means where a file's name stands in it: by the folder in front of the name, and by the one that the
//! commands before went to.

use super::super::{folder, normalized};
use super::command::unquoted;
use super::session::Session;
use super::target::TAKES;
use super::variable::{Named, named};

/// Programs that only show their words to a person, as scripts call them.
const PRINTERS: [&str; 15] = [
    "Write-Host",
    "Write-Output",
    "die",
    "echo",
    "error",
    "fail",
    "info",
    "log",
    "note",
    "ok",
    "print",
    "printf",
    "success",
    "warn",
    "warning",
];

/// A text with the path of its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script<'t> {
    pub(super) path: &'t str,
    pub(super) text: &'t str,
}

impl<'t> Script<'t> {
    /// Whether the name of a file at a place in a command may mean the file of that name with a path: no folder says that
    /// it is another one.
    pub(super) fn may_mean(self, at: usize, path: &str) -> bool {
        let word = self.word(at, path);
        let meant = named(word, self.text);
        // What stands in a list may be taken from any folder.
        let is_taken = self.is_taken(at + name_of(path).len() - word.len());
        let session = (is_taken && !word.starts_with('/')).then(|| self.session_at(at));
        let means = |one: &Named| match &session {
            Some(session) => session
                .path(one)
                .is_none_or(|known| ends_alike(&known, path)),
            None => ends_alike(&one.path, path),
        };
        meant.is_empty() || meant.iter().any(means)
    }

    /// Whether a word is what an option in front of it asks for.
    fn is_taken(self, start: usize) -> bool {
        let before = self.text[..start].trim_end_matches([' ', '"', '\'', '=']);
        let option = before.rsplit(char::is_whitespace).next();
        option.is_some_and(|option| option == "<" || TAKES.contains(&option))
    }

    /// Whether such a name means that file from the folder of the text, or from one around it.
    pub(super) fn finds(self, at: usize, path: &str) -> bool {
        let (word, path) = (self.word(at, path), normalized(path));
        let home = folder(self.path);
        let mut homes =
            std::iter::successors(Some(home), |home| (!home.is_empty()).then(|| folder(home)));
        homes.any(|home| normalized(&format!("{home}/{word}")) == path)
    }

    /// The word that ends with the name of a file which stands at a place.
    fn word(self, at: usize, path: &str) -> &'t str {
        const ENDS: &str = "\"'`=,()[]<>|;:&";
        let end = at + name_of(path).len();
        let start = self.text[..at].rfind(|one: char| one.is_whitespace() || ENDS.contains(one));
        let start = start.map_or(0, |last| {
            last + self.text[last..].chars().next().map_or(1, char::len_utf8)
        });
        &self.text[start..end]
    }

    /// Where the commands before a place went.
    fn session_at(self, at: usize) -> Session<'t> {
        let mut session = Session::of(self.path, self.text);
        let before = &self.text[..at];
        let mut lines = before.split('\n').map(str::trim).peekable();
        while let Some(line) = lines.next() {
            session.begin(line);
            let is_last = lines.peek().is_none();
            let followed = session.may_be_moved(line).then_some(line);
            let commands = followed.into_iter().flat_map(|line| line.split([';', '&']));
            let mut commands = commands.peekable();
            while let Some(command) = commands.next() {
                // The one around the place goes nowhere.
                if !is_last || commands.peek().is_some() {
                    let words: Vec<&str> = command.split_whitespace().map(unquoted).collect();
                    session.follow(&words);
                }
            }
            if !is_last {
                session.end(line);
            }
        }
        session
    }
}

/// Whether a command only prints, by its words up to a place.
pub(super) fn only_prints(command: &str) -> bool {
    const BEFORE: [&str; 5] = ["-", "@", "do", "else", "then"];
    let mut words = command.split_whitespace();
    let first = words.find(|word| !BEFORE.contains(word));
    let first = first.unwrap_or_default().trim_start_matches('@');
    let begin = first.split('_').next().unwrap_or(first);
    PRINTERS.contains(&first) || PRINTERS.contains(&begin)
}

/// The last step of a path.
pub(super) fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether two paths agree from their ends, as far as both are known.
fn ends_alike(one: &str, other: &str) -> bool {
    let known = |path: &str| -> Vec<String> {
        let path = normalized(path);
        let steps = path.rsplit('/').take_while(|step| *step != "..");
        steps
            .filter(|step| !step.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (one, other) = (known(one), known(other));
    one.iter().zip(&other).all(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means(path: &str, text: &str) -> bool {
        let at = text.rfind("np.yaml").expect("it is named");
        Script { path, text }.may_mean(at, "infra/k8s/web/np.yaml")
    }

    #[test]
    fn folders_tell_files_of_one_name_apart() {
        for (text, expected) in [
            ("kubectl apply -f np.yaml", true),
            ("kubectl apply -f ./np.yaml", true),
            ("kubectl apply -f web/np.yaml", true),
            ("kubectl apply -f ../k8s/web/np.yaml", true),
            ("kubectl apply -f /src/infra/k8s/web/np.yaml", true),
            ("kubectl apply -f api/np.yaml", false),
            ("kubectl apply -f infra/k8s/np.yaml", false),
            ("kubectl apply -f \"$ROOT/infra/k8s/web/np.yaml\"", true),
            ("kubectl apply -f \"${ROOT}/infra/k8s/np.yaml\"", false),
            ("kubectl apply -f \"$DIR\"/np.yaml", true),
            ("DIR=k8s/web\nkubectl apply -f $DIR/np.yaml", true),
            ("DIR=k8s/api\nkubectl apply -f $DIR/np.yaml", false),
            ("cd infra/k8s/web\nkubectl apply -f np.yaml", true),
            ("cd \"${ROOT}/infra/k8s\"\nkubectl apply -f np.yaml", false),
            ("cd infra/k8s && kubectl apply -f web/np.yaml", true),
            ("cd infra/k8s && kubectl apply -f np.yaml", false),
            ("(cd infra/k8s && ls)\nkubectl apply -f np.yaml", true),
            ("cd \"$1\"\nkubectl apply -f np.yaml", true),
            ("cd /tmp\nkubectl apply -f np.yaml", true),
            ("FILES=(web.yaml np.yaml)", true),
            ("cd tf\nfor f in web.yaml np.yaml; do a; done", true),
        ] {
            assert_eq!(means("deploy.sh", text), expected, "{text}");
        }
        // A folder lasts as long as the line of a Makefile.
        let apart = "a:\n\tcd infra/k8s\n\tkubectl apply -f np.yaml";
        assert!(means("Makefile", apart));
    }

    #[test]
    fn a_name_is_found_from_the_text_s_folder_and_those_around_it() {
        for (path, text, expected) in [
            ("infra/k8s/web/up.sh", "# np.yaml", true),
            ("infra/up.sh", "# k8s/web/np.yaml", true),
            ("scripts/up.sh", "# infra/k8s/web/np.yaml", true),
            ("infra/scripts/up.sh", "# ../k8s/web/np.yaml", true),
            ("scripts/up.sh", "# np.yaml", false),
        ] {
            let at = text.find("np.yaml").expect("it is named");
            let script = Script { path, text };
            assert_eq!(
                script.finds(at, "infra/k8s/web/np.yaml"),
                expected,
                "{path}"
            );
        }
    }

    #[test]
    fn what_prints_applies_nothing() {
        for (command, expected) in [
            ("echo -e \"now ", true),
            ("  @echo ", true),
            ("log_fail \"", true),
            ("then warn '", true),
            ("kubectl apply -f ", false),
            ("logrotate ", false),
            ("", false),
        ] {
            assert_eq!(only_prints(command), expected, "{command}");
        }
    }
}
