//! A real MLflow server on a free loopback port, stopped when it is dropped.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::cache::Key;
use crate::error::{Context, Error, Result};
use crate::http::post_json;
use crate::process::{self, Service};
use crate::project::Project;
use crate::python::Environment;
use crate::sample::{self, Sample};
use crate::scratch::{Scratch, copy_tree};

/// Bounds a start: a loaded machine imports MLflow in a minute.
const START: Duration = Duration::from_secs(240);
/// Bounds one request of the readiness probe; the first one of a server can take seconds.
const PROBE: Duration = Duration::from_secs(10);

/// Which MLflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Version {
    /// The newest 3.x of the lock file `mlflow`.
    #[default]
    Newest,
    /// An early 3.x, 3.5 of the lock file `mlflow35`.
    Early,
    /// The last 2.x, of the lock file `mlflow2`.
    Two,
}

impl Version {
    /// The name of its python environment.
    pub fn environment(self) -> &'static str {
        match self {
            Self::Newest => "mlflow",
            Self::Early => "mlflow35",
            Self::Two => "mlflow2",
        }
    }
}

/// The administrator of a server with users, and the password.
pub const ADMIN: (&str, &str) = ("admin", "the password of admin");

/// Whom a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    Everybody,
    /// Everybody, by several workers, as MLflow does unless told otherwise. Tests need less of the machine.
    Many,
    /// Its users, by MLflow's basic-auth app; they have no rights but to what they make.
    Users,
    /// Everybody, and it runs jobs, which ask the LLM on that port of this machine.
    Judging(u16),
}

/// A running server. Dropping it stops it with all its processes.
#[derive(Debug)]
pub struct Server {
    // Declared first, so that it has ended before its data goes.
    service: Service,
    address: SocketAddr,
    data: PathBuf,
    answers: Answers,
    _scratch: Option<Scratch>,
}

impl Server {
    /// A server over the database and artifacts in `data` (an empty directory is a server without content),
    /// answering when this returns.
    pub fn start(project: &Project, version: Version, data: &Path) -> Result<Self> {
        Self::answering(Answers::Everybody, project, version, data)
    }

    fn answering(answers: Answers, project: &Project, version: Version, data: &Path) -> Result<Self> {
        let environment = Environment::ensure(project, version.environment())?;
        // Between choosing a free port and taking it, somebody else can: then try another.
        let mut attempts = 3;
        loop {
            let mut server = Self::spawn_answering(answers, project, version, &environment, data)?;
            match server.wait_ready() {
                Err(error) if attempts > 1 && error.to_string().contains("already in use") => attempts -= 1,
                Err(error) => return Err(error),
                Ok(()) => return Ok(server),
            }
        }
    }

    /// An empty server whose data is gone with it.
    pub fn empty(project: &Project, version: Version) -> Result<Self> {
        Self::on_copy(project, version, &empty_database(project, version)?)
    }

    /// An empty server that asks who is asking, whose only user is [`ADMIN`].
    pub fn with_users(project: &Project) -> Result<Self> {
        let scratch = Scratch::new("mlflow-users")?;
        copy_tree(&empty_database(project, Version::Newest)?, scratch.path())?;
        let server = Self::answering(Answers::Users, project, Version::Newest, scratch.path())?;
        Ok(Self { _scratch: Some(scratch), ..server })
    }

    /// An empty server that runs jobs, and the OpenAI-compatible interface at which they ask an LLM: nobody listens there
    /// yet.
    pub fn judging(project: &Project) -> Result<(Self, String)> {
        let llm = free_port()?;
        let data = empty_database(project, Version::Newest)?;
        let server = Self::copying(Answers::Judging(llm), project, Version::Newest, &data)?;
        Ok((server, llm_at(llm)))
    }

    /// A server with a copy of the sample data of its own, and what that data is.
    pub fn with_sample(project: &Project, version: Version) -> Result<(Self, Sample)> {
        let sample = sample::ensure(project, version)?;
        Ok((Self::on_copy(project, version, &sample.data)?, sample))
    }

    /// The same as it is deployed: several workers behind one port. To each connection that a client keeps, such a
    /// server answers some 40 ms late.
    pub fn as_deployed(project: &Project) -> Result<(Self, Sample)> {
        let sample = sample::ensure(project, Version::Newest)?;
        Ok((Self::copying(Answers::Many, project, Version::Newest, &sample.data)?, sample))
    }

    fn on_copy(project: &Project, version: Version, data: &Path) -> Result<Self> {
        Self::copying(Answers::Everybody, project, version, data)
    }

    fn copying(answers: Answers, project: &Project, version: Version, data: &Path) -> Result<Self> {
        let scratch = Scratch::new("mlflow")?;
        copy_tree(data, scratch.path())?;
        let server = Self::answering(answers, project, version, scratch.path())?;
        Ok(Self { _scratch: Some(scratch), ..server })
    }

    /// Starts the process and returns at once; [`Server::wait_ready`] waits for its first answer.
    pub fn spawn(
        project: &Project,
        version: Version,
        environment: &Environment,
        data: &Path,
    ) -> Result<Self> {
        Self::spawn_answering(Answers::Everybody, project, version, environment, data)
    }

    fn spawn_answering(
        answers: Answers,
        project: &Project,
        version: Version,
        environment: &Environment,
        data: &Path,
    ) -> Result<Self> {
        let port = free_port()?;
        let log = File::create(data.join("server.log")).context(data.display())?;
        let mut command = command(answers, project, version, environment, data)?;
        let workers = if answers == Answers::Many { "2" } else { "1" };
        command.args(["--host", "127.0.0.1", "--workers", workers, "--port", &port.to_string()]);
        command.stdout(log.try_clone().context("server.log")?).stderr(log).current_dir(data);
        let service = Service::spawn("the local MLflow server", command)?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Ok(Self { service, address, data: data.into(), answers, _scratch: None })
    }

    /// Waits until the server has answered a search, which needs its database and its routes, and then a question
    /// to the model registry. Its module is imported by the first question, and if other requests come meanwhile,
    /// MLflow 3.17 may answer every one to the registry with 500 from then on.
    pub fn wait_ready(&mut self) -> Result<()> {
        let start = Instant::now();
        let ready = match self.answers {
            Answers::Everybody | Answers::Many | Answers::Judging(_) => 200,
            Answers::Users => 401,
        };
        while start.elapsed() < START {
            self.check_running()?;
            let search = "/api/2.0/mlflow/experiments/search";
            let registry = "/api/2.0/mlflow/registered-models/get-latest-versions";
            if post_json(self.address, search, r#"{"max_results":1}"#, PROBE)
                .is_ok_and(|status| status == ready)
                && post_json(self.address, registry, r#"{"name":"no such model"}"#, PROBE).is_ok()
            {
                return Ok(());
            }
            process::pause()?;
        }
        Err(self.failure(&format!("did not answer within {} s", START.as_secs())))
    }

    /// An error with the end of the log once the process has ended.
    pub fn check_running(&mut self) -> Result<()> {
        match self.service.ended() {
            Some(status) => Err(self.failure(&format!("ended ({status})"))),
            None => Ok(()),
        }
    }

    /// `http://127.0.0.1:PORT`.
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where its database, artifacts and log are.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The id of the process group that holds all its processes.
    pub fn process_group(&self) -> u32 {
        self.service.group()
    }

    fn failure(&self, what: &str) -> Error {
        let log = self.data.join("server.log");
        let text = fs::read(&log).unwrap_or_default();
        let end = process::tail(&String::from_utf8_lossy(&text), 15);
        Error::new(format!("the local MLflow server {what}; the end of {}:\n{end}", log.display()))
    }
}

/// A database with tables and no rows. MLflow makes them by all its migrations in turn, which takes longer than
/// the rest of a start, so it is done once.
fn empty_database(project: &Project, version: Version) -> Result<PathBuf> {
    let name = version.environment();
    let lock = project.python_file(&format!("{name}.txt"));
    let key = Key::of([fs::read(&lock).context(lock.display())?.as_slice()]);
    let build = |directory: &Path| Server::start(project, version, directory).map(drop);
    project.cache.entry(&format!("empty-{name}"), &key, |_| Ok(()), build)
}

fn llm_at(port: u16) -> String {
    format!("http://127.0.0.1:{port}/v1")
}

/// A port for a program that cannot choose one and tell.
pub(crate) fn free_port() -> Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .context("no free port on 127.0.0.1")
}

fn command(
    answers: Answers,
    project: &Project,
    version: Version,
    environment: &Environment,
    data: &Path,
) -> Result<Command> {
    // The user's own MLflow and python settings are not for this server.
    let ours = |name: &str| !["MLFLOW_", "_MLFLOW_", "PYTHON"].iter().any(|start| name.starts_with(start));
    let path = std::env::join_paths(
        std::iter::once(environment.programs())
            .chain(std::env::split_paths(project.shell.get("PATH").unwrap_or_default())),
    );
    let shell = project.shell.clone().without(|name| !ours(name));
    let mut command = Service::command(&shell, &environment.python());
    command
        .env("PATH", path.unwrap_or_default())
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .env("DO_NOT_TRACK", "true")
        // Those of tests lead to this machine.
        .env("MLFLOW_WEBHOOK_ALLOWED_SCHEMES", "http,https")
        .env("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
        // Jobs judge with a language model, which no test has; their runners double the time of a start.
        .env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    let store = format!("sqlite:///{}", data.join("mlflow.db").display());
    let artifacts = data.join("artifacts");
    match version {
        // Its job runner is a process that the program starts beside the server.
        Version::Newest if let Answers::Judging(llm) = answers => {
            command
                .env("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "true")
                .env("OPENAI_API_BASE", llm_at(llm))
                .env("OPENAI_API_KEY", "of no account");
            mlflow_server(&mut command, &store, &artifacts);
        }
        Version::Newest => {
            uvicorn(&mut command, &store, &artifacts);
            match answers {
                Answers::Everybody | Answers::Many | Answers::Judging(_) => {
                    command.arg("mlflow.server.fastapi_app:app")
                }
                Answers::Users => basic_auth(&mut command, data)?,
            };
        }
        Version::Early => {
            mlflow_server(&mut command, &store, &artifacts);
            // Of several, each would seal the secrets of webhooks with a key of its own.
            command.args(["--workers", "1"]);
        }
        Version::Two => mlflow_server(&mut command, &store, &artifacts),
    }
    Ok(command)
}

/// MLflow's own app for users and passwords, with a database of its own.
fn basic_auth<'a>(command: &'a mut Command, data: &Path) -> Result<&'a mut Command> {
    let file = data.join("basic_auth.ini");
    let (user, password) = ADMIN;
    let text = format!(
        "[mlflow]\ndefault_permission = NO_PERMISSIONS\ndatabase_uri = sqlite:///{}\nadmin_username = {user}\n\
         admin_password = {password}\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n",
        data.join("basic_auth.db").display()
    );
    fs::write(&file, text).context(file.display())?;
    Ok(command
        .env("MLFLOW_AUTH_CONFIG_PATH", file)
        .env("MLFLOW_FLASK_SERVER_SECRET_KEY", "of a server that is gone in a minute")
        .args(["--factory", "mlflow.server.auth:create_app"]))
}

/// What `mlflow server` runs once it has imported MLflow to read its options. Run directly it imports MLflow
/// once instead of twice, and is up in half the time. The names of the variables hold for the pinned version.
fn uvicorn(command: &mut Command, store: &str, artifacts: &Path) {
    command
        .env("_MLFLOW_SERVER_FILE_STORE", store)
        .env("_MLFLOW_SERVER_ARTIFACT_ROOT", "mlflow-artifacts:/")
        .env("_MLFLOW_SERVER_SERVE_ARTIFACTS", "true")
        .env("_MLFLOW_SERVER_ARTIFACT_DESTINATION", artifacts)
        .env("_MLFLOW_SGI_NAME", "uvicorn")
        .args(["-m", "uvicorn"]);
}

fn mlflow_server(command: &mut Command, store: &str, artifacts: &Path) {
    command
        .args(["-m", "mlflow", "server", "--backend-store-uri", store, "--serve-artifacts"])
        .arg("--artifacts-destination")
        .arg(artifacts);
}
