//! A component whose every path misbehaves in one way that a host must survive.
//!
//! The paths are in [`route`]; parameters come in the query, undecoded except for `%XX`.

mod fetch;
mod query;
mod ways;

use query::Query;
use wstd::http::{Body, Error, Request, Response, StatusCode};

#[wstd::http_server]
async fn main(request: Request<Body>) -> Result<Response<Body>, Error> {
    let query = Query::of(request.uri());
    route(request, &query).await
}

async fn route(request: Request<Body>, query: &Query) -> Result<Response<Body>, Error> {
    let path = request.uri().path().to_owned();
    match path.as_str() {
        // Well-behaved.
        "/echo" => Ok(Response::new(request.into_body())),
        "/length" => ways::length(request).await,
        "/env" => Ok(text(ways::environment())),
        "/count" => Ok(text(ways::count())),
        "/print" => Ok(text(ways::print(query))),
        "/stream" => Ok(Response::new(ways::stream(3))),
        "/hold" => ways::hold(query).await,
        "/fetch" => Ok(text(fetch::fetch(query).await)),
        "/relay" => Ok(Response::new(fetch::relay(query))),
        // Greedy.
        "/memory" => Ok(text(ways::memory())),
        "/spin" => ways::spin(),
        "/flood" => Ok(Response::new(ways::flood())),
        // Broken.
        "/trap" => ways::trap(),
        "/trap-late" => Ok(Response::new(fetch::trap_late(query))),
        "/exit" => std::process::exit(3),
        "/error" => Err(Error::msg("the guest refuses, with internals that nobody outside should see")),
        _ => not_found(),
    }
}

fn text(text: String) -> Response<Body> {
    Response::new(text.into())
}

fn not_found() -> Result<Response<Body>, Error> {
    Ok(Response::builder().status(StatusCode::NOT_FOUND).body("no such path\n".into())?)
}
