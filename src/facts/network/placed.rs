//! Objects where they are put: by whom, into which clusters, and whom they meet there.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::Resource;

/// An object where it is put.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// The position of the one that is written.
    pub(super) written: usize,
    /// The object.
    pub(super) resource: Resource,
    /// Who put it there.
    pub(super) by: By,
    /// The clusters that it is put into, where these are told apart; none where it may be any.
    pub(super) clusters: BTreeSet<usize>,
    /// Whom it meets, where it leaves its namespace open.
    pub(super) hand: Hand,
}

/// Who puts an object where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// Nobody: it stays where it is written.
    Nobody,
    /// A kustomization that no other one takes along.
    Overlay,
    /// One that others take along, if somebody applies it.
    Base,
}

/// Who applies an object that names no namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Hand {
    /// Who applies all else that names none, or the object names one.
    #[default]
    Any,
    /// Who applies a kustomization, or what one leaves out.
    Own(Arc<str>),
    /// Nobody knows: what has no pods of its own is for those of others.
    Each,
    /// Who applies what kustomizations leave out, and not what they take along: a policy that names its namespace.
    Left,
}
