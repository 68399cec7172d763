//! What a value says of itself: whether it is known, guessed, drawn at random, or stands for something
//! kept elsewhere.

pub(super) mod around;
pub(super) mod characters;
pub(super) mod closed;
pub(super) mod der;
mod door;
mod foreign;
pub(super) mod guessed;
mod instruction;
pub(super) mod key_name;
pub(super) mod known;
pub(super) mod label;
mod listeners;
mod looked_up;
mod made_up;
mod masked;
pub(super) mod name;
pub(super) mod off;
mod origin;
pub(super) mod path;
mod patterns;
pub(super) mod placeholder;
mod product;
pub(super) mod public;
mod public_key;
pub(super) mod random;
pub(super) mod reference;
pub(super) mod row;
pub(super) mod salted;
pub(super) mod sample;
mod sendgrid;
pub(super) mod shape;
mod shuffled;
pub(super) mod token;
mod token_place;
mod tunnel_token;
mod web_token;
