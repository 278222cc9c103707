from __future__ import annotations

import pytest

from imagelint.core.key_reference import host_fault, key_fault


@pytest.mark.parametrize(
    "key",
    [
        "cosign.pub",
        "keys/a.pub",
        "env://KEY",
        "https://example.com/cosign.pub",
        "awskms:///alias/a",
        "awskms:///arn:aws:kms:eu-west-1:1:key/a",
        "azurekms://team.vault.azure.net/key",
        "azurekms://team.managedhsm.azure.net/key/1",
        "gcpkms://projects/a/locations/b/keyRings/c/cryptoKeys/d",
        "hashivault://key",
        "k8s://namespace/name",
    ],
)
def test_keys_that_cosign_finds(key: str) -> None:
    assert (key_fault(key), host_fault(key)) == ("", "")


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("http://example.com/cosign.pub", "on the way"),
        ("mine://key", "not known"),  # cosign would run `sigstore-kms-mine`
        ("file:///etc/key", "not known"),
        ("HTTP://example.com/x", "not known"),
    ],
)
def test_keys_that_nobody_may_use(key: str, why: str) -> None:
    assert why in key_fault(key)


@pytest.mark.parametrize(
    "key",
    [
        "awskms://collector.example.com/alias/a",
        "awskms://localhost:4566/alias/a",
        "azurekms://collector.example.com/key",
        "azurekms://a.vault.azure.net.example.com/key",
        "azurekms://a@b.vault.azure.net/key",
    ],
)
def test_hosts_that_a_file_may_not_choose(key: str) -> None:
    assert host_fault(key)
    assert key_fault(key) == ""
