//! How a chart's template puts an image together, as far as its text tells.

/// An image as a template prints it, part by part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateImage(pub Vec<Printed>);

/// A part of what a template prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// Text of the template itself.
    Text(String),
    /// The first of these that is given; nobody knows what is printed where none of them is.
    Value(Vec<Choice>),
}

/// What an action may print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Text in quotes.
    Text(String),
    /// A value of the chart, by its keys.
    Key(Vec<KeyStep>),
}

/// A step to a value of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStep {
    /// A key.
    Key(String),
    /// Each value of a list or a map, as `range` goes through it; the same for all keys of an image.
    Each,
}
