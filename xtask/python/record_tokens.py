"""Make access tokens, right and wrong ones, with PyJWT and cryptography, for `tests/fixtures/tokens.json`.

Needs the environment of `clients.txt`. Keys are new each time and forgotten: only their public halves are
written.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import sys
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

Json = dict[str, Any]

# The second in which the tests take place (tests/support).
NOW = 1_800_000_000
CLAIMS: Json = {
    "iss": "https://idp.test",
    "aud": "https://mcp.test/mcp",
    "sub": "ann",
    "iat": NOW,
    "nbf": NOW,
    "exp": NOW + 600,
    "scope": "openid mlflow:read",
}

RSA = rsa.generate_private_key(65537, 2048)
LARGE = rsa.generate_private_key(65537, 4096)
WEAK = rsa.generate_private_key(65537, 1024)
CURVE = ec.generate_private_key(ec.SECP256R1())
OTHER_RSA = rsa.generate_private_key(65537, 2048)
OTHER_CURVE = ec.generate_private_key(ec.SECP256R1())
P384 = ec.generate_private_key(ec.SECP384R1())


def jwk(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, **members: str) -> Json:
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    public: Json = algorithm.to_jwk(key.public_key(), as_dict=True)
    public.pop("key_ops", None)
    return public | members


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def rs256(message: bytes, key: rsa.RSAPrivateKey = RSA) -> bytes:
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def es256_der(message: bytes, key: ec.EllipticCurvePrivateKey = CURVE) -> bytes:
    return key.sign(message, ec.ECDSA(hashes.SHA256()))


def es256(message: bytes) -> bytes:
    r, s = decode_dss_signature(es256_der(message))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def raw(header: str, claims: str, sign: Any) -> str:
    """A token of exactly this text, which no library would make."""
    message = f"{encode(header.encode())}.{encode(claims.encode())}"
    return f"{message}.{encode(sign(message.encode()))}"


def with_header(**members: Any) -> str:
    header = {"alg": "RS256", "kid": "rsa", "typ": "at+jwt"} | members
    return raw(json.dumps(header), json.dumps(CLAIMS), rs256)


def made(key: Any = RSA, algorithm: str = "RS256", kid: str | None = "rsa", **claims: Any) -> str:
    """A token by PyJWT; a claim that is None is left out."""
    kept = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    headers: Json = {"typ": "at+jwt"} | ({} if kid is None else {"kid": kid})
    return jwt.encode(kept, key, algorithm, headers=headers)


def right() -> Json:
    return {
        "rs256": made(),
        "rs256_4096": made(LARGE, kid="large"),
        "es256": made(CURVE, "ES256", "curve"),
        "es256_without_kid": made(CURVE, "ES256", None),
        "typ_jwt": with_header(typ="JWT"),
        "typ_application": with_header(typ="application/AT+JWT"),
        "no_typ": raw('{"alg":"RS256","kid":"rsa"}', json.dumps(CLAIMS), rs256),
        "several_audiences": made(aud=["https://other.test", "https://mcp.test/mcp"]),
        "within_leeway": made(exp=NOW - 30, nbf=NOW + 30, iat=NOW + 30),
        "fractions": made(exp=NOW + 0.5),
        "write": made(scope="mlflow:write"),
        "delete": made(scope="mlflow:read mlflow:delete"),
        "scp_text": made(scope=None, scp="mlflow:write"),
        "scp_list": made(scope=None, scp=["openid", "mlflow:write"]),
        "permissions": made(scope=None, permissions=["mlflow:read"]),
        "no_scope": made(scope=None),
        "foreign_scopes": made(scope="openid mlflow:rea MLFLOW:READ"),
        "other_names": made(sub="auth0|b\u00f6b ci", client_id="robot"),
        "long_name": made(sub="x" * 255),
    }


def wrong() -> Json:
    text, public = json.dumps(CLAIMS), RSA.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    modulus = public.public_numbers().n.to_bytes(256, "big")

    def hs256(key: bytes) -> Any:
        return lambda message: hmac.new(key, message, hashlib.sha256).digest()

    def nothing(_: bytes) -> bytes:
        return b""

    mallory = jwk(OTHER_RSA, kid="mallory")
    embedded = json.dumps({"alg": "RS256", "kid": "mallory", "jwk": mallory})
    return {
        "alg_none": raw('{"alg":"none","typ":"at+jwt"}', text, nothing),
        "alg_none_with_kid": raw('{"alg":"none","kid":"rsa"}', text, nothing),
        "alg_none_with_signature": raw('{"alg":"None","kid":"rsa"}', text, rs256),
        "alg_missing": raw('{"kid":"rsa"}', text, rs256),
        "alg_number": raw('{"alg":256,"kid":"rsa"}', text, rs256),
        "hs256_with_pem": raw('{"alg":"HS256","kid":"rsa"}', text, hs256(pem)),
        "hs256_with_modulus": raw('{"alg":"HS256","kid":"rsa"}', text, hs256(modulus)),
        "hs256_with_nothing": raw('{"alg":"HS256","kid":"rsa"}', text, hs256(b"")),
        "rs256_named_es256": raw('{"alg":"ES256","kid":"rsa"}', text, rs256),
        "es256_named_rs256": raw('{"alg":"RS256","kid":"curve"}', text, es256),
        "rs256_of_another_key": made(OTHER_RSA),
        "es256_of_another_key": made(OTHER_CURVE, "ES256", "curve"),
        "rs512": made(algorithm="RS512"),
        "ps256": made(algorithm="PS256"),
        "es384": made(P384, "ES384", "curve"),
        "rs256_of_a_weak_key": made(WEAK, kid="weak"),
        "es256_in_der": raw('{"alg":"ES256","kid":"curve"}', text, es256_der),
        "es256_of_zeros": raw('{"alg":"ES256","kid":"curve"}', text, lambda _: bytes(64)),
        "es256_swapped": raw('{"alg":"ES256","kid":"curve"}', text, lambda m: es256(m)[32:] + es256(m)[:32]),
        "rs256_of_zeros": raw('{"alg":"RS256","kid":"rsa"}', text, lambda _: bytes(256)),
        "rs256_of_one": raw('{"alg":"RS256","kid":"rsa"}', text, lambda _: bytes(255) + b"\x01"),
        "rs256_of_the_modulus": raw('{"alg":"RS256","kid":"rsa"}', text, lambda _: modulus),
        "rs256_longer": raw('{"alg":"RS256","kid":"rsa"}', text, lambda m: b"\0" + rs256(m)),
        "kid_unknown": with_header(kid="rsa2"),
        "kid_missing": raw('{"alg":"RS256"}', text, rs256),
        "kid_path": with_header(kid="../../keys/rsa"),
        "kid_null_byte": with_header(kid="rsa\0"),
        "kid_sql": with_header(kid="x' UNION SELECT 'rsa"),
        "kid_list": with_header(kid=["rsa"]),
        "kid_number": with_header(kid=0),
        "kid_case": with_header(kid="RSA"),
        "jwk_embedded": raw(embedded, text, lambda message: rs256(message, OTHER_RSA)),
        "jku": raw(
            '{"alg":"RS256","kid":"mallory","jku":"https://evil.test/jwks"}',
            text,
            lambda message: rs256(message, OTHER_RSA),
        ),
        "x5u": raw(
            '{"alg":"RS256","kid":"mallory","x5u":"https://evil.test/pem"}',
            text,
            lambda message: rs256(message, OTHER_RSA),
        ),
        "crit": with_header(crit=["exp"]),
        "crit_empty": with_header(crit=[]),
        "b64_false": with_header(crit=["b64"], b64=False),
        "typ_logout": with_header(typ="logout+jwt"),
        "typ_dpop": with_header(typ="dpop+jwt"),
        "typ_list": with_header(typ=["at+jwt"]),
        "header_twice": raw('{"alg":"none","alg":"RS256","kid":"rsa"}', text, rs256),
        "header_list": raw('["RS256"]', text, rs256),
        "header_text": raw("RS256", text, rs256),
        "issuer_other": made(iss="https://idp.test.evil.test"),
        "issuer_slash": made(iss="https://idp.test/"),
        "issuer_case": made(iss="https://IDP.test"),
        "issuer_missing": made(iss=None),
        "issuer_list": raw(
            '{"alg":"RS256","kid":"rsa"}', json.dumps(CLAIMS | {"iss": ["https://idp.test"]}), rs256
        ),
        "audience_other": made(aud="https://mlflow.test"),
        "audience_longer": made(aud="https://mcp.test/mcp/"),
        "audience_shorter": made(aud="https://mcp.test"),
        "audience_words": made(aud="https://mcp.test/mcp https://other.test"),
        "audience_missing": made(aud=None),
        "audience_empty": made(aud=[]),
        "audience_object": raw(
            '{"alg":"RS256","kid":"rsa"}',
            json.dumps(CLAIMS | {"aud": {"https://mcp.test/mcp": 1}}),
            rs256,
        ),
        "audience_mixed": raw(
            '{"alg":"RS256","kid":"rsa"}',
            json.dumps(CLAIMS | {"aud": ["https://mcp.test/mcp", 1]}),
            rs256,
        ),
        "expired": made(exp=NOW - 61),
        "exp_missing": made(exp=None),
        "exp_text": raw('{"alg":"RS256","kid":"rsa"}', json.dumps(CLAIMS | {"exp": str(NOW + 600)}), rs256),
        "exp_negative": made(exp=-1),
        "exp_null": raw('{"alg":"RS256","kid":"rsa"}', json.dumps(CLAIMS | {"exp": None}), rs256),
        "nbf_later": made(nbf=NOW + 61),
        "nbf_text": raw('{"alg":"RS256","kid":"rsa"}', json.dumps(CLAIMS | {"nbf": "now"}), rs256),
        "iat_later": made(iat=NOW + 61),
        "claims_twice": raw(
            '{"alg":"RS256","kid":"rsa"}', text[:-1] + ', "aud": "https://mcp.test/mcp"}', rs256
        ),
        "claims_list": raw('{"alg":"RS256","kid":"rsa"}', f"[{text}]", rs256),
        "claims_not_utf8": jwt.api_jws.encode(
            text.encode().replace(b"ann", b"a\xff"), RSA, "RS256", headers={"kid": "rsa"}
        ),
        "nested": raw('{"alg":"RS256","kid":"rsa","cty":"JWT"}', made(), rs256),
        "bound_to_a_key": made(cnf={"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}),
        "name_missing": made(sub=None),
        "name_empty": made(sub=""),
        "name_number": raw('{"alg":"RS256","kid":"rsa"}', json.dumps(CLAIMS | {"sub": 7}), rs256),
        "name_too_long": made(sub="x" * 256),
        "too_long": made(more="x" * 13_000),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    tokens = {
        "keys": {
            "rsa": jwk(RSA, kid="rsa", use="sig", alg="RS256"),
            # As Microsoft publishes them: without alg.
            "large": jwk(LARGE, kid="large", use="sig"),
            "curve": jwk(CURVE, kid="curve"),
            "weak": jwk(WEAK, kid="weak"),
            "p384": jwk(P384, kid="p384"),
        },
        "right": right(),
        "wrong": wrong(),
    }
    out.write_text(json.dumps(tokens, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
