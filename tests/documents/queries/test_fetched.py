from __future__ import annotations

import pytest

from imagelint.documents.queries.downloads import downloads
from imagelint.documents.queries.fetched import FileUses, file_name, will_be_used
from tests.documents.queries.dockerfiles import dockerfile, scripts


@pytest.mark.parametrize(
    ("script", "name", "used"),
    [
        ("curl -O https://example.com/a.tar.gz?x=1", "a.tar.gz", True),
        ("curl -o /usr/bin/tool https://example.com/get", "get", True),
        ("curl -o t https://example.com/t && chmod +x t", "t", True),
        ("curl https://example.com/t | tar x", "t", True),
        ("curl https://example.com/key.asc | gpg --dearmor", "key.asc", False),
        ("curl -o d/x.zip https://example.com/$(a 'b c')", "d/x.zip", True),
        ("curl https://example.com/$(a 'b c')", "https://example.com/…", False),
    ],
)
def test_a_download_has_a_name_and_a_use(script: str, name: str, *, used: bool) -> None:
    document = dockerfile("FROM debian:12.7", f"RUN {script}")
    run = scripts(document)[0]
    download = downloads(run.commands[0])[0]
    assert file_name(document, download) == name
    assert will_be_used(document, FileUses(run), download) == used


def test_a_checksum_of_the_file_itself_counts() -> None:
    run = scripts(dockerfile("FROM a", "RUN wget -O a.tgz http://b/c && sha256sum a.tgz"))[0]
    assert FileUses(run).is_hashed(downloads(run.commands[0])[0])
    other = scripts(dockerfile("FROM a", "RUN wget http://b/c && sha256sum a.tgz"))[0]
    assert not FileUses(other).is_hashed(downloads(other.commands[0])[0])
