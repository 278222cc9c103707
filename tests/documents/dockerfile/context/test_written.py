"""Files that a RUN writes, as they are read back from its words."""

from __future__ import annotations

import pytest

from imagelint.documents.dockerfile.context.image import FileText, ImageFiles
from tests.documents.dockerfile.context.project import content, dockerfile

UNKNOWN = "$_"


def written(*lines: str) -> tuple[FileText | None, str]:
    document = dockerfile("FROM x:1", *lines)
    last = document.stages[-1]
    files = ImageFiles(document.stages, document.source.text, {"a.sh": "A\n"}.get)
    return files.file("/f", last, last.instructions[-1].span.end), document.source.text


@pytest.mark.parametrize(
    ("run", "text"),
    [
        ("echo a > /f", "a\n"),
        ("echo -n a > /f", "a"),
        ("echo -e 'a\\tb\\nc' > /f", "a\tb\nc\n"),
        ("echo '#!/bin/sh\\nexec x' > /f", "#!/bin/sh\nexec x\n"),
        ("echo -E 'a\\nb' > /f", "a\\nb\n"),
        ('echo a  "b c" d\\ e > /f', "a b c d e\n"),
        ("echo 'a\\n\\\nb\\n\\\n' > /f", "a\nb\n\n"),
        ('echo "a \\"\\$1\\" \\\\ \\y" > /f', 'a "$1" \\ \\y\n'),
        ("printf 'a\\nb\\n' > /f", "a\nb\n"),
        ("printf -- 'a\\n' > /f", "a\n"),
        ("printf '%s\\n' 'a b' c > /f", "a b\nc\n"),
        ("printf '%s-%s;' a b c > /f", "a-b;c-;"),
        ("printf '100%% %b\\n' 'x\\ty' > /f", "100% x\ty\n"),
        ("printf \"'%s'\\n\" a > /f", "'a'\n"),
        ("{ echo a; echo b; } > /f && echo c >> /f", "a\nb\nc\n"),
        ("(echo a; echo b | tee) > /f", "a\nb\n"),
        ("if true; then echo a; fi > /f", "a\n"),
        (": > /f; echo a >> /f", "a\n"),
        ("> /f && echo a >> /f", "a\n"),
        ("echo old > /f; echo a > /f", "a\n"),
        ("echo a | tee /f", "a\n"),
        ("echo a | tee -a /f", "a\n"),
        ("echo a > /t && mv /t /f", "a\n"),
        ("echo a > /t; cat /t; cp /t /u; echo b >> /u; mv /u /f", "a\nb\n"),
        ("mkdir -p /opt; cd / && echo a > f", "a\n"),
        ("cat > /f <<'EOF'\n$X \\$Y\nEOF", "$X \\$Y\n"),
        ('cat > /f <<EOF\n"\\$X" \\`a\\` \\"b\\"\nEOF', '"$X" `a` \\"b\\"\n'),
        ("cat <<EOF | tee /f > /dev/null\na\nEOF", "a\n"),
        ("tee /f <<EOF\na\nEOF", "a\n"),
        ("install -m 755 -o root /dev/stdin /f <<EOF\na\nEOF", "a\n"),
        ('echo "a $UNSET b" > /f', f"a {UNKNOWN} b\n"),
        ('echo "a $(nproc) `id` b" > /f', f"a {UNKNOWN} {UNKNOWN} b\n"),
        ("cat > /f <<EOF\na $UNSET\nEOF", f"a {UNKNOWN}\n"),
        ("sh -c 'echo a > /f'", "a\n"),
    ],
)
def test_what_a_script_writes_is_read(run: str, text: str) -> None:
    found, _ = written(f"RUN {run}" if "EOF" not in run else f"RUN <<END\n{run}\nEND")
    assert found is not None
    assert found.text == text


@pytest.mark.parametrize(
    "run",
    [
        "gen > /f",
        "echo a | sed s/a/b/ > /f",
        "echo a > /f && sed -i s/a/b/ /f",
        "echo a > /f; rm /f",
        "cat /other > /f",
        "cat < /other > /f",
        "echo 'a\\x41' > /f",
        "printf '%d' 1 > /f",
        "printf '\\101' > /f",
        "printf -v x a > /f",
        "printf '%b' '\\0101' > /f",
        "printf > /f",
        "mv /gone /f",
        "echo a > /t && (cd /w && mv f /f)",
    ],
)
def test_what_is_made_otherwise_is_not_known(run: str) -> None:
    assert written(f"RUN {run}")[0] is None


def test_several_instructions_write_behind_one_another() -> None:
    found, text = written("WORKDIR /", "RUN echo one > f", "RUN echo two >> ./f")
    assert found is not None
    assert found.text == "one\ntwo\n"
    assert found.written is not None
    at = text.index("two")
    assert found.written.place(4, 7) == (at, at + 3)


def test_what_is_added_to_a_file_of_the_context_is_not_known() -> None:
    assert written("COPY a.sh /f", "RUN echo more >> /f")[0] is None


def test_bash_heeds_escapes_only_when_it_is_told() -> None:
    bash = 'SHELL ["/bin/bash", "-c"]'
    assert written(bash, "RUN echo 'a\\nb' > /f")[0] is None
    found, _ = written(bash, "RUN echo -e 'a\\nb' > /f")
    assert found is not None
    assert found.text == "a\nb\n"


def test_what_the_build_knows_is_filled_in() -> None:
    found, text = written("ARG M=org/model", 'RUN echo "serve $M \\"\\$@\\"" > /f')
    assert found is not None
    assert found.text == 'serve org/model "$@"\n'
    assert found.written is not None
    at = text.index("$M")
    assert found.written.place(6, 15) == (at, at + 2)


def test_a_text_that_stands_there_is_the_text_itself() -> None:
    found, text = written("RUN cat > /f <<'EOF'\n\nexec a\nEOF")
    assert found is not None
    assert found.written is None
    assert text[found.start :].startswith(found.text)


def test_what_grows_too_long_is_not_read() -> None:
    form = "%s" + "x" * 2_000
    assert written(f"RUN printf {form} {'a ' * 200}> /f")[0] is None


def test_an_address_brings_a_file_that_nobody_sees() -> None:
    files = {"a.sh": "A"}
    assert (
        content("/a.sh", "FROM x:1", "COPY a.sh /", "ADD https://x.example/a.sh?v=1 /", files=files)
        == ""
    )
    assert (
        content("/b.sh", "FROM x:1", "COPY a.sh /b.sh", "ADD https://x.example/a.sh /", files=files)
        == "A"
    )
