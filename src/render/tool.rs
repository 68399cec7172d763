//! Programs of others, run for what they print: without network settings of the user's, with a
//! limit of time, and found where the system finds programs.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::cache::{Content, Key};

/// How long one run may take.
const LIMIT: Duration = Duration::from_secs(60);

/// What the runtime of Go is told, in which these programs are written: they live for a moment, so
/// garbage need not be collected. From the limit on, memory counts more than time.
const RUNTIME: [(&str, &str); 2] = [("GOGC", "off"), ("GOMEMLIMIT", "512MiB")];

/// A program that was found.
#[derive(Clone, Debug)]
pub(crate) struct Tool {
    /// The program's file.
    pub path: PathBuf,
}

/// What a program printed.
#[derive(Debug)]
pub(crate) struct Printed {
    /// Whether it said that all went well.
    pub is_success: bool,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Why a program gave nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ToolError {
    /// It cannot be started.
    #[error("cannot be started: {0}")]
    Start(std::io::Error),
    /// It did not end in time.
    #[error("did not end within {} seconds", LIMIT.as_secs())]
    TooLong,
}

impl Tool {
    /// The program of this name on the `PATH`.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        let folders = std::env::var_os("PATH")?;
        let path = std::env::split_paths(&folders)
            .map(|folder| folder.join(&file))
            .find(|path| path.is_file())?;
        Some(Self { path })
    }

    /// What names this very program, asked a question of this name, so that it need not be asked each time. A script, or a
    /// link to a program of another name, may lead to another one tomorrow: `None`.
    pub(super) fn identity(&self, question: &str) -> Option<Key> {
        let own = |path: &Path| Some(path.file_stem()?.to_string_lossy().into_owned());
        let path = self.path.canonicalize().ok()?;
        let is_own = own(&path)?.contains(&own(&self.path)?);
        let mut start = [0; 2];
        File::open(&path).ok()?.read_exact(&mut start).ok()?;
        if !is_own || start == *b"#!" {
            return None;
        }
        let about = path.metadata().ok()?;
        let changed = about.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        let mut content = Content::default();
        content.add(question.as_bytes());
        content.add(path.as_os_str().as_encoded_bytes());
        content.add(&about.len().to_le_bytes());
        content.add(&changed.as_nanos().to_le_bytes());
        Some(content.key())
    }

    /// Runs the program to its end in a folder, with nothing on standard input. `home` takes what
    /// it wants to keep: the user's own settings and plugins have no part in it.
    pub(crate) fn run(
        &self,
        arguments: &[OsString],
        folder: &Path,
        home: &Path,
    ) -> Result<Printed, ToolError> {
        let mut command = Command::new(&self.path);
        command
            .args(arguments)
            .current_dir(folder)
            .env_clear()
            .env("HOME", home)
            .env("HELM_CACHE_HOME", home.join("cache"))
            .env("HELM_CONFIG_HOME", home.join("config"))
            .env("HELM_DATA_HOME", home.join("data"))
            .env("HELM_PLUGINS", home.join("plugins"))
            .env("KUBECONFIG", home.join("kubeconfig"))
            .envs(RUNTIME)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for kept in ["PATH", "TMPDIR", "SYSTEMROOT"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        let mut child = command.spawn().map_err(ToolError::Start)?;
        let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
        let end = Instant::now() + LIMIT;
        let text = |pipe: &Receiver<Vec<u8>>| {
            let bytes = pipe.recv_timeout(end.saturating_duration_since(Instant::now()));
            bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        };
        // A program that ends closes both: nobody asks again and again whether it has.
        let (Ok(stdout), Ok(stderr)) = (text(&stdout), text(&stderr)) else {
            return Err(killed(&mut child));
        };
        Ok(Printed {
            is_success: wait(&mut child, end)?.success(),
            stdout,
            stderr,
        })
    }
}

/// Reads a pipe to its end beside the waiting, so that the program never stands still.
fn drain(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is all there is.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // Nobody waits for what comes too late.
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits for a program that has closed its pipes, which is a moment unless it does so early.
fn wait(child: &mut Child, end: Instant) -> Result<ExitStatus, ToolError> {
    let mut pause = Duration::from_micros(50);
    loop {
        if let Some(status) = child.try_wait().map_err(ToolError::Start)? {
            return Ok(status);
        }
        if Instant::now() > end {
            return Err(killed(child));
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

fn killed(child: &mut Child) -> ToolError {
    // It may have ended by itself just now.
    let _ = child.kill();
    let _ = child.wait();
    ToolError::TooLong
}
