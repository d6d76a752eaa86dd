//! Progress over real sockets: an event arrives while the work behind it still goes on.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};

use serde_json::json;

use super::http::read_request;
use super::world::Hosted;

/// An MLflow with two pages of runs, whose second waits until it is let go.
fn two_pages() -> (String, Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let (release, released) = channel();
    std::thread::spawn(move || serve(&listener, &released));
    (uri, release)
}

fn serve(listener: &TcpListener, released: &Receiver<()>) {
    for stream in listener.incoming().map_while(Result::ok) {
        let second = read_request(&stream).contains("page_token");
        if second && released.recv().is_err() {
            return;
        }
        let run = |n: usize| json!({"info": {"run_id": format!("run-{n}")}});
        let mut page = json!({"runs": (0..100).map(run).collect::<Vec<_>>()});
        if !second {
            page["next_page_token"] = json!("more");
        }
        let body = page.to_string();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        let mut stream = stream;
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
    }
}

/// Calls `get_runs` for two pages, listening to progress.
fn call(address: SocketAddr) -> TcpStream {
    let params = json!({"name": "get_runs", "arguments": {"experiment_id": "1", "limit": 200},
                        "_meta": {"progressToken": "tok"}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Accept: application/json, text/event-stream\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    stream
}

/// Reads on until the text is there.
fn read_until(stream: &mut TcpStream, text: &mut String, wanted: &str) {
    let mut piece = [0; 4096];
    while !text.contains(wanted) {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "the answer ended without {wanted:?}: {text}");
        text.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
}

#[test]
fn progress_arrives_before_the_answer_is_complete() {
    let (uri, release) = two_pages();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &uri)]);
    let (mut stream, mut text) = (call(hosted.address()), String::new());
    // The second page is not let go before the first event is here: it can only have been streamed.
    read_until(&mut stream, &mut text, "\"progress\":100.0");
    assert!(text.to_ascii_lowercase().contains("content-type: text/event-stream"), "{text}");
    assert!(!text.contains("structuredContent"));
    release.send(()).unwrap();
    read_until(&mut stream, &mut text, "structuredContent");
    assert!(text.contains("\"progress\":200.0"), "{text}");
}

#[test]
fn a_client_that_goes_away_harms_no_one_else() {
    let (uri, release) = two_pages();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &uri)]);
    let (mut stream, mut text) = (call(hosted.address()), String::new());
    read_until(&mut stream, &mut text, "\"progress\":100.0");
    drop(stream);
    release.send(()).unwrap();
    release.send(()).unwrap();
    let (mut stream, mut text) = (call(hosted.address()), String::new());
    read_until(&mut stream, &mut text, "structuredContent");
}
