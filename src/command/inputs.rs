//! `landfall inputs`: what rules see, for `opa eval` and other engines.

use super::{CommandError, Status, bundle, config, print, selection, sources};
use crate::cli::InputsArgs;
use crate::scan::{Options, inputs};

pub(super) fn run(args: &InputsArgs) -> Result<Status, CommandError> {
    let config = config(&args.policies)?;
    let bundle = bundle(&args.policies, &config)?;
    let sources = sources(&args.input, &config);
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
