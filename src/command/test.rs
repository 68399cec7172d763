//! `landfall test`.

use super::{CommandError, Status, print};
use crate::cli::TestArgs;
use crate::policy::{Bundle, run_tests};

pub(super) fn run(args: &TestArgs) -> Result<Status, CommandError> {
    let bundle = Bundle::load(&[], &args.data)?;
    let results = run_tests(&args.paths, &bundle)?;
    let failed: Vec<_> = results
        .iter()
        .filter(|result| result.outcome.is_err())
        .collect();
    for result in &failed {
        if let Err(reason) = &result.outcome {
            print(&format!(
                "FAIL {} ({}): {reason}\n",
                result.name, result.path
            ))?;
        }
    }
    print(&format!(
        "{} passed, {} failed\n",
        results.len() - failed.len(),
        failed.len()
    ))?;
    let is_clean = failed.is_empty() && !results.is_empty();
    Ok(if is_clean {
        Status::Clean
    } else {
        Status::Found
    })
}
