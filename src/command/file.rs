//! Files that a command writes: whole or not at all.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes beside the file and moves the result into its place, so that nobody sees half of it. A
/// link stays and leads to it; a device or a pipe is written to as it is.
pub(super) fn write_file(
    file: &Path,
    write: &dyn Fn(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let file = &file.canonicalize().unwrap_or_else(|_| file.to_owned());
    if file.metadata().is_ok_and(|about| !about.is_file()) {
        let mut writer = BufWriter::new(File::options().write(true).open(file)?);
        write(&mut writer)?;
        return writer.flush();
    }
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    let permissions = readable_by_all();
    if let Some(permissions) = permissions {
        builder.permissions(permissions);
    }
    let mut temporary = builder.tempfile_in(folder)?;
    let mut writer = BufWriter::new(temporary.as_file_mut());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    temporary
        .persist(file)
        .map(|_| ())
        .map_err(|error| error.error)
}

/// What a new file gets, less the user's mask.
fn readable_by_all() -> Option<Permissions> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        Some(Permissions::from_mode(0o666))
    }
    #[cfg(not(unix))]
    None
}
