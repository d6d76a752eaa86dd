//! A person's yes is for the call that was asked about, once, and for no other.

use std::time::Duration;

use mlflow_mcp::policy::approval::Pending;
use mlflow_mcp::policy::refusal::{Denial, Flaw};
use mlflow_mcp::policy::{Approvals, Call, Caller, Consent, Permit, Policy, Refusal};
use mlflow_mcp::port::{CounterError, Counters, NoStore};
use mlflow_mcp::seal::Seal;
use mlflow_mcp::spec::Spec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::support::now;
use super::support::store::Store;
use super::{cases, policy, spec};

const ASKING: &str = r#"{"version": "1", "tools": {"*": {"action": "require_approval"}}}"#;

/// A call with all that an approval of it holds on to.
#[derive(Clone, Debug)]
struct Asked {
    spec: &'static Spec,
    arguments: Map<String, Value>,
    caller: Caller,
    place: u8,
}

impl Asked {
    fn call<'a>(&'a self, consent: Consent<'a>) -> Call<'a> {
        Call { spec: self.spec, arguments: self.arguments.clone(), caller: &self.caller, consent }
    }

    /// What the client keeps while the person thinks.
    fn pending(&self, seal: &Seal, seconds: u64, counted: bool) -> Pending {
        let call = self.call(Consent::None);
        let question = policy(ASKING).question(&call).unwrap().expect("a question");
        question.pending(approvals(seal, &[self.place], seconds), counted)
    }

    fn state(&self, seal: &Seal) -> String {
        self.pending(seal, 0, true).state
    }

    /// Asks for the call with an approval.
    fn admit(&self, policy: &Policy, seal: &Seal, state: &str, store: &Store) -> Result<Permit, Refusal> {
        let place = [self.place];
        let approvals = approvals(seal, &place, store.seconds.get());
        let counters = Counters { host: store, instance: &NoStore };
        now(policy.admit(self.call(Consent::Approved { approvals, state }), counters))
    }

    fn flaw(&self, seal: &Seal, state: &str, store: &Store) -> Option<Flaw> {
        match self.admit(&policy(ASKING), seal, state, store) {
            Ok(_) => None,
            Err(Refusal::Unaccepted { flaw, .. }) => Some(flaw),
            Err(other) => panic!("{other}"),
        }
    }
}

fn approvals<'a>(seal: &'a Seal, place: &'a [u8], seconds: u64) -> Approvals<'a> {
    Approvals { seal, place, now: Duration::from_secs(seconds) }
}

fn asked() -> impl Strategy<Value = Asked> {
    let callers = vec![Caller::anyone(), Caller::named("ann"), Caller::named("bob"), Caller::named("")];
    (cases::tool(), cases::arguments(), select(callers), 0..2_u8)
        .prop_map(|(spec, arguments, caller, place)| Asked { spec, arguments, caller, place })
}

fn delete() -> Asked {
    let arguments = json!({"run_id": "abc", "more": {"b": 1, "a": [1.5, null]}});
    let arguments = arguments.as_object().unwrap().clone();
    Asked { spec: spec("delete_run"), arguments, caller: Caller::named("ann"), place: 0 }
}

fn thousands() -> ProptestConfig {
    ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(thousands())]

    #[test]
    fn an_approval_admits_the_call_that_was_asked_about_and_no_other(one in asked(), other in asked()) {
        let (seal, store) = (Seal::of("key"), Store::default());
        let state = one.state(&seal);
        let same = one.spec == other.spec && one.arguments == other.arguments && one.caller == other.caller
            && one.place == other.place;
        prop_assert_eq!(other.flaw(&seal, &state, &store), (!same).then_some(Flaw::Foreign));
        // What was refused did not use it up.
        prop_assert_eq!(one.flaw(&seal, &state, &store), same.then_some(Flaw::Repeated));
    }

    #[test]
    fn any_change_of_an_approval_refuses_it(at: prop::sample::Index, other: char, insert: bool) {
        let (seal, store, asked) = (Seal::of("key"), Store::default(), delete());
        let state = asked.state(&seal);
        let mut changed: Vec<char> = state.chars().collect();
        let at = at.index(changed.len());
        changed.splice(at..at + usize::from(!insert), [other]);
        let changed: String = changed.into_iter().collect();
        let expected = (changed != state).then_some(Flaw::Foreign);
        prop_assert_eq!(asked.flaw(&seal, &changed, &store), expected);
    }

    #[test]
    fn no_text_is_taken_for_an_approval(text: String) {
        prop_assert_eq!(delete().flaw(&Seal::of("key"), &text, &Store::default()), Some(Flaw::Foreign));
    }

    #[test]
    fn whatever_is_approved_deny_wins_and_conditions_hold(text in cases::policy(), asked in asked()) {
        let (seal, store) = (Seal::of("key"), Store::default());
        let policy = policy(&text.to_string());
        let admitted = asked.admit(&policy, &seal, &asked.state(&seal), &store);
        match policy.lists(asked.spec) {
            Err(denied) => prop_assert_eq!(admitted.unwrap_err(), denied),
            Ok(()) => match admitted {
                Ok(permit) => prop_assert_eq!(permit.tool(), asked.spec.name),
                Err(Refusal::Denied { denial: Denial::Condition { .. }, .. }) => {}
                Err(other) => prop_assert!(false, "listed, approved, and {}", other),
            },
        }
    }

    #[test]
    fn a_question_is_asked_where_a_yes_would_help_and_nowhere_else(text in cases::policy(), asked in asked()) {
        let (seal, store) = (Seal::of("key"), Store::default());
        let policy = policy(&text.to_string());
        let counters = Counters { host: &store, instance: &NoStore };
        let unasked = now(policy.admit(asked.call(Consent::None), counters));
        let call = asked.call(Consent::None);
        match policy.question(&call) {
            Ok(Some(_)) => {
                let unapproved = matches!(unasked, Err(Refusal::Unapproved { .. }));
                prop_assert!(unapproved);
            }
            Ok(None) => prop_assert!(unasked.is_ok()),
            Err(denied) => prop_assert_eq!(unasked.unwrap_err(), denied),
        }
        prop_assert!(store.taken.borrow().is_empty());
        if let Ok(Some(_)) = policy.question(&call) {
            prop_assert!(asked.admit(&policy, &seal, &asked.state(&seal), &store).is_ok());
        }
    }
}

#[test]
fn an_approval_counts_once_and_a_new_one_once_more() {
    let (seal, store, asked) = (Seal::of("key"), Store::default(), delete());
    let state = asked.state(&seal);
    assert_eq!(asked.flaw(&seal, &state, &store), None);
    for _ in 0..3 {
        assert_eq!(asked.flaw(&seal, &state, &store), Some(Flaw::Repeated));
    }
    store.sleep(1);
    let again = asked.pending(&seal, store.seconds.get(), true).state;
    assert_eq!(asked.flaw(&seal, &again, &store), None);
}

#[test]
fn of_two_questions_about_one_call_in_one_instant_one_yes_counts() {
    let (seal, store, asked) = (Seal::of("key"), Store::default(), delete());
    let (one, other) = (asked.state(&seal), asked.state(&seal));
    assert_eq!(asked.flaw(&seal, &one, &store), None);
    assert_eq!(asked.flaw(&seal, &other, &store), Some(Flaw::Repeated));
}

#[test]
fn an_approval_ends_after_ten_minutes_and_without_a_store_after_one() {
    let (seal, asked) = (Seal::of("key"), delete());
    for (counted, seconds) in [(true, 600), (false, 60)] {
        for (late, expected) in [(seconds - 1, None), (seconds, Some(Flaw::Late)), (86_400, Some(Flaw::Late))]
        {
            let store = Store::default();
            store.sleep(1_000);
            let pending = asked.pending(&seal, 1_000, counted);
            assert_eq!(pending.lifetime, Duration::from_secs(seconds));
            store.sleep(late);
            assert_eq!(asked.flaw(&seal, &pending.state, &store), expected, "{counted} {late}");
        }
    }
}

#[test]
fn what_a_store_is_to_see_to_is_refused_when_the_store_fails() {
    let (seal, store, asked) = (Seal::of("key"), Store::default(), delete());
    let (counted, uncounted) = (asked.state(&seal), asked.pending(&seal, 0, false).state);
    store.fails.set(Some(CounterError::Failed));
    assert_eq!(asked.flaw(&seal, &counted, &store), Some(Flaw::Uncounted(CounterError::Failed)));
    assert_eq!(asked.flaw(&seal, &uncounted, &store), Some(Flaw::Uncounted(CounterError::Failed)));
    let store = Store::default();
    store.fails.set(Some(CounterError::NoStore));
    assert_eq!(asked.flaw(&seal, &counted, &store), Some(Flaw::Uncounted(CounterError::NoStore)));
    assert_eq!(asked.flaw(&seal, &uncounted, &store), None);
}

#[test]
fn without_a_store_an_instance_still_knows_what_it_has_seen() {
    let (seal, store, asked) = (Seal::of("key"), Store::default(), delete());
    let state = asked.pending(&seal, 0, false).state;
    let approve = || {
        let consent = Consent::Approved { approvals: approvals(&seal, &[0], 0), state: &state };
        let counters = Counters { host: &NoStore, instance: &store };
        now(policy(ASKING).admit(asked.call(consent), counters))
    };
    assert!(approve().is_ok());
    assert!(matches!(approve(), Err(Refusal::Unaccepted { flaw: Flaw::Repeated, .. })));
}

#[test]
fn another_key_is_noticed_and_another_order_of_arguments_does_not_matter() {
    let (seal, store, asked) = (Seal::of("key"), Store::default(), delete());
    let state = asked.state(&seal);
    assert_eq!(asked.flaw(&Seal::of("another"), &state, &store), Some(Flaw::Foreign));
    let turned = json!({"more": {"a": [1.5, null], "b": 1}, "run_id": "abc"}).as_object().unwrap().clone();
    let turned = Asked { arguments: turned, ..asked };
    assert_eq!(turned.flaw(&seal, &state, &store), None);
}

#[test]
fn a_claim_is_none_where_a_person_is_to_be_asked() {
    let asked = delete();
    let store = Store::default();
    let counters = Counters { host: &store, instance: &NoStore };
    let refused = now(policy(ASKING).admit(asked.call(Consent::Claimed), counters)).unwrap_err();
    assert!(matches!(refused, Refusal::Unapproved { confirm: false, .. }));
    let call = asked.call(Consent::Claimed);
    assert!(policy(ASKING).question(&call).unwrap().is_some());
}
