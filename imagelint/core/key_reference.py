"""Where a public key is: a path, or an address that cosign understands.

https://github.com/sigstore/cosign/blob/main/doc/cosign_verify.md (`--key`), and
https://docs.sigstore.dev/cosign/key_management/overview/
"""

from __future__ import annotations

from imagelint.core.pattern import pattern

STORES = ("awskms", "azurekms", "gcpkms", "hashivault", "k8s")
"""The stores of keys that cosign knows: for another scheme it runs a program of that name."""
_OTHERS = ("env", "https")
_AZURE = pattern(
    r"azurekms://[A-Za-z0-9-]+\.(?:vault\.azure\.(?:net|cn)|vault\.usgovcloudapi\.net"
    r"|managedhsm\.azure\.(?:net|cn))(?:[/:].*)?"
)
_AWS = pattern(r"awskms:///.*")


def key_fault(key: str) -> str:
    """Why a key cannot be used; empty for one that may be."""
    scheme, mark, _ = key.partition("://")
    if not mark or scheme in (*STORES, *_OTHERS):
        return ""
    if scheme == "http":
        return "comes over a connection that anybody on the way can change"
    known = ", ".join(f"`{name}://`" for name in (*STORES, *_OTHERS))
    return f"has a scheme that is not known (known are {known})"


def host_fault(key: str) -> str:
    """Why a file may not name a key there: it would send the user's logins to a host it chooses."""
    scheme = key.partition("://")[0]
    if scheme == "awskms" and not _AWS.match(key):
        return "names the host that is asked with the logins of whoever runs this"
    if scheme == "azurekms" and not _AZURE.fullmatch(key):
        return "names a host that is no vault of Azure's"
    return ""
