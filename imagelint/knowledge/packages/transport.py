"""What makes programs accept servers that nobody vouches for, and packages that nobody signed.

Each from the manual of its program, November 2026. What package managers are told stands with them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

NO = frozenset(("0", "false", "f", "no", "n", "off"))
"""Words that mean no, in lower case."""

INSECURE_SWITCHES: Mapping[str, frozenset[str]] = {
    "curl": frozenset(("-k", "--insecure", "--proxy-insecure")),
    "wget": frozenset(("--no-check-certificate",)),
    "aria2c": frozenset(("--check-certificate=false",)),
    "http": frozenset(("--verify=no", "--verify=false")),
    "helm": frozenset(("--insecure-skip-tls-verify",)),
    "kubectl": frozenset(("--insecure-skip-tls-verify", "--insecure-skip-tls-verify=true")),
    "buildah": frozenset(("--tls-verify=false",)),
    "podman": frozenset(("--tls-verify=false",)),
    "skopeo": frozenset(("--tls-verify=false", "--src-tls-verify=false")),
    "rclone": frozenset(("--no-check-certificate",)),
    "aws": frozenset(("--no-verify-ssl",)),
    "mc": frozenset(("--insecure",)),
}
UNSIGNED_SWITCHES: Mapping[str, frozenset[str]] = {
    "rpm": frozenset(("--nosignature", "--nodigest", "--nofiledigest", "--noverify")),
    "dpkg": frozenset(("--force-bad-verify",)),
    "debootstrap": frozenset(("--no-check-gpg",)),
}

INSECURE_VARIABLES: Mapping[str, frozenset[str]] = {
    # https://peps.python.org/pep-0493/
    "PYTHONHTTPSVERIFY": frozenset(("0",)),
    # https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue
    "NODE_TLS_REJECT_UNAUTHORIZED": frozenset(("0",)),
    "YARN_ENABLE_STRICT_SSL": NO,
    "PERL_LWP_SSL_VERIFY_HOSTNAME": frozenset(("0",)),
    # requests of releases before 2.28 takes an empty path for "do not verify".
    "CURL_CA_BUNDLE": frozenset(("",)),
    "REQUESTS_CA_BUNDLE": frozenset(("",)),
}
"""Variables that switch verification off, with the values that do, in lower case."""
# http.c of git asks whether it is set, not to what.
ALWAYS_INSECURE = frozenset(("GIT_SSL_NO_VERIFY",))

_FALSE = r"(?:(?:0|false|no)\b|'(?:0|false|no)'|\"(?:0|false|no)\")"
# In files of settings: yum.conf, .npmrc, apt.conf, .wgetrc, .condarc, .gitconfig, .curlrc.
INSECURE_SETTING = pattern(
    r"(?:(?<=\\n)|\b)sslverify[ \t]*=[ \t]*"
    + _FALSE
    + r"|(?:(?<=\\n)|\b)strict-ssl[ \t]*=[ \t]*false\b"
    r"|\bssl_verify[ \t]*:[ \t]*(?:false|no)\b"
    r"|\bcheck_certificate[ \t]*=[ \t]*(?:off|no)\b"
    r"|\bAcquire::https::[\w.:-]*?Verify-(?:Peer|Host)[ \t=\"']+(?:false|0|no)\b",
    re.IGNORECASE,
)
# In yum.conf, apt.conf and pacman.conf, and in what lists the sources of apt.
UNSIGNED_SETTING = pattern(
    r"(?:(?<=\\n)|(?<![\w-]))gpgcheck[ \t]*=[ \t]*"
    + _FALSE
    + r"|\[[^\]\n]*\b(?:trusted|allow-insecure)=yes\b[^\]\n]*\]"
    r"|\b(?:Trusted|Allow-Insecure):[ \t]*yes\b"
    r"|\bAllowUnauthenticated[ \t=\"']+(?:true|1|yes)\b"
    r"|\bAllow(?:Insecure|Weak)Repositories[ \t=\"']+(?:true|1|yes)\b"
    r"|\bSigLevel[ \t]*=[ \t]*Never\b",
    re.IGNORECASE,
)

# In pip.conf, uv.toml, pyproject.toml, .npmrc, .yarnrc, .yarnrc.yml, bunfig.toml and .condarc.
PLAIN_SETTING = pattern(
    r"(?:(?<=\\n)|(?<![\w-]))(?:(?:extra-)?index-url|find-links|registry|npmRegistryServer"
    r"|channel_alias)[ \t]*[=:][ \t]*[\"']?http://[^\s\"'\\]{1,400}"
    r"|(?:^|(?<=[\n\"'])|(?<=\\n))registry[ \t]{1,9}[\"']?http://[^\s\"'\\]{1,400}"
    r"|\[\[(?:tool\.(?:poetry|uv|pdm)\.)?(?:index|source)\]\][^\[\]]{0,300}?(?:(?<=\\n)|\b)url"
    r"[ \t]*=[ \t]*[\"']http://[^\s\"'\\]{1,400}"
    r"|\bchannels:[ \t]*(?:\\n|\n)[ \t]*-[ \t]*[\"']?http://[^\s\"'\\]{1,400}"
)

_NEAR = pattern(
    r"localhost|[^.:]+|127(?:\.\d+){3}|10(?:\.\d+){3}|192\.168(?:\.\d+){2}|0\.0\.0\.0|\[.*\]"
    r"|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}|169\.254(?:\.\d+){2}"
    r"|.*\.(?:svc|local|localhost|internal|lan|home|corp|intranet|test|example|invalid)"
    r"|.*\.svc\..*|host\.docker\.internal",
    re.IGNORECASE,
)
_OWN = pattern(r"localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]|\$\{?(?:HOSTNAME|POD_IP)\}?")
_HOST = pattern(r"[a-z][a-z0-9+.-]*://(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)", re.IGNORECASE)


def is_own_host(address: str) -> bool:
    """Whether an address leads to the machine itself."""
    match = _HOST.match(address)
    host = match[1] if match else address.partition("/")[0].partition(":")[0]
    return _OWN.fullmatch(host) is not None


def is_plain(address: str) -> bool:
    """Whether something is fetched over plain HTTP, from elsewhere than a network of one's own."""
    match = _HOST.match(address)
    if match is None or not address.lower().startswith("http://"):
        return False
    return bool(match[1]) and "$" not in match[1] and _NEAR.fullmatch(match[1]) is None
