//! Keys that are fetched from the authorization server.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use mlflow_mcp::port::HttpError;
use serde_json::{Value, json};

use super::support::{Mlflow, answer, body};
use super::{PING, ask_of, key, right, trust, without};

const URI: &str = "https://idp.test/keys";

fn fetching() -> Value {
    let mut trust = without("jwks");
    trust["jwks_uri"] = json!(URI);
    trust
}

fn set(names: &[&str]) -> String {
    json!({"keys": names.iter().map(|name| key(name)).collect::<Vec<_>>()}).to_string()
}

/// An authorization server that publishes the first of these, and the others whenever it is asked again.
fn changing(first: String, later: String) -> Mlflow {
    let asked = std::cell::Cell::new(false);
    Mlflow::new(move |_| Ok(answer(200, if asked.replace(true) { later.clone() } else { first.clone() })))
}

/// An authorization server that publishes these keys, and nothing else of the world.
fn publishing(text: impl Into<Bytes>) -> Mlflow {
    let text: Bytes = text.into();
    Mlflow::new(move |request| {
        assert_eq!(request.uri(), URI);
        Ok(answer(200, text.clone()))
    })
}

fn status(idp: &Mlflow, token: &str) -> u16 {
    ask_of(idp, &fetching(), token, PING).status().as_u16()
}

#[test]
fn keys_are_fetched_without_anything_of_the_caller_or_of_mlflow() {
    let idp = publishing(set(&["rsa"]));
    let (oauth, bearer) = (fetching().to_string(), format!("Bearer {}", right("rs256")));
    let variables = [("MLFLOW_MCP_OAUTH", oauth.as_str()), ("MLFLOW_TRACKING_TOKEN", "hunter2hunter2")];
    let headers =
        [("authorization", bearer.as_str()), ("x-mlflow-authorization", "Bearer x"), ("cookie", "a=b")];
    let response = super::serve(&idp, &variables, super::post(&headers, PING));
    assert_eq!(response.status(), 200);
    let seen: Vec<Request<Bytes>> = idp.seen();
    let names: Vec<&str> = seen[0].headers().keys().map(http::HeaderName::as_str).collect();
    assert_eq!(
        (seen.len(), seen[0].method().as_str(), names, seen[0].body().len()),
        (1, "GET", vec!["accept"], 0)
    );
    assert!(idp.limits()[0].body <= 64 << 10 && idp.limits()[0].first_byte <= Duration::from_secs(5));
}

#[test]
fn keys_are_kept_for_five_minutes_and_for_everybody() {
    let idp = publishing(set(&["rsa", "curve"]));
    assert_eq!(status(&idp, right("rs256")), 200);
    assert_eq!(status(&idp, right("es256")), 200);
    idp.wait(Duration::from_secs(299));
    assert_eq!(status(&idp, right("rs256")), 200);
    assert_eq!(idp.seen().len(), 1);
    idp.wait(Duration::from_secs(1));
    assert_eq!(status(&idp, right("rs256")), 200);
    assert_eq!(idp.seen().len(), 2);
}

#[test]
fn a_key_that_is_new_is_found_but_nobody_can_make_us_ask_all_the_time() {
    let idp = changing(set(&["rsa"]), set(&["rsa", "curve"]));
    assert_eq!(status(&idp, right("rs256")), 200);
    for _ in 0..20 {
        assert_eq!(status(&idp, right("es256")), 401);
    }
    assert_eq!(idp.seen().len(), 1);
    idp.wait(Duration::from_secs(30));
    assert_eq!(status(&idp, right("es256")), 200);
    assert_eq!(idp.seen().len(), 2);
}

#[test]
fn a_key_that_was_withdrawn_is_not_trusted_for_long() {
    let idp = changing(set(&["rsa", "curve"]), set(&["curve"]));
    assert_eq!(status(&idp, right("rs256")), 200);
    idp.wait(Duration::from_secs(300));
    assert_eq!(status(&idp, right("rs256")), 401);
}

#[test]
fn while_the_authorization_server_is_away_its_last_keys_hold_for_an_hour() {
    let idp = Mlflow::new({
        let asked = std::cell::Cell::new(0);
        move |_| {
            asked.set(asked.get() + 1);
            if asked.get() == 1 { Ok(answer(200, set(&["rsa"]))) } else { Err(HttpError::Unreachable) }
        }
    });
    let long = {
        let mut trust = fetching();
        trust["name_claim"] = json!("sub");
        trust
    };
    assert_eq!(ask_of(&idp, &long, right("rs256"), PING).status(), 200);
    // The token itself lasts for ten minutes.
    idp.wait(Duration::from_secs(600));
    assert_eq!(ask_of(&idp, &long, right("rs256"), PING).status(), 200);
    idp.wait(Duration::from_secs(3_000));
    assert_eq!(ask_of(&idp, &long, right("rs256"), PING).status(), 503);
}

#[test]
fn where_no_keys_can_be_had_nobody_gets_in_and_the_answer_says_why() {
    let failing = |error| Mlflow::new(move |_| Err(error));
    let redirect = || {
        let mut response: Response<Bytes> = answer(302, "");
        response.headers_mut().insert("location", "https://evil.test/keys".parse().unwrap());
        response
    };
    for (idp, why) in [
        (failing(HttpError::Forbidden), "its operator must allow it"),
        (failing(HttpError::Unreachable), "nobody answers there"),
        (failing(HttpError::Untrusted), "certificate"),
        (failing(HttpError::ResponseTimeout), "no answer in time"),
        (failing(HttpError::TooLarge), "larger than any"),
        (failing(HttpError::Incomplete), "broke off"),
        (Mlflow::new(move |_| Ok(redirect())), "302"),
        (Mlflow::new(|_| Ok(answer(500, set(&["rsa"])))), "500"),
        (publishing("<html>"), "no set of keys"),
        (publishing("[]"), "no set of keys"),
        (publishing(r#"{"keys": {}}"#), "no set of keys"),
        (publishing(r#"{"keys": [1]}"#), "no set of keys"),
        (publishing(r#"{"keys": [], "keys": []}"#), "no set of keys"),
    ] {
        let response = ask_of(&idp, &fetching(), right("rs256"), PING);
        let text = body(&response)["error"]["message"].as_str().unwrap().to_owned();
        assert_eq!(response.status(), 503);
        assert!(text.contains(why) && text.contains(URI), "{text}");
        assert_eq!(idp.seen().len(), 1);
    }
}

#[test]
fn what_is_no_token_makes_nobody_fetch_anything() {
    for token in ["x", "a.b.c", "", &"x".repeat(100_000)] {
        assert_eq!(ask_of(&Mlflow::untouched(), &fetching(), token, PING).status(), 401);
    }
}

#[test]
fn published_keys_that_are_of_no_use_are_as_if_they_were_not_there() {
    let useless = |name: &str, value: Value| {
        let mut useless = key("rsa");
        useless[name] = value;
        json!({"keys": [useless, key("curve")]}).to_string()
    };
    for (name, value) in [
        ("use", json!("enc")),
        ("key_ops", json!(["encrypt"])),
        ("key_ops", json!("verify")),
        ("alg", json!("RS512")),
        ("alg", json!("PS256")),
        ("alg", json!("none")),
        ("d", json!("AQAB")),
        ("k", json!("AQAB")),
        ("kty", json!("oct")),
        ("kty", json!("rsa")),
        ("e", json!("AQ")),
        ("e", json!("Aw")),
        ("n", json!("AQAB")),
        ("n", json!("not base64url!")),
        ("kid", json!(7)),
    ] {
        let idp = publishing(useless(name, value.clone()));
        assert_eq!(status(&idp, right("rs256")), 401, "{name} {value}");
        assert_eq!(status(&idp, right("es256")), 200, "{name} {value}");
    }
    let weak = publishing(set(&["weak", "p384", "curve"]));
    assert_eq!(status(&weak, right("es256")), 200);
}

#[test]
fn a_right_token_is_known_by_fetched_keys_as_by_configured_ones() {
    let idp = publishing(set(&["rsa", "large", "curve", "p384", "weak"]));
    for (name, token) in super::wrong() {
        assert_eq!(status(&idp, token), 401, "{name}");
    }
    assert_eq!(status(&idp, right("rs256_4096")), super::status(&trust(), right("rs256_4096")));
}
