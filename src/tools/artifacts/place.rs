//! Where a path among artifacts leads: to a run's own files, to a model that MLflow 3 keeps beside it, or into a model
//! that was asked for itself.

use http::StatusCode;

use super::path::leads_out;
use crate::mlflow::artifacts::{self, FileInfo, Owner, Part, Stream};
use crate::mlflow::logged_models::{self, Info};
use crate::mlflow::{Error, pages, runs};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, ToolError};

/// A path of a run or model.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// How errors call what has the files.
    whose: String,
    /// Empty for a model of its own.
    run_id: String,
    model: Option<Model>,
    /// Where paths begin: a directory of the owner, of which nothing is shown.
    root: String,
    /// From the root of whichever owns it.
    path: String,
}

/// A logged model that a path leads into.
#[derive(Clone, Debug)]
struct Model {
    id: String,
    /// What the path calls it; nothing where paths begin in it.
    named: String,
}

/// What reading a path gave.
pub(super) enum Opened<F = Part> {
    File(F),
    Directory,
}

/// What a path is.
enum Found {
    File,
    Directory,
    Nothing(ToolError),
}

impl Place {
    /// Among the run's own files, until it turns out otherwise.
    ///
    /// # Errors
    /// The path could lead out of them.
    pub(crate) fn new(run_id: &str, path: &str) -> Result<Self, ToolError> {
        Self::of_run(run_id, "", path)
    }

    /// Below a directory of a run, in which paths begin.
    ///
    /// # Errors
    /// The path could lead out of it.
    pub(super) fn of_run(run_id: &str, root: &str, path: &str) -> Result<Self, ToolError> {
        let (run_id, root, path) = (run_id.trim(), inside(root)?, inside(path)?);
        let path =
            if root.is_empty() || path.is_empty() { [root, path].concat() } else { format!("{root}/{path}") };
        let whose = format!("run {run_id}");
        Ok(Self { whose, run_id: run_id.to_owned(), model: None, root: root.to_owned(), path })
    }

    /// Among the files of a logged model.
    ///
    /// # Errors
    /// The path could lead out of them.
    pub(super) fn of_model(model_id: &str, path: &str) -> Result<Self, ToolError> {
        let path = inside(path)?.to_owned();
        let model = Some(Model { id: model_id.to_owned(), named: String::new() });
        let whose = format!("logged model {model_id}");
        Ok(Self { whose, run_id: String::new(), model, root: String::new(), path })
    }

    /// The same place, called so in errors.
    pub(super) fn called(self, whose: String) -> Self {
        Self { whose, ..self }
    }

    /// A file or directory of the same owner.
    pub(crate) fn at(&self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self.clone() }
    }

    /// What MLflow lists beside the file.
    pub(crate) async fn siblings(&self, cx: &Context<'_>) -> Result<Vec<FileInfo>, Failure> {
        let (parent, _) = self.path.rsplit_once('/').unwrap_or_default();
        self.at(parent).level(cx).await
    }

    /// The model that a run's path leads into under that name.
    pub(super) fn in_model(&self, id: &str, named: &str) -> Self {
        let model = Some(Model { id: id.to_owned(), named: named.to_owned() });
        Self { model, root: String::new(), path: String::new(), ..self.clone() }
    }

    /// Whether it is where paths begin.
    pub(super) fn is_root(&self) -> bool {
        self.path == self.root
    }

    /// The run that a path among its own files leads through; a model of its own has none.
    pub(crate) fn run(&self) -> Option<&str> {
        Some(self.run_id.as_str()).filter(|run_id| !run_id.is_empty())
    }

    /// The run.
    pub(super) fn run_id(&self) -> &str {
        &self.run_id
    }

    /// The run's page in MLflow, for people.
    pub(crate) fn page(&self, cx: &Context<'_>) -> Option<String> {
        self.run().map(|run_id| pages::of_run(&cx.client.tracking().base, run_id))
    }

    /// The model that owns it, if it is one of MLflow 3.
    pub(crate) fn model_id(&self) -> Option<String> {
        self.model.as_ref().map(|model| model.id.clone())
    }

    /// A path of the owner as the tools name it: from the run's root.
    pub(super) fn shown(&self, path: &str) -> String {
        match &self.model {
            Some(model) if path.is_empty() => model.named.clone(),
            Some(model) if !model.named.is_empty() => format!("{}/{path}", model.named),
            _ => path.strip_prefix(self.root.as_str()).unwrap_or(path).trim_start_matches('/').to_owned(),
        }
    }

    /// Its own path, as the tools name it.
    pub(super) fn name(&self) -> String {
        self.shown(&self.path)
    }

    fn owner(&self) -> Owner<'_> {
        match &self.model {
            Some(model) => Owner::Model(&model.id),
            None => Owner::Run(&self.run_id),
        }
    }

    /// Bytes of the file. A file of the run's own costs one request.
    ///
    /// # Errors
    /// It is a directory, or not there: with what there is.
    pub(crate) async fn read(&mut self, cx: &Context<'_>, start: u64, length: u64) -> Result<Part, Failure> {
        match self.open(cx, start, length).await? {
            Opened::File(part) => Ok(part),
            Opened::Directory => {
                let message = format!("argument \"artifact_path\" {:?} is a directory", self.name());
                Err(ToolError::new(Kind::Argument, message, "get_run_artifacts lists it.").into())
            }
        }
    }

    /// The file from a byte on, piece by piece, if it is one.
    ///
    /// # Errors
    /// It is not there: with what there is.
    pub(super) async fn stream<'a>(
        &mut self,
        cx: &Context<'a>,
        start: u64,
    ) -> Result<Opened<Stream<'a>>, Failure> {
        let error = match artifacts::open(&cx.client, self.owner(), &self.path, start).await {
            Ok(stream) => return Ok(Opened::File(stream)),
            Err(error) => error,
        };
        if !self.enter_model(cx, &error).await? {
            return self.explain(cx, error).await;
        }
        if self.path.is_empty() {
            return Ok(Opened::Directory);
        }
        match artifacts::open(&cx.client, self.owner(), &self.path, start).await {
            Ok(stream) => Ok(Opened::File(stream)),
            Err(error) => self.explain(cx, error).await,
        }
    }

    /// Bytes of the file, if it is one.
    ///
    /// # Errors
    /// It is not there: with what there is.
    pub(super) async fn open(
        &mut self,
        cx: &Context<'_>,
        start: u64,
        length: u64,
    ) -> Result<Opened, Failure> {
        let error = match artifacts::read(&cx.client, self.owner(), &self.path, start, length).await {
            Ok(part) => return Ok(Opened::File(part)),
            Err(error) => error,
        };
        if !self.enter_model(cx, &error).await? {
            return self.explain(cx, error).await;
        }
        if self.path.is_empty() {
            return Ok(Opened::Directory);
        }
        match artifacts::read(&cx.client, self.owner(), &self.path, start, length).await {
            Ok(part) => Ok(Opened::File(part)),
            Err(error) => self.explain(cx, error).await,
        }
    }

    /// One level of the directory. A directory of the run's own costs one request.
    ///
    /// # Errors
    /// It is a file, or not there: with what there is.
    pub(super) async fn list(&mut self, cx: &Context<'_>) -> Result<Vec<FileInfo>, Failure> {
        let mut files = artifacts::list(&cx.client, self.owner(), &self.path).await?;
        if !files.is_empty() || self.is_root() {
            return Ok(files);
        }
        if self.model.is_none() && self.find_model(cx).await? {
            files = artifacts::list(&cx.client, self.owner(), &self.path).await?;
        }
        if files.is_empty() {
            return match self.look(cx).await? {
                Found::Directory => Ok(files),
                Found::Nothing(error) => Err(error.into()),
                Found::File => Err(ToolError::new(
                    Kind::Argument,
                    format!("argument \"path\" {:?} is a file", self.shown(&self.path)),
                    "get_artifact_content reads it.",
                )
                .into()),
            };
        }
        Ok(files)
    }

    /// What MLflow lists of the directory: nothing of a file, and of what is not there.
    pub(super) async fn level(&self, cx: &Context<'_>) -> Result<Vec<FileInfo>, Failure> {
        Ok(artifacts::list(&cx.client, self.owner(), &self.path).await?)
    }

    /// Whether the path leads into a model, if the run itself has no such file.
    async fn enter_model(&mut self, cx: &Context<'_>, error: &Error) -> Result<bool, Failure> {
        // A missing file is 404; servers before 3.12 say 500.
        let missing = [StatusCode::NOT_FOUND, StatusCode::INTERNAL_SERVER_ERROR];
        let may_be = self.model.is_none() && error.status().is_some_and(|status| missing.contains(&status));
        Ok(may_be && self.find_model(cx).await?)
    }

    /// Takes the first part of the path for the name or id of a model that the run logged.
    async fn find_model(&mut self, cx: &Context<'_>) -> Result<bool, Failure> {
        if !self.root.is_empty() {
            return Ok(false);
        }
        let (named, rest) = self.path.split_once('/').unwrap_or((&self.path, ""));
        let models = models(cx, &self.run_id).await?;
        let Some(model) = models.into_iter().find(|model| model.name == named || model.model_id == named)
        else {
            return Ok(false);
        };
        self.model = Some(Model { id: model.model_id, named: named.to_owned() });
        self.path = rest.to_owned();
        Ok(true)
    }

    /// Looks the path up in its parent: MLflow answers a file, a directory and a slip alike.
    async fn look(&self, cx: &Context<'_>) -> Result<Found, Failure> {
        let (parent, _) = self.path.rsplit_once('/').unwrap_or_default();
        let listed = artifacts::list(&cx.client, self.owner(), parent).await?;
        Ok(match listed.iter().find(|file| file.path == self.path) {
            Some(FileInfo { is_dir: true, .. }) => Found::Directory,
            Some(_) => Found::File,
            None => Found::Nothing(self.nothing(parent, &listed)),
        })
    }

    /// A directory is 400 and a missing file 404; servers before 3.12 answer 500 to both.
    async fn explain<F>(&self, cx: &Context<'_>, error: Error) -> Result<Opened<F>, Failure> {
        let telling = [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND, StatusCode::INTERNAL_SERVER_ERROR];
        if !error.status().is_some_and(|status| telling.contains(&status)) {
            return Err(error.into());
        }
        match self.look(cx).await? {
            Found::Directory => Ok(Opened::Directory),
            Found::Nothing(missing) => Err(missing.into()),
            Found::File => Err(error.into()),
        }
    }

    fn nothing(&self, parent: &str, listed: &[FileInfo]) -> ToolError {
        let (path, parent) = (self.name(), self.shown(parent));
        let names: Vec<String> = listed.iter().map(|file| self.shown(&file.path)).collect();
        let owner = if self.run().is_some() { "run" } else { "model" };
        let place =
            if parent.is_empty() { format!("The {owner}'s root has") } else { format!("{parent:?} has") };
        let hint = match suggestion(&path, &place, names.iter().map(String::as_str)) {
            hint if hint.is_empty() && parent.is_empty() => {
                format!("The {owner} has no artifacts of its own.")
            }
            hint if hint.is_empty() => format!("There is nothing in {parent:?} either."),
            hint => hint,
        };
        ToolError::new(Kind::NotFound, format!("{} has no artifact {path:?}", self.whose), hint)
    }
}

/// The path, without slashes around it.
fn inside(path: &str) -> Result<&str, ToolError> {
    let path = path.trim_matches('/');
    if leads_out(path) {
        return Err(ToolError::new(
            Kind::Argument,
            format!("the path {path:?} leads out of the run's artifacts"),
            "Write it from the run's root, as get_run_artifacts shows it.",
        ));
    }
    Ok(path)
}

/// The models that the run logged and MLflow 3 keeps beside it, newest first.
pub(super) async fn models(cx: &Context<'_>, run_id: &str) -> Result<Vec<Info>, Failure> {
    let run = runs::get(&cx.client, run_id).await?;
    if run.outputs.model_outputs.is_empty() {
        return Ok(Vec::new());
    }
    Ok(logged_models::of_run(&cx.client, &run.info.experiment_id, run_id).await?)
}
