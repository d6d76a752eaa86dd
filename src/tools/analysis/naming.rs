//! What the name of a metric tells: which values are better, and what data it was measured on.

use schemars::JsonSchema;
use serde::Serialize;

/// Names of the machine's own metrics begin so.
const SYSTEM: &str = "system/";

/// Words of metrics of which less is better; the last word ending in `loss` is one, too.
const LOWER: [&str; 19] = [
    "bpb",
    "brier",
    "cer",
    "cost",
    "err",
    "error",
    "errors",
    "fid",
    "mae",
    "mape",
    "mse",
    "nll",
    "perplexity",
    "ppl",
    "rmse",
    "smape",
    "ter",
    "wer",
    "xent",
];

/// Words of metrics of which more is better.
const HIGHER: [&str; 24] = [
    "acc",
    "accuracy",
    "auc",
    "auprc",
    "auroc",
    "bleu",
    "chrf",
    "dice",
    "em",
    "f1",
    "iou",
    "kappa",
    "map",
    "mcc",
    "mrr",
    "ndcg",
    "precision",
    "psnr",
    "r2",
    "recall",
    "reward",
    "rouge",
    "score",
    "ssim",
];

const TRAINING: [&str; 3] = ["train", "training", "trn"];
const VALIDATION: [&str; 6] = ["dev", "eval", "test", "val", "valid", "validation"];

/// Which values of a metric are better, as far as its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// As of a loss.
    Lower,
    /// As of an accuracy.
    Higher,
    /// Its name does not tell.
    Unknown,
}

/// A name, taken apart.
pub(super) struct Naming {
    words: Vec<String>,
}

impl Naming {
    pub(super) fn of(metric: &str) -> Self {
        let words = metric.split(|character: char| !character.is_alphanumeric());
        Self { words: words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect() }
    }

    pub(super) fn better(&self) -> Better {
        let is = |known: &[&str]| self.words.iter().any(|word| known.contains(&word.as_str()));
        let loss = self.words.iter().any(|word| word.ends_with("loss"));
        match (loss || is(&LOWER), is(&HIGHER)) {
            (true, false) => Better::Lower,
            (false, true) => Better::Higher,
            // Of an error score nobody knows.
            _ => Better::Unknown,
        }
    }

    /// What is left of the name of a validation metric without the word that says so.
    pub(super) fn validates(&self) -> Option<Vec<&str>> {
        self.without(&VALIDATION)
    }

    /// The same of a training metric. One that says nothing is one: Keras has `loss` and `val_loss`.
    pub(super) fn trains(&self) -> Option<Vec<&str>> {
        match self.without(&TRAINING) {
            None if self.validates().is_none() => Some(self.words.iter().map(String::as_str).collect()),
            rest => rest,
        }
    }

    fn without(&self, role: &[&str]) -> Option<Vec<&str>> {
        let rest: Vec<&str> =
            self.words.iter().map(String::as_str).filter(|word| !role.contains(word)).collect();
        (rest.len() < self.words.len()).then_some(rest)
    }
}

/// Whether MLflow measured it on the machine.
pub(super) fn is_system(metric: &str) -> bool {
    metric.starts_with(SYSTEM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_which_values_are_better() {
        for (name, better) in [
            ("val/loss", Better::Lower),
            ("test/logloss", Better::Lower),
            ("eval_perplexity", Better::Lower),
            ("top-1 acc", Better::Higher),
            ("F1.macro", Better::Higher),
            ("error score", Better::Unknown),
            ("learning_rate", Better::Unknown),
            ("größe 🚀", Better::Unknown),
            ("", Better::Unknown),
        ] {
            assert_eq!(Naming::of(name).better(), better, "{name}");
        }
    }

    #[test]
    fn training_and_validation_of_the_same_thing_are_known() {
        for (train, validation) in [
            ("train/loss", "val/loss"),
            ("train_loss", "eval_loss"),
            ("loss", "val_loss"),
            ("loss/train", "loss/valid"),
            ("Training Accuracy", "Validation Accuracy"),
        ] {
            let (train, validation) = (Naming::of(train), Naming::of(validation));
            assert_eq!(train.trains(), validation.validates());
            assert_eq!((validation.trains(), train.validates()), (None, None));
        }
        assert_ne!(Naming::of("train/loss").trains(), Naming::of("val/acc").validates());
    }
}
