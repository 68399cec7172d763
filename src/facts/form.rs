//! The form in which rules see facts.

use serde_json::{Value, json};

use super::build::BuildTie;
use super::command::AzureCommand;
use super::credentials::{Credential, Verdict};
use super::crossing::{Crossing, What};
use super::place::{path, with_part};

/// A credential, with the numbers of those that are the same.
pub(super) fn credential(credential: &Credential, same: Option<usize>) -> Value {
    let mut fact = json!({
        "path": path(&credential.path),
        "key": credential.key,
        "kind": credential.kind.as_str(),
        "verdict": credential.verdict.as_str(),
        "length": credential.length,
        "same": same.into_iter().collect::<Vec<usize>>(),
    });
    match &credential.verdict {
        Verdict::Default { product, user } => {
            fact["product"] = Value::from(product.as_str());
            fact["user"] = Value::from(user.as_deref().filter(|user| !user.is_empty()));
        }
        Verdict::Off { product } => fact["product"] = Value::from(product.as_str()),
        Verdict::Stored { entries, is_binary } => {
            fact["entries"] = Value::from(*entries);
            fact["unit"] = Value::from(if *is_binary { "bytes" } else { "characters" });
        }
        Verdict::Weak
        | Verdict::PrivateKey
        | Verdict::AccessToken
        | Verdict::Literal
        | Verdict::Reference
        | Verdict::Placeholder
        | Verdict::Empty
        | Verdict::Unsure => {}
    }
    with_part(fact, credential.part)
}

/// What is used of production's, with who has it there.
pub(super) fn crossing(crossing: &Crossing) -> Value {
    let owners = crossing.owner.iter();
    let owners: Vec<Value> = owners
        .map(|owner| {
            let fact = json!({"resource": owner.resource, "path": path(&owner.path)});
            with_part(fact, owner.part)
        })
        .collect();
    let (what, name, length) = match &crossing.what {
        What::Endpoint(host) => ("endpoint", host, None),
        What::Credential(key, length) => ("credential", key, Some(*length)),
        What::Stored(name) => ("stored", name, None),
    };
    let fact = json!({
        "path": path(&crossing.path),
        "environment": crossing.environment,
        "what": what,
        "name": name,
        "length": length,
        "owners": owners,
    });
    with_part(fact, crossing.part)
}

/// A command of a tool of Azure.
pub(super) fn azure_command(command: &AzureCommand) -> Value {
    let fact = json!({
        "path": path(&command.path),
        "tool": command.tool,
        "command": command.shown,
        "service": command.service,
        "install": command.is_install,
    });
    with_part(fact, command.part)
}

/// What ties a build to Azure.
pub(super) fn build_tie(tie: &BuildTie) -> Value {
    json!({
        "path": path(&tie.path),
        "signal": tie.tie.as_str(),
        "name": tie.name,
        "service": tie.service,
    })
}
