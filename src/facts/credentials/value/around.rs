//! What a value is judged by besides itself.

/// What stands around a value that may be a credential.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::facts::credentials) struct Around<'a> {
    /// The name of the setting.
    pub key: &'a str,
    /// User names that stand beside it.
    pub users: &'a [&'a str],
    /// The image of the container.
    pub image: Option<&'a str>,
    /// The key of the object or list that it stands in.
    pub parent: &'a str,
    /// What the object that it stands in is called.
    pub name: Option<&'a str>,
    /// The scheme of the URL.
    pub scheme: Option<&'a str>,
    /// Whether a name of something else may stand there as well.
    pub may_be_name: bool,
    /// Whether a program is given the value as it stands, in a variable, an entry of a Secret or an option, so
    /// that several words are no text for people.
    pub is_handed: bool,
    /// Names around: image, chart, keys above, file. In lower case.
    pub surroundings: &'a str,
}
