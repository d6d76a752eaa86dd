//! Servers that stand in for an MLflow where it would be too slow, or would have to be asked what it was sent.

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;

use super::http::read_request;

/// The URI of a server that answers every request with the JSON that `body` makes of its head and body.
pub fn answering(body: impl Fn(&str) -> String + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, body) = (listener.local_addr().unwrap(), Arc::new(body));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let body = Arc::clone(&body);
            std::thread::spawn(move || {
                let body = body(&read_request(&stream));
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}",
                    body.len()
                );
                let _ = stream.write_all(format!("{head}\r\nConnection: close\r\n\r\n{body}").as_bytes());
            });
        }
    });
    format!("http://{address}")
}

/// The value of a header of a request.
pub fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let lines = request.split("\r\n\r\n").next()?.lines().skip(1);
    let mut values = lines.filter_map(|line| line.split_once(": "));
    values.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
