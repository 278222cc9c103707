"""Whether a text tells a proxy what to do, and which: by its name and its content."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.documents.kinds import kind_by_path

NGINX_FILE, HAPROXY_FILE, TRAEFIK_FILE, LITELLM_FILE = "nginx", "haproxy", "traefik", "litellm"
CADDY_FILE = "caddy"
"""The kinds of documents that such texts are."""
_YAML = pattern(r".+\.ya?ml")
_PASSES = pattern(r"^[ \t]*(?:[^#\n]*[;{}][ \t]*)?(?:proxy|grpc)_pass[ \t]+[^;#\n]+;", re.MULTILINE)
_MAIN = pattern(r"^[ \t]*http[ \t\r\n]*\{", re.MULTILINE)
_SECTION = pattern(r"^(?:backend|listen)[ \t]+[\w.${}-]+[ \t]*(?:from\b.*|#.*)?\r?$", re.MULTILINE)
_SERVER = pattern(r"^[ \t]+server(?:-template)?[ \t]+\S", re.MULTILINE)
_MODELS = pattern(r"^[\"']?model_list[\"']?[ \t]*:", re.MULTILINE)
_HTTP = pattern(r"^[\"']?http[\"']?[ \t]*:", re.MULTILINE)


def proxy_language(name: str, text: str) -> str:
    """The kind of a text that stands under a name; empty where it is none of these."""
    if _YAML.fullmatch(name):
        if "litellm_params" in text and _MODELS.search(text):
            return LITELLM_FILE
        # Only the file provider of Traefik has servers of load balancers there.
        told = "loadBalancer" in text and "servers" in text and _HTTP.search(text)
        return TRAEFIK_FILE if told else ""
    if "reverse_proxy" in text and kind_by_path(name.lower()) == CADDY_FILE:
        return CADDY_FILE
    if "_pass" in text and _PASSES.search(text):
        return NGINX_FILE
    # What it includes may lead somewhere.
    if "http" in text and "include" in text and _MAIN.search(text):
        return NGINX_FILE
    return HAPROXY_FILE if _SECTION.search(text) and _SERVER.search(text) else ""
