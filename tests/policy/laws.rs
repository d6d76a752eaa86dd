//! Laws, each over thousands of cases.

use mlflow_mcp::policy::refusal::Denial;
use mlflow_mcp::policy::{Call, Caller, Consent, Policy, Refusal};
use mlflow_mcp::port::FreshStore;
use mlflow_mcp::tools::Tools;
use proptest::prelude::*;
use serde_json::json;

use super::{admit, cases, claimed, policy};

fn thousands() -> ProptestConfig {
    ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() }
}

/// Whether it is the tool that is denied, and not just these arguments.
fn denies_the_tool(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Denied { denial, .. } if !matches!(denial, Denial::Condition { .. }))
}

proptest! {
    #![proptest_config(thousands())]

    #[test]
    fn narrowing_never_widens(
        text in cases::policy(),
        restrictions in cases::restrictions(),
        spec in cases::tool(),
        arguments in cases::arguments(),
        confirmed: bool,
    ) {
        let whole = policy(&text.to_string());
        let narrowed = whole.clone().narrowed(restrictions.clone());
        let caller = Caller::anyone();
        let call = || Call { spec, arguments: arguments.clone(), caller: &caller, consent: claimed(confirmed) };
        let admitted = admit(&narrowed, &FreshStore, call());
        if admitted.is_ok() {
            prop_assert!(admit(&whole, &FreshStore, call()).is_ok());
            prop_assert!(restrictions.iter().all(|restriction| restriction.leaves(spec)));
        }
        prop_assert!(whole.lists(spec).is_ok() || narrowed.lists(spec).is_err());
    }

    #[test]
    fn what_is_listed_can_be_called_and_what_is_not_cannot(
        text in cases::policy(),
        restrictions in cases::restrictions(),
        spec in cases::tool(),
        arguments in cases::arguments(),
        confirmed: bool,
    ) {
        let policy = policy(&text.to_string()).narrowed(restrictions);
        let call = Call { spec, arguments, caller: &Caller::anyone(), consent: claimed(confirmed) };
        match (policy.lists(spec), admit(&policy, &FreshStore, call)) {
            (Err(hidden), Err(refused)) => prop_assert_eq!(hidden, refused),
            (Err(hidden), Ok(_)) => prop_assert!(false, "admitted, and not listed: {}", hidden),
            (Ok(()), Err(refused)) => prop_assert!(!denies_the_tool(&refused), "listed, and {}", refused),
            (Ok(()), Ok(permit)) => prop_assert_eq!(permit.tool(), spec.name),
        }
    }

    #[test]
    fn deny_wins(
        text in cases::policy(),
        key in cases::key(),
        spec in cases::tool(),
        arguments in cases::arguments(),
    ) {
        let mut text = text;
        text["tools"][&key] = json!({"action": "deny"});
        let only = policy(&json!({"version": "1", "default": "allow", "tools": {&key: {"action": "deny"}}}).to_string());
        if only.lists(spec).is_err() {
            let policy = policy(&text.to_string());
            let call = Call { spec, arguments, caller: &Caller::anyone(), consent: Consent::Claimed };
            prop_assert!(denies_the_tool(&admit(&policy, &FreshStore, call).unwrap_err()));
        }
    }

    #[test]
    fn a_condition_only_narrows(
        text in cases::policy(),
        spec in cases::tool(),
        arguments in cases::arguments(),
    ) {
        let mut text = text;
        // Where everything is allowed, another rule can only ask for more.
        text["default"] = json!("allow");
        text["tools"].as_object_mut().unwrap().shift_remove("*");
        let mut more = text.clone();
        more["tools"]["*"] = json!({"arguments": {"run_id": ["a"]}});
        let call = |text: &str| {
            let call = Call { spec, arguments: arguments.clone(), caller: &Caller::anyone(), consent: Consent::Claimed };
            admit(&policy(text), &FreshStore, call)
        };
        if call(&more.to_string()).is_ok() {
            prop_assert!(call(&text.to_string()).is_ok());
            prop_assert_eq!(&arguments["run_id"].to_string().replace(['[', ']', '"', ',', 'a'], ""), "");
        }
    }

    #[test]
    fn no_nearly_right_text_panics(text in cases::damaged()) {
        if let Err(error) = Policy::parse(&text, &Tools) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn no_json_panics_and_what_is_wrong_is_said(value in cases::json()) {
        if let Err(error) = Policy::parse(&value.to_string(), &Tools) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn no_text_panics(text: String) {
        prop_assert!(Policy::parse(&text, &Tools).is_err());
    }
}
