//! Everything that can be wrong with an MLflow, over real sockets: each is a tool result that says what is wrong
//! and what to set. That it comes within 5 s where nothing was ever sent back follows from the limits it names (3 s to
//! connect, 4 s in `health`) and from what is never sent twice, which native tests count.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use serde_json::json;

use super::http::read_request;
use super::world::{Hosted, World};

/// The failure of a tool behind that tracking URI.
fn failure(uri: &str, more: &[(&str, &str)]) -> String {
    let mut variables = vec![("MLFLOW_TRACKING_URI", uri)];
    variables.extend(more);
    let hosted = Hosted::start(&variables);
    hosted.fails("get_experiments", json!({}))
}

/// A server that answers every connection with these bytes and closes it.
fn answering(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || answer(stream, bytes));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, bytes: &[u8]) {
    read_request(&stream);
    let _ = stream.write_all(bytes);
}

#[test]
fn an_mlflow_that_is_down_is_reported() {
    // Bound and dropped: nothing listens there now.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let text = failure(&format!("http://{address}"), &[]);
    assert!(text.contains("no connection to MLflow") && text.contains("Start MLflow"), "{text}");
}

#[test]
fn a_name_that_does_not_resolve_is_reported() {
    let text = failure("http://no-such-host.invalid:5000", &[]);
    assert!(text.contains("no connection to MLflow at http://no-such-host.invalid:5000"), "{text}");
}

#[test]
fn an_address_that_swallows_connections_is_given_up_after_three_seconds() {
    let full = Full::new();
    let text = failure(&format!("http://{}", full.address), &[]);
    assert!(text.contains("took no connection within 3 s"), "{text}");
}

/// A listener whose queue is full: the kernel drops what else knocks, as a firewall does.
struct Full {
    address: SocketAddr,
    _listener: tokio::net::TcpListener,
    _queued: Vec<TcpStream>,
    _runtime: tokio::runtime::Runtime,
}

impl Full {
    fn new() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4().unwrap();
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            socket.listen(1).unwrap()
        });
        let address = listener.local_addr().unwrap();
        let knock = || TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok();
        let queued = std::iter::from_fn(knock).take(64).collect();
        Self { address, _listener: listener, _queued: queued, _runtime: runtime }
    }
}

#[test]
fn a_server_that_never_answers_is_given_up_after_the_time_that_is_set() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let text = failure(&uri, &[("MLFLOW_MCP_FIRST_BYTE_TIMEOUT", "0.3")]);
    assert!(
        text.contains("did not answer in time") && text.contains("MLFLOW_MCP_FIRST_BYTE_TIMEOUT"),
        "{text}"
    );
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", uri.as_str())]);
    // `health` waits 4 s and no longer, whatever is set.
    assert_eq!(hosted.ok("health", json!({}))["status"], "unhealthy");
}

#[test]
fn an_answer_that_stops_coming_is_given_up_after_the_time_that_is_set() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for mut stream in listener.incoming().map_while(Result::ok) {
            read_request(&stream);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"exp");
            open.push(stream);
        }
    });
    let text = failure(&uri, &[("MLFLOW_MCP_BETWEEN_BYTES_TIMEOUT", "0.3")]);
    assert!(text.contains("broke off in the middle"), "{text}");
}

#[test]
fn answers_that_are_not_mlflows_are_told_apart() {
    for (bytes, what) in [
        (&b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nOops"[..], "HTTP 500: Oops"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>Sign in</html>",
            "sign-in page",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"experiments\": [", "broke off in the middle"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: https://login.example/?x=1\r\nContent-Length: 0\r\n\r\n",
            "https://login.example/\"",
        ),
        (b"", "closed the connection without an answer"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "not an HTTP answer"),
    ] {
        let text = failure(&answering(bytes), &[]);
        assert!(text.contains(what), "{:?}: {text}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_tls_server_that_nobody_vouches_for_is_reported() {
    let uri = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n").replace("http://", "https://");
    let text = failure(&uri, &[]);
    assert!(text.contains("scheme (http or https)") || text.contains("TLS certificate"), "{text}");
}

#[test]
fn without_a_tracking_uri_every_tool_says_what_to_set() {
    let hosted = Hosted::start(&[]);
    let text = hosted.fails("get_experiments", json!({}));
    assert!(
        text.contains("MLFLOW_TRACKING_URI is not set") && text.contains("http://127.0.0.1:5000"),
        "{text}"
    );
}

#[test]
fn the_name_that_mlflow_does_not_answer_to_is_told_with_what_to_start_it_with() {
    let world = World::shared();
    // The same address by a name that is not on MLflow's list.
    let uri = world.mlflow.uri().replace("127.0.0.1", "127.1");
    let text = failure(&uri, &[]);
    let authority = uri.replace("http://", "");
    assert!(text.contains(&format!("--allowed-hosts \"{authority}\"")), "{text}");
}
