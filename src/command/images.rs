//! `landfall images`: every image with where it stands, or a script that copies them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{CommandError, Status, bundle, config, print, sources};
use crate::cli::{CopyTool, ImagesArgs, ImagesFormat, PolicyArgs};
use crate::model::Notice;
use crate::output::printable::printable;
use crate::scan::{ImagePlace, ImageUse, Inventory, Obstacle, images};

/// So many digits of a digest make the tag of an image that has none.
const SHORT_DIGEST: usize = 12;

pub(super) fn run(args: &ImagesArgs) -> Result<Status, CommandError> {
    let policies = PolicyArgs {
        data: args.data.clone(),
        registry: args.registry.clone(),
        config: args.config.clone(),
        ..PolicyArgs::default()
    };
    let config = config(&policies)?;
    let mut bundle = bundle(&policies, &config)?;
    if let Some(target) = &args.target {
        bundle.lay_over(json!({"settings": {"image_target": target}}));
    }
    let sources = sources(&args.input, &config);
    let inventory = images(sources, &bundle)?;
    print(&match args.format {
        ImagesFormat::Text => listed(&inventory),
        ImagesFormat::Json => format!("{:#}\n", described(&inventory)),
        ImagesFormat::Script => script(&inventory, args.tool),
    })?;
    tell_what_is_missing(&inventory);
    Ok(status(&inventory))
}

/// What is no reference is a finding: it can be neither run nor copied as it stands.
fn status(inventory: &Inventory) -> Status {
    let is_invalid = |image: &ImageUse| matches!(image.obstacle, Some(Obstacle::Invalid(_)));
    if !inventory.failures.is_empty() {
        Status::Failed
    } else if inventory.images.iter().any(is_invalid) {
        Status::Found
    } else {
        Status::Clean
    }
}

#[allow(clippy::print_stderr, reason = "standard output bears the list alone")]
fn tell_what_is_missing(inventory: &Inventory) {
    for chart in &inventory.charts_not_rendered {
        let chart = printable(chart);
        eprintln!("note: the chart {chart} is not rendered; what its values name is listed");
    }
    inventory.failures.iter().for_each(tell);
}

#[allow(clippy::print_stderr, reason = "standard output bears the list alone")]
fn tell(failure: &Notice) {
    let place = failure.display.as_deref().unwrap_or_default();
    let line = failure
        .region
        .map_or_else(String::new, |region| format!(":{}", region.line));
    eprintln!(
        "error: {}",
        printable(&format!("{place}{line}: {}", failure.reason))
    );
    if let Some(help) = &failure.help {
        eprintln!("help: {help}");
    }
}

fn listed(inventory: &Inventory) -> String {
    let mut text = String::new();
    for image in &inventory.images {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{}", printable(&image.reference));
        if let Some(note) = note(image) {
            let _ = writeln!(text, "  {note}");
        }
        for place in &image.places {
            let line = format!("{}: {} ({})", shown(place), place.subject, place.resource);
            let _ = writeln!(text, "    {}", printable(&line));
        }
    }
    let trusted = inventory
        .images
        .iter()
        .filter(|image| image.is_trusted)
        .count();
    let places: usize = inventory
        .images
        .iter()
        .map(|image| image.places.len())
        .sum();
    let _ = writeln!(
        text,
        "{} images in {places} places, {trusted} of them from a trusted registry",
        inventory.images.len()
    );
    text
}

fn note(image: &ImageUse) -> Option<String> {
    match image.obstacle {
        Some(Obstacle::Invalid(problem)) => Some(format!("not valid: {problem}")),
        Some(Obstacle::Placeholder) => Some("to be filled in".to_owned()),
        Some(Obstacle::Replaced) => Some("every kustomization that uses it replaces it".to_owned()),
        Some(Obstacle::VersionElsewhere) => Some("its version is added elsewhere".to_owned()),
        None if image.is_trusted => Some("trusted".to_owned()),
        None => Some(format!("push to {}", target(image)?)),
    }
}

fn shown(place: &ImagePlace) -> String {
    format!("{}:{}", place.location.display, place.location.region.line)
}

fn described(inventory: &Inventory) -> Value {
    let images: Vec<Value> = inventory.images.iter().map(described_image).collect();
    let failures = inventory.failures.iter().map(|failure| {
        json!({
            "path": failure.uri,
            "line": failure.region.map(|region| region.line),
            "reason": failure.reason,
            "help": failure.help,
        })
    });
    json!({
        "version": 1,
        "target": inventory.target,
        "images": images,
        "failures": failures.collect::<Vec<_>>(),
        "chartsNotRendered": inventory.charts_not_rendered,
    })
}

fn described_image(image: &ImageUse) -> Value {
    let is_reference = !matches!(
        image.obstacle,
        Some(Obstacle::Invalid(_) | Obstacle::Placeholder)
    );
    let status = match image.obstacle {
        Some(Obstacle::Invalid(_)) => "invalid",
        Some(Obstacle::Placeholder) => "placeholder",
        Some(Obstacle::Replaced) => "replaced",
        Some(Obstacle::VersionElsewhere) => "version-elsewhere",
        None => "complete",
    };
    let problem = match image.obstacle {
        Some(Obstacle::Invalid(problem)) => Some(problem),
        _ => None,
    };
    let places = image.places.iter().map(|place| {
        let region = &place.location.region;
        json!({
            "kind": place.kind,
            "subject": place.subject,
            "written": place.written,
            "path": place.location.uri,
            "line": region.line,
            "column": region.column,
            "resource": place.resource.to_string(),
        })
    });
    json!({
        "reference": image.reference,
        "registry": is_reference.then_some(&image.registry),
        "name": is_reference.then_some(&image.name),
        "tag": image.tag,
        "digest": image.digest,
        "status": status,
        "problem": problem,
        "trusted": image.is_trusted,
        "pushTo": target(image),
        "places": places.collect::<Vec<_>>(),
    })
}

/// The reference to push an image to. One that is named by digest alone gets a tag, since
/// registries clean up what has none.
fn target(image: &ImageUse) -> Option<String> {
    let name = image.push_to.as_ref()?;
    Some(match (&image.tag, &image.digest) {
        (Some(tag), _) => format!("{name}:{tag}"),
        (None, Some(digest)) => {
            let hex = digest.rsplit(':').next().unwrap_or_default();
            format!("{name}:{}", &hex[..hex.len().min(SHORT_DIGEST)])
        }
        (None, None) => format!("{name}:latest"),
    })
}

/// The reference to copy from: tools take a tag or a digest, not both.
fn source(image: &ImageUse) -> String {
    match (&image.tag, &image.digest) {
        (_, Some(digest)) => format!("{}@{digest}", image.name),
        (Some(tag), None) => format!("{}:{tag}", image.name),
        (None, None) => format!("{}:latest", image.name),
    }
}

fn script(inventory: &Inventory, tool: CopyTool) -> String {
    let host = inventory.target.split('/').next().unwrap_or_default();
    let is_known = !inventory.target.contains('<');
    let (name, login) = match tool {
        CopyTool::Skopeo => ("skopeo", "skopeo login"),
        CopyTool::Crane => ("crane", "crane auth login"),
    };
    let mut text = format!(
        "#!/bin/sh\n# Copies images with all their platforms. Written by `landfall images --format script --tool {name}`.\n"
    );
    if is_known {
        let _ = writeln!(
            text,
            "# Log in first: {login} {host}\nset -eu\ntarget='{}'",
            inventory.target
        );
    } else {
        let _ = writeln!(
            text,
            "# Log in to the target first: {login} HOST\nset -eu\ntarget=${{TARGET:?set TARGET to host and project, such as harbor.example.com/shop}}"
        );
    }
    for image in &inventory.images {
        text.push_str(&line(image, &inventory.target, tool));
    }
    text
}

fn line(image: &ImageUse, prefix: &str, tool: CopyTool) -> String {
    let named_at = image.places.first().map(shown).unwrap_or_default();
    let comment = |reason: &str| {
        let comment = format!("# not copied: {} at {named_at}: {reason}", image.reference);
        format!("{}\n", printable(&comment).replace('\n', " "))
    };
    match (image.obstacle, target(image)) {
        (Some(Obstacle::Invalid(problem)), _) => comment(problem),
        (Some(Obstacle::Placeholder), _) => comment("something in it is to be filled in"),
        (Some(Obstacle::Replaced), _) => comment("kustomizations replace it"),
        (Some(Obstacle::VersionElsewhere), _) => comment("its version is added elsewhere"),
        (None, None) => comment("its registry is trusted"),
        (None, Some(target)) => {
            let target = target.strip_prefix(prefix).unwrap_or(&target).to_owned();
            let source = source(image);
            match tool {
                CopyTool::Skopeo => format!(
                    "skopeo copy --all --preserve-digests 'docker://{source}' \"docker://$target{target}\"\n"
                ),
                CopyTool::Crane => format!("crane copy '{source}' \"$target{target}\"\n"),
            }
        }
    }
}
