//! Tokens that are not right, each wrong in one way, made by somebody else's library.

use std::collections::BTreeMap;

use serde_json::json;

use super::support::{Mlflow, body, post, serve};
use super::{METADATA, PING, ask, challenge, key, right, status, trust, with, wrong};

#[test]
fn tokens_that_are_right_let_in() {
    for name in [
        "rs256",
        "rs256_4096",
        "es256",
        "es256_without_kid",
        "typ_jwt",
        "typ_application",
        "no_typ",
        "several_audiences",
        "within_leeway",
        "fractions",
        "write",
        "delete",
        "scp_text",
        "scp_list",
        "other_names",
        "long_name",
    ] {
        let response = ask(&trust(), right(name), PING);
        assert_eq!(response.status(), 200, "{name}: {:?}", challenge(&response));
    }
}

/// What is said of each token that is wrong, by what it begins with.
fn expected() -> BTreeMap<&'static str, &'static str> {
    let form = "the token is not a signed JSON Web Token";
    let key = "the token is not signed by a key of the authorization server";
    let signature = "the token's signature is wrong";
    let time = "the token has a time that is none";
    let extension = "the token has extensions that this server does not understand";
    let kind = "the token is not an access token";
    BTreeMap::from([
        ("alg_none", key),
        ("alg_missing", form),
        ("alg_number", form),
        ("hs256_", key),
        ("rs256_named_es256", key),
        ("es256_named_rs256", key),
        ("rs256_of_another_key", signature),
        ("es256_of_another_key", signature),
        ("rs512", key),
        ("ps256", key),
        ("es384", key),
        ("rs256_of_a_weak_key", key),
        ("es256_in_der", signature),
        ("es256_of_zeros", signature),
        ("es256_swapped", signature),
        ("rs256_of_zeros", signature),
        ("rs256_of_one", signature),
        ("rs256_of_the_modulus", signature),
        ("rs256_longer", signature),
        ("kid_", key),
        ("kid_list", form),
        ("kid_number", form),
        ("jwk_embedded", key),
        ("jku", key),
        ("x5u", key),
        ("crit", extension),
        ("b64_false", extension),
        ("typ_", kind),
        ("header_", form),
        ("issuer_", "the token is of another issuer"),
        ("audience_", "the token is for another audience"),
        ("expired", "the token has expired"),
        ("exp_missing", "the token never expires"),
        ("exp_text", time),
        ("exp_negative", time),
        ("exp_null", time),
        ("nbf_later", "the token is not valid yet"),
        ("nbf_text", time),
        ("iat_later", "the token was made in the future"),
        ("claims_", "the token has no claims that can be read"),
        ("nested", "the token has no claims that can be read"),
        ("bound_to_a_key", "the token is bound to a key, and is no bearer token"),
        ("name_", "the token does not name its holder in 1 to 255 bytes"),
        ("too_long", "the token is longer than 16384 bytes"),
    ])
}

#[test]
fn a_token_that_is_wrong_in_any_way_gets_401_that_says_in_which_and_nothing_of_the_token() {
    let expected = expected();
    let mut tried = 0;
    for (name, token) in wrong() {
        let fits = |(beginning, _): &(&&str, &&str)| name.starts_with(**beginning);
        let (_, problem) = expected.iter().filter(fits).max_by_key(|(beginning, _)| beginning.len()).unwrap();
        let response = ask(&trust(), token, PING);
        let said = format!("Bearer error=\"invalid_token\", error_description=\"{problem}\", {METADATA}");
        assert_eq!(challenge(&response), (401, said.as_str()), "{name}");
        let shown = body(&response).to_string();
        assert!(token.split('.').filter(|part| !part.is_empty()).all(|part| !shown.contains(part)), "{name}");
        tried += 1;
    }
    assert!(tried > 60, "only {tried} tokens were tried");
}

#[test]
fn a_token_is_right_only_as_it_was_written() {
    let token = right("es256");
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let standard = |text: &str| text.replace('-', "+").replace('_', "/");
    for other in [
        signed.to_owned(),
        format!("{signed}."),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{token}="),
        format!("{token}=="),
        format!("{signed}.{}", &signature[..signature.len() - 1]),
        format!("{signed}.{}", &signature[..signature.len() / 2]),
        format!("{signed}.{signature}{signature}"),
        format!("{signed}.{signature}A"),
        format!("{header} .{claims}.{signature}"),
        format!("{claims}.{header}.{signature}"),
        format!("{header}..{signature}"),
        format!("{token} {token}"),
        format!("{token},{token}"),
        format!("\"{token}\""),
        format!("{header}.{claims}\u{0}.{signature}").replace('\u{0}', "%00"),
        token.to_uppercase(),
        ".".to_owned(),
        "..".to_owned(),
        "a.b.c".to_owned(),
        "....".to_owned(),
        "x".repeat(1_000_000),
        format!("{}{token}", "A".repeat(1_000_000)),
        ".".repeat(1_000_000),
    ] {
        let shown = &other[..other.len().min(200)];
        assert_eq!(status(&trust(), &other), 401, "{shown}");
    }
    // In the alphabet of base64url, and in no other.
    let other = format!("{}.{}", signed, standard(signature));
    assert!(other == token || status(&trust(), &other) == 401);
}

#[test]
fn a_token_anywhere_but_in_one_authorization_header_is_not_looked_at() {
    let (oauth, token) = (trust().to_string(), right("rs256"));
    let variables = [("MLFLOW_MCP_OAUTH", oauth.as_str())];
    let bearer = format!("Bearer {token}");
    for query in
        [format!("access_token={token}"), format!("token={token}"), format!("Authorization={bearer}")]
    {
        let mut request = post(&[], PING);
        *request.uri_mut() =
            format!("http://127.0.0.1:3000/mcp?{}", query.replace(' ', "%20")).parse().unwrap();
        let response = serve(&Mlflow::untouched(), &variables, request);
        assert_eq!(challenge(&response), (401, format!("Bearer {METADATA}").as_str()), "{query}");
    }
    let basic = format!("Basic {token}");
    for headers in [
        vec![("authorization", token)],
        vec![("authorization", basic.as_str())],
        vec![("x-mlflow-authorization", bearer.as_str())],
        vec![("cookie", bearer.as_str())],
        vec![("authorization", bearer.as_str()), ("authorization", bearer.as_str())],
        vec![("authorization", bearer.as_str()), ("authorization", "Bearer x")],
        vec![("authorization", "Bearer x"), ("authorization", bearer.as_str())],
    ] {
        let response = serve(&Mlflow::untouched(), &variables, post(&headers, PING));
        assert_eq!(challenge(&response).0, 401, "{headers:?}");
    }
}

#[test]
fn a_token_without_a_key_id_is_checked_only_where_there_is_no_choice() {
    let two = with(
        "jwks",
        json!({"keys": [key("curve"), {"kty": "EC", "crv": "P-256", "kid": "second",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}),
    );
    assert_eq!(status(&two, right("es256_without_kid")), 401);
    assert_eq!(status(&two, right("es256")), 200);
}
