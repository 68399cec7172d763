//! `landfall inputs`: what rules see, for `opa eval` and other engines.

use super::{CommandError, Status, bundle, config, print, rendering, selection};
use crate::cli::InputsArgs;
use crate::render::render;
use crate::scan::{Options, inputs};
use crate::source::{Request, read};

pub(super) fn run(args: &InputsArgs) -> Result<Status, CommandError> {
    let config = config(&args.policies)?;
    let bundle = bundle(&args.policies, &config)?;
    let rendering = rendering(&args.input, &config);
    let request = Request {
        paths: args.input.paths.clone(),
        honour_ignore_files: !args.input.no_ignore,
        reads_templates: !rendering.is_wanted,
    };
    let mut sources = read(&request);
    render(&mut sources, &rendering);
    let status = if sources.failures.is_empty() {
        Status::Clean
    } else {
        Status::Failed
    };
    let options = Options {
        selection: selection(&args.policies, &config),
        ..Options::default()
    };
    for line in inputs(&sources, &bundle, &options)? {
        print(&format!("{line}\n"))?;
    }
    Ok(status)
}
