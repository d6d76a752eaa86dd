//! Access tokens that the component gets of a real authorization server, in front of a real MLflow behind a gateway that
//! admits only those.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::http::{read_request, request};
use super::leaks;
use super::oauth::{Issuer, SECRET};
use super::stub::header;
use super::world::{Hosted, World};

/// Calls one after another.
const CALLS: usize = 10;

/// What stands before an MLflow, and remembers what it was shown: each token, and whether the issuer called it good.
struct Gateway {
    uri: String,
    shown: Arc<Mutex<Vec<(String, bool)>>>,
}

impl Gateway {
    fn start(mlflow: SocketAddr, issuer: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let shown = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&shown);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || admit(stream, mlflow, issuer, &seen));
            }
        });
        Self { uri, shown }
    }

    /// What it was shown since it was last asked.
    fn shown(&self) -> Vec<(String, bool)> {
        std::mem::take(&mut *self.shown.lock().unwrap())
    }
}

/// Passes a request on to MLflow if it shows a token that the issuer calls good.
fn admit(mut stream: TcpStream, mlflow: SocketAddr, issuer: SocketAddr, seen: &Mutex<Vec<(String, bool)>>) {
    let asked = read_request(&stream);
    let token = header(&asked, "authorization").and_then(|value| value.strip_prefix("Bearer "));
    let token = token.unwrap_or_default().to_owned();
    leaks::keep(&token);
    let is_good = is_good(issuer, &token);
    seen.lock().unwrap().push((token, is_good));
    let (status, body) = if is_good { pass(mlflow, &asked) } else { (401, b"no token of ours".to_vec()) };
    let head = format!(
        "HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close",
        body.len()
    );
    let _ = stream.write_all(&[head.as_bytes(), b"\r\n\r\n", &body].concat());
}

fn pass(mlflow: SocketAddr, asked: &str) -> (u16, Vec<u8>) {
    let (head, body) = asked.split_once("\r\n\r\n").unwrap();
    let line = head.lines().next().unwrap();
    request(mlflow, &format!("{line}\r\nContent-Type: application/json"), body).unwrap()
}

fn is_good(issuer: SocketAddr, token: &str) -> bool {
    if token.is_empty() {
        return false;
    }
    let (status, body) = about(issuer, "introspection", token);
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    serde_json::from_slice::<Value>(&body).unwrap()["active"] == true
}

/// Asks the issuer to do something with a token.
fn about(issuer: SocketAddr, what: &str, token: &str) -> (u16, Vec<u8>) {
    let basic = STANDARD.encode(format!("agent:{}", SECRET.replace(' ', "+")));
    let head = format!(
        "POST /token/{what} HTTP/1.1\r\nAuthorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded"
    );
    request(issuer, &head, &format!("token={token}")).unwrap()
}

/// The component in front of that gateway, as a client of that issuer with that secret.
fn hosted(gateway: &Gateway, issuer: &Issuer, secret: &str) -> Hosted {
    let oauth = json!({
        "client_id": "agent",
        "client_secret": secret,
        "token_url": format!("{}/token", issuer.url),
        "scope": "mlflow:read mlflow:write",
    });
    let oauth = oauth.to_string();
    let variables = [("MLFLOW_TRACKING_URI", gateway.uri.as_str()), ("MLFLOW_MCP_TRACKING_OAUTH", &oauth)];
    Hosted::listening(SocketAddr::from(([127, 0, 0, 1], 0)), &variables, &[issuer.url.parse().unwrap()])
}

fn gateway(world: &World, issuer: &Issuer) -> Gateway {
    Gateway::start(world.mlflow.uri().trim_start_matches("http://").parse().unwrap(), issuer.address())
}

#[test]
fn the_component_gets_a_token_of_a_real_authorization_server_and_keeps_it_for_later_calls() {
    let (world, issuer) = (World::shared(), Issuer::start());
    let gateway = gateway(&world, &issuer);
    let stranger = Hosted::start(&[("MLFLOW_TRACKING_URI", &gateway.uri)]);
    assert!(stranger.fails("get_experiments", json!({})).contains("wants credentials"));
    assert!(gateway.shown().iter().all(|(token, _)| token.is_empty()));
    let host = hosted(&gateway, &issuer, SECRET);
    let expected = world.ok("get_experiments", json!({}));
    for _ in 0..CALLS {
        assert_eq!(host.ok("get_experiments", json!({})), expected);
    }
    let shown = gateway.shown();
    assert!(shown.len() >= CALLS && shown.iter().all(|(_, is_good)| *is_good), "{shown:?}");
    // As many as instances have worked, which are used again.
    let tokens: BTreeSet<&str> = shown.iter().map(|(token, _)| token.as_str()).collect();
    assert!(tokens.len() < CALLS, "{} tokens for {CALLS} calls", tokens.len());
}

#[test]
fn a_token_that_was_revoked_is_got_anew_and_a_change_is_sent_again() {
    let (world, issuer) = (World::shared(), Issuer::start());
    let gateway = gateway(&world, &issuer);
    let host = hosted(&gateway, &issuer, SECRET);
    let expected = world.ok("get_experiments", json!({}));
    // Whether one of some calls was refused a token that its instance had kept, and was admitted with the next.
    let renews = |call: &dyn Fn()| {
        (0..CALLS).any(|_| {
            for (token, _) in gateway.shown() {
                assert_eq!(about(issuer.address(), "revocation", &token).0, 200);
            }
            call();
            let shown = gateway.shown.lock().unwrap();
            shown.iter().any(|(_, is_good)| !is_good) && shown.last().unwrap().1
        })
    };
    assert!(renews(&|| assert_eq!(host.ok("get_experiments", json!({})), expected)));
    assert!(renews(&|| {
        let tag = json!({"run_id": "0".repeat(32), "key": "k", "value": "v"});
        // That there is no such run is MLflow's answer: the change was sent again.
        let text = host.fails("set_run_tag", tag);
        assert!(text.contains("not found"), "{text}");
    }));
}

#[test]
fn a_client_that_the_authorization_server_does_not_know_never_reaches_mlflow() {
    let (world, issuer) = (World::shared(), Issuer::start());
    let gateway = gateway(&world, &issuer);
    let text = hosted(&gateway, &issuer, "another secret of a test").fails("get_experiments", json!({}));
    for named in ["invalid_client", "MLFLOW_MCP_TRACKING_OAUTH", issuer.url.as_str()] {
        assert!(text.contains(named), "{named}: {text}");
    }
    assert!(gateway.shown().is_empty());
}
