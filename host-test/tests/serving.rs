//! What a guest is given, and how its answers come back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, AUTHORIZATION, CONTENT_TYPE, ORIGIN};
use http::{HeaderValue, StatusCode};
use mlflow_mcp_host::{Component, Error, Host, Limits, Running};
use std::time::Duration;
use support::client::{fetch, get, open, post, send};
use support::{comes, guest, host};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use wasm_encoder::{
    Component as Encoded, ComponentImportSection, ComponentTypeRef, ComponentTypeSection, InstanceType,
};

#[tokio::test]
async fn bodies_pass_both_ways_unchanged() {
    let running = host().0.start().await.unwrap();
    let body = "0123456789abcdef".repeat(64 * 1024);
    let answer = send(running.addr(), post("/echo", body.clone())).await.unwrap();
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body, body);
}

#[tokio::test]
async fn the_guest_sees_the_variables_it_was_given_and_no_others() {
    let (host, _) = host();
    let host = host.env("MLFLOW_A", "1").env("MLFLOW_B", "two").env("MLFLOW_A", "3");
    let running = host.start().await.unwrap();
    assert_eq!(fetch(running.addr(), "/env").await.body, "MLFLOW_A=3\nMLFLOW_B=two\n");
}

/// How many requests the instance has counted that answers this caller.
async fn count(running: &Running, caller: &'static str) -> String {
    let mut request = get("/count");
    request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_static(caller));
    send(running.addr(), request).await.unwrap().body
}

#[tokio::test]
async fn an_instance_is_used_again_by_the_caller_that_used_it_before() {
    let running = host().0.start().await.unwrap();
    for round in ["1", "2", "3"] {
        for caller in ["Bearer one", "Bearer two", ""] {
            assert_eq!(count(&running, caller).await, round, "{caller}");
        }
    }
    assert_eq!(fetch(running.addr(), "/count").await.body, "1", "who shows nothing is one caller, too");
}

#[tokio::test]
async fn an_instance_is_thrown_away_after_so_many_requests() {
    let limits = Limits { instance_requests: 2, ..support::limits() };
    let running = host().0.limits(limits).start().await.unwrap();
    for expected in ["1", "2", "1", "2"] {
        assert_eq!(fetch(running.addr(), "/count").await.body, expected);
    }
}

#[tokio::test]
async fn every_request_has_an_instance_of_its_own_if_that_is_wanted() {
    let limits = Limits { instance_requests: 1, ..support::limits() };
    let running = host().0.limits(limits).start().await.unwrap();
    for _ in 0..20 {
        assert_eq!(fetch(running.addr(), "/count").await.body, "1");
    }
}

#[tokio::test]
async fn an_instance_is_thrown_away_when_it_failed() {
    let running = host().0.start().await.unwrap();
    for path in ["/trap", "/exit", "/error"] {
        assert_eq!(fetch(running.addr(), "/count").await.body, "1", "{path}");
        assert_eq!(fetch(running.addr(), path).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    }
}

#[tokio::test]
async fn an_instance_is_thrown_away_when_its_memory_has_grown() {
    let limits = Limits { instance_memory: 4 * 1024 * 1024, ..support::limits() };
    let running = host().0.limits(limits).start().await.unwrap();
    for _ in 0..2 {
        assert_eq!(fetch(running.addr(), "/count").await.body, "1");
        assert_eq!(fetch(running.addr(), "/count").await.body, "2");
        // The guest holds all of it at once.
        let body = "x".repeat(4 * 1024 * 1024);
        let answer = send(running.addr(), post("/length", body)).await.unwrap();
        assert_eq!(answer.body, (4 * 1024 * 1024).to_string());
    }
}

#[tokio::test]
async fn an_instance_that_waits_too_long_is_thrown_away() {
    let limits = Limits { instance_idle: Duration::from_millis(10), ..support::limits() };
    let running = host().0.limits(limits).start().await.unwrap();
    assert_eq!(fetch(running.addr(), "/count").await.body, "1");
    comes(async {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if fetch(running.addr(), "/count").await.body == "1" {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let running = host().0.start().await.unwrap();
    let mut stream = TcpStream::connect(running.addr()).await.unwrap();
    let request = "GET /count HTTP/1.1\r\nhost: test\r\n\r\n";
    let last = "GET /count HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    stream.write_all(format!("{request}{request}{last}").as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 3, "{answers}");
}

#[tokio::test]
async fn a_request_without_host_is_refused() {
    let running = host().0.start().await.unwrap();
    let mut stream = TcpStream::connect(running.addr()).await.unwrap();
    stream.write_all(b"GET /count HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 400"), "{answer}");
    assert!(answer.contains("-32600"), "{answer}");
}

#[tokio::test]
async fn standard_streams_become_log_lines_without_secrets() {
    let (host, lines) = host();
    let running = host.env("MLFLOW_TRACKING_TOKEN", "hush-hush").start().await.unwrap();
    fetch(running.addr(), "/print?out=to%20out&err=token%20hush-hush%0Anext%1B%5B2J").await;
    assert_eq!(lines.with("guest stdout request=1: to out").len(), 1, "{:?}", lines.all());
    assert_eq!(lines.with("guest stderr request=1: token ***").len(), 1, "{:?}", lines.all());
    assert_eq!(lines.with(r"guest stderr request=1: next\u{1b}[2J").len(), 1, "{:?}", lines.all());
}

#[tokio::test]
async fn a_failure_is_a_json_rpc_error_that_tells_nothing() {
    let (host, lines) = host();
    let running = host.start().await.unwrap();
    for path in ["/trap", "/error", "/exit"] {
        let answer = fetch(running.addr(), path).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json", "{path}");
        let expected = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32603,"message":""#;
        assert!(answer.body.starts_with(expected), "{path}: {}", answer.body);
        assert!(!answer.body.contains("guest") && !answer.body.contains("wasm"), "{path}: {}", answer.body);
    }
    assert_eq!(lines.with("failed: ").len(), 3, "{:?}", lines.all());
}

#[tokio::test]
async fn a_page_that_may_use_the_server_can_read_the_hosts_own_answers() {
    let running = host().0.env("MLFLOW_MCP_ALLOWED_ORIGINS", "ui.example").start().await.unwrap();
    let ask = async |origin: &'static str| {
        let mut request = get("/trap");
        request.headers_mut().insert(ORIGIN, HeaderValue::from_static(origin));
        let answer = send(running.addr(), request).await.unwrap();
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        answer.headers.get(ACCESS_CONTROL_ALLOW_ORIGIN).cloned()
    };
    for origin in ["http://localhost:6274", "https://ui.example"] {
        assert_eq!(ask(origin).await.unwrap(), origin);
    }
    assert_eq!(ask("https://evil.example").await, None);
}

/// Panics, before and in the middle of an answer, while another request is being worked on.
#[tokio::test]
async fn a_panic_leaves_other_requests_alone() {
    let (mut keeper, outbound) = support::faults::Gatekeeper::new();
    let (host, lines) = host();
    let host = host.outbound(outbound).tracking_uri("http://mlflow.test").unwrap();
    let running = host.start().await.unwrap();
    let address = running.addr();
    let held = tokio::spawn(async move { fetch(address, "/fetch?url=http://mlflow.test/&times=2").await });
    keeper.arrival().await;
    assert_eq!(fetch(address, "/trap").await.status, StatusCode::INTERNAL_SERVER_ERROR);
    let mut broken = open(address, get("/trap-late?url=http://mlflow.test/")).await.unwrap();
    assert_eq!(broken.next().await.unwrap().unwrap(), "before\n");
    keeper.arrival().await;
    // First come, first served: the held request goes on to its second call, and the other one panics.
    keeper.release(2);
    keeper.arrival().await;
    broken.next().await.expect("a cut answer must not look whole").unwrap_err();
    keeper.release(1);
    assert_eq!(held.await.unwrap().body, "status: 200\nreleased");
    assert_eq!(fetch(address, "/count").await.body, "1");
    assert_eq!(lines.with("failed: trap").len(), 2, "{:?}", lines.all());
}

#[tokio::test]
async fn requests_are_logged_without_their_queries_when_asked_for() {
    let lines = support::lines::Lines::default();
    let log = lines.log().requests(true);
    let running = Host::new(guest()).limits(support::limits()).log(log).start().await.unwrap();
    fetch(running.addr(), "/count?token=hush").await;
    let line = lines.with("request=1 method=GET path=/count status=200 ms=");
    assert_eq!(line.len(), 1, "{:?}", lines.all());
    assert!(lines.with("hush").is_empty());
}

/// A component that imports one function from the interface of this name.
fn importing(interface: &str, function: &str) -> Vec<u8> {
    let mut instance = InstanceType::new();
    let none: [(&str, wasm_encoder::ComponentValType); 0] = [];
    instance.ty().function().params(none).result(None);
    instance.export(function, ComponentTypeRef::Func(0));
    let mut types = ComponentTypeSection::new();
    types.instance(&instance);
    let mut imports = ComponentImportSection::new();
    imports.import(interface, ComponentTypeRef::Instance(0));
    let mut component = Encoded::new();
    component.section(&types).section(&imports);
    component.finish()
}

#[tokio::test]
async fn a_component_that_asks_for_files_or_sockets_is_refused() {
    for (interface, function) in [
        ("wasi:filesystem/preopens@0.2.12", "get-directories"),
        ("wasi:filesystem/types@0.2.12", "filesystem-error-code"),
        ("wasi:sockets/tcp-create-socket@0.2.12", "create-tcp-socket"),
        ("wasi:sockets/udp-create-socket@0.2.12", "create-udp-socket"),
        ("wasi:sockets/ip-name-lookup@0.2.12", "resolve-addresses"),
        ("wasi:sockets/instance-network@0.2.12", "instance-network"),
    ] {
        let component = Component::from_bytes(&importing(interface, function)).unwrap();
        let error = Host::new(component).start().await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, Error::Link { .. }), "{interface}: {text}");
        assert!(text.contains(interface.split('@').next().unwrap()), "{interface}: {text}");
        assert!(!text.contains('\n'), "{text}");
    }
}

#[tokio::test]
async fn a_component_that_handles_no_http_is_refused() {
    let component = Component::from_bytes(&Encoded::new().finish()).unwrap();
    let error = Host::new(component).start().await.unwrap_err();
    assert!(matches!(error, Error::Link { .. }), "{error}");
    assert!(error.to_string().contains("incoming-handler"), "{error}");
}

#[tokio::test]
async fn what_is_no_component_is_refused() {
    for bytes in [&b""[..], b"\0asm\x01\0\0\0", b"not wasm at all"] {
        let error = Component::from_bytes(bytes).unwrap_err();
        assert!(matches!(error, Error::Compile { .. }), "{error}");
    }
    assert!(matches!(Component::from_file("no/such/file.wasm").unwrap_err(), Error::Read { .. }));
}

#[tokio::test]
async fn limits_that_the_component_cannot_start_in_are_refused_at_the_start() {
    let (host, _) = host();
    let error = host.limits(Limits { memory: 64 * 1024, ..support::limits() }).start().await.unwrap_err();
    assert!(matches!(error, Error::Limits { .. }), "{error}");
}

#[tokio::test]
async fn the_built_in_component_starts() {
    let running = Host::new(Component::embedded()).limits(support::limits()).start().await.unwrap();
    let answer = send(running.addr(), get("/no/such/path")).await.unwrap();
    assert!(!answer.status.is_server_error(), "{answer:?}");
}
