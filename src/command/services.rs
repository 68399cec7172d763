//! `landfall services`, and what `landfall explain` tells of a service.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{CommandError, Status, bundle, config, print};
use crate::cli::{ListFormat, PolicyArgs, ServicesArgs};
use crate::policy::{
    Bundle, Compatibility, Counterpart, PolicyError, Service, Signals, services, signals,
};

/// So many names of a kind of signal are told where not all are wanted.
const NAMES: usize = 12;

pub(super) fn run(args: &ServicesArgs) -> Result<Status, CommandError> {
    let policies = PolicyArgs {
        data: args.data.clone(),
        config: args.config.clone(),
        ..PolicyArgs::default()
    };
    let bundle = bundle(&policies, &config(&policies)?)?;
    let (services, signals) = catalogue(&bundle)?;
    let listed = match args.format {
        ListFormat::Text => services
            .iter()
            .map(|(id, service)| line(id, service))
            .collect(),
        ListFormat::Json => {
            let list = services.iter();
            let list: Vec<Value> = list.map(|(id, one)| described(id, one, &signals)).collect();
            format!("{:#}\n", json!({"version": 1, "services": list}))
        }
        ListFormat::Markdown => markdown(&services, &signals),
    };
    print(&listed)?;
    Ok(Status::Clean)
}

/// A service in full; `None` if there is none of this id.
pub(super) fn explained(id: &str, bundle: &Bundle) -> Result<Option<String>, PolicyError> {
    let (services, signals) = catalogue(bundle)?;
    Ok(services.get(id).map(|service| told(id, service, &signals)))
}

fn catalogue(bundle: &Bundle) -> Result<(BTreeMap<String, Service>, Signals), PolicyError> {
    let services = services(bundle.data());
    let services = services.map_err(|error| PolicyError::table("azure.services", &error))?;
    let signals = signals(bundle.data()).map_err(|error| PolicyError::table("azure", &error))?;
    Ok((services, signals))
}

fn line(id: &str, service: &Service) -> String {
    let products = service.counterparts.iter().map(|one| one.product.as_str());
    let products = products.collect::<Vec<_>>().join(" / ");
    format!(
        "{id:28} {} {:20} {}: {products}\n",
        service.effort.as_str(),
        service.category,
        service.name
    )
}

fn described(id: &str, service: &Service, signals: &Signals) -> Value {
    let counterpart = |one: &Counterpart| json!({"product": one.product, "platform": one.platform, "compatibility": one.compatibility.as_str()});
    json!({
        "id": id,
        "name": service.name,
        "category": service.category,
        "function": service.function,
        "counterparts": service.counterparts.iter().map(counterpart).collect::<Vec<_>>(),
        "effort": service.effort.as_str(),
        "hint": service.hint,
        "personalData": service.personal_data,
        "signals": signals.get(id),
    })
}

fn told(id: &str, service: &Service, signals: &Signals) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{id}: {}", service.name);
    let _ = writeln!(
        text,
        "{}, effort {} ({})",
        service.category,
        service.effort.as_str(),
        service.effort.duration()
    );
    let _ = writeln!(text, "\nWhat it does\n  {}", service.function);
    let data = if service.personal_data {
        "usually"
    } else {
        "seldom"
    };
    let _ = writeln!(text, "  personal data passes through it {data}");
    let _ = writeln!(text, "\nWhat takes its place");
    for one in &service.counterparts {
        let _ = writeln!(text, "  {}", counterpart(one));
    }
    let _ = writeln!(text, "\nWhat to do\n  {}", service.hint);
    let _ = writeln!(
        text,
        "\nHow it is found (from {})",
        service.from.description()
    );
    for (about, names) in signals.get(id).into_iter().flatten() {
        let _ = writeln!(text, "  {about}: {}", shortened(names));
    }
    text
}

fn counterpart(one: &Counterpart) -> String {
    let by_whom = if one.platform {
        "provided by the platform"
    } else {
        "run by yourself"
    };
    let changes = match one.compatibility {
        Compatibility::DropIn => "change address and login",
        Compatibility::Configuration => "change the configuration",
        Compatibility::Code => "change the program",
        Compatibility::None => "nothing carries over",
    };
    format!("{} ({by_whom}; {changes})", one.product)
}

fn shortened(names: &[String]) -> String {
    let shown = names[..names.len().min(NAMES)].join(", ");
    match names.len().checked_sub(NAMES) {
        Some(more) if more > 0 => format!("{shown}, and {more} more"),
        _ => shown,
    }
}

fn markdown(services: &BTreeMap<String, Service>, signals: &Signals) -> String {
    let mut text =
        "# Azure services\n\nWritten by `landfall services --format markdown`.\n".to_owned();
    for (id, service) in services {
        let _ = write!(
            text,
            "\n## {id}\n\n{}: {}.\n\n",
            service.name, service.function
        );
        let counterparts: Vec<String> = service.counterparts.iter().map(counterpart).collect();
        let _ = writeln!(text, "- Counterparts: {}", counterparts.join(", "));
        let _ = writeln!(
            text,
            "- Effort: {} ({})",
            service.effort.as_str(),
            service.effort.duration()
        );
        let _ = writeln!(text, "- What to do: {}", service.hint);
        for (about, names) in signals.get(id).into_iter().flatten() {
            let names: Vec<String> = names
                .iter()
                .take(NAMES)
                .map(|name| format!("`{name}`"))
                .collect();
            let _ = writeln!(text, "- {about}: {}", names.join(", "));
        }
    }
    text
}
