"""Manifests and compose files that scripts hand over, or write."""

from __future__ import annotations

import pytest

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.detect import detect
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.document import (
    lines_of,
    parse_makefile,
    parse_script,
    parse_workflow,
)
from imagelint.documents.runlines.fragments import Fragment
from imagelint.documents.runlines.handed import hands_documents

POD = """apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: server
      image: example.com/llm:1
"""
SERVICES = "services:\n  llm:\n    image: example.com/llm:1\n"
JSON = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "llm"}}'


def script(body: str, first: str = "kubectl apply -f - <<EOF", last: str = "EOF") -> str:
    """A script with one command."""
    return f"#!/bin/sh\n{first}\n{body}{last}\n"


@pytest.mark.parametrize(
    ("first", "body", "kind"),
    [
        ("kubectl apply -f - <<EOF", POD, "kubernetes"),
        ("oc create -f- <<'EOF'", POD, "kubernetes"),
        ("cat <<EOF | kubectl apply -f -", POD, "kubernetes"),
        ("cat > pod.yaml <<EOF", POD, "kubernetes"),
        ("sudo tee /etc/kubernetes/manifests/llm.yaml > /dev/null <<EOF", POD, "kubernetes"),
        ("curl --data @- https://example.com <<EOF", JSON + "\n", "kubernetes"),
        ("docker compose -f - up <<EOF", SERVICES, "compose"),
        ("docker stack deploy -c - llm <<EOF", SERVICES, "compose"),
        ("podman kube play - <<EOF", f"# made by hand\n---\n{POD}", "kubernetes"),
        ("cat > Dockerfile <<EOF", "FROM alpine\n", "dockerfile"),
        ("cat <<EOF | docker build -", "FROM alpine\n", "dockerfile"),
    ],
)
def test_a_here_document_is_read_whoever_gets_it(first: str, body: str, kind: str) -> None:
    text = script(body, first) + "docker build -t llm .\n"
    (embedded,) = parse_script(Source("run.sh", text)).embedded
    assert embedded.document.kind == kind
    assert embedded.mapped is not None
    assert embedded.mapped.text == body
    start, end = embedded.mapped.place(0, len(body))
    assert text[start:end] == body


@pytest.mark.parametrize(
    "line",
    [
        f"echo '{JSON}' | kubectl apply -f -",
        f"printf '%s\\n' '{JSON}' | kubectl apply -f -",
        f"kubectl apply -f - <<< '{JSON}'",
        f"echo '{POD}' | kubectl apply -f -",
    ],
)
def test_what_stands_in_quotes_is_read(line: str) -> None:
    text = f"#!/bin/bash\n{line}\n"
    assert detect("run.sh", text) == "shell-script"
    (embedded,) = parse_script(Source("run.sh", text)).embedded
    assert embedded.document.kind == "kubernetes"


def test_a_recipe_and_a_step_hand_documents_over() -> None:
    recipe = f"deploy:\n\techo '{JSON}' | kubectl apply -f -\n"
    step = "jobs:\n  a:\n    steps:\n      - run: |\n          kubectl apply -f - <<EOF\n"
    step += "".join(f"          {line}\n" for line in (*POD.splitlines(), "EOF"))
    assert detect("Makefile", recipe) == "makefile"
    assert detect(".github/workflows/a.yaml", step) == "workflow"
    for document in (
        parse_makefile(Source("Makefile", recipe)),
        parse_workflow(Source(".github/workflows/a.yaml", step)),
    ):
        (embedded,) = document.embedded
        assert embedded.document.kind == "kubernetes"


@pytest.mark.parametrize(
    "text",
    [
        script("apiVersion\n"),
        script(POD, "# kubectl apply -f - <<EOF").replace("\n", "\n# "),
        script("import yaml\nkind = 'apiVersion: v1'\n", "python3 - <<EOF"),
        "#!/bin/sh\ngrep apiVersion: pod.yaml\n",
        "#!/bin/sh\necho 'services: none'\n",
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert not hands_documents(text)
    assert detect("run.sh", text) == ""


def test_what_a_program_reads_is_its_own() -> None:
    text = script(POD, "python3 make.py <<EOF")
    assert parse_script(Source("run.sh", text)).embedded == ()


def test_a_variable_that_is_not_known_is_left_open() -> None:
    body = POD.replace("llm:1", "llm:$TAG").replace("{name: llm}", "{name: ${NAME:-$1}}")
    body = body.replace("name: server", 'name: \\$x\\" $(date) `date` ${9}')
    (embedded,) = parse_script(Source("run.sh", script(body))).embedded
    assert embedded.mapped is not None
    told = embedded.mapped.text
    assert "llm:__TAG__" in told
    assert 'name: __X__\\" __VALUE__ __VALUE__ __VALUE__' in told
    at = told.index("__TAG__")
    text = script(body)
    start, end = embedded.mapped.place(at, at + 7)
    assert text[start:end] == "$TAG"


def test_one_that_is_known_is_filled_in_on_its_line() -> None:
    body = POD.replace("llm:1", "llm:$TAG")
    text = script(body).replace("#!/bin/sh\n", "#!/bin/sh\nTAG=1.2.3-gpu\n")
    (embedded,) = parse_script(Source("run.sh", text)).embedded
    assert embedded.mapped is not None
    assert "example.com/llm:1.2.3-gpu\n" in embedded.mapped.text
    at = embedded.mapped.text.index("image:")
    start, end = embedded.mapped.place(at, at + len("image: example.com/llm"))
    assert text[start:end] == "image: example.com/llm"


def test_tabs_before_lines_are_taken_off() -> None:
    body = "".join(f"\t{line}\n" for line in POD.splitlines())
    text = script(body, "kubectl apply -f - <<-EOF", "\tEOF")
    (embedded,) = parse_script(Source("run.sh", text)).embedded
    assert embedded.mapped is not None
    assert embedded.mapped.text == POD


def test_what_cannot_be_read_is_told_at_its_place() -> None:
    text = script("apiVersion: v1\nkind: Pod\n  spec: {}\n")
    (gap,) = parse_script(Source("run.sh", text)).gaps
    assert gap.kind is ProblemKind.UNPARSABLE
    assert gap.message.startswith("what is handed over here cannot be examined")
    assert gap.span is not None
    assert text.count("\n", 0, gap.span.start) == 4  # the fifth line, where the key is


@pytest.mark.parametrize(
    ("first", "body"),
    [
        ("kubectl apply -f - <<EOF", f"{POD}$MORE\n"),
        ("cat > Dockerfile <<EOF", "FROM $BASE\n"),
    ],
)
def test_what_depends_on_a_variable_is_a_template(first: str, body: str) -> None:
    text = script(body, first) + "docker build .\n"
    document = parse_script(Source("run.sh", text))
    assert document.embedded == ()
    assert [gap.kind for gap in document.gaps] == [ProblemKind.TEMPLATE]
    assert "variables that are not known here" in document.gaps[0].message


def test_an_expression_of_a_workflow_is_left_open() -> None:
    body = POD.replace("{name: llm}", "{name: ${{ github.ref }}}").splitlines()
    step = "jobs:\n  a:\n    steps:\n      - run: |\n          kubectl apply -f - <<'EOF'\n"
    step += "".join(f"          {line}\n" for line in (*body, "EOF"))
    document = parse_workflow(Source(".github/workflows/a.yaml", step))
    assert document.gaps == ()
    (embedded,) = document.embedded
    assert "{name: __GITHUB_REF__}" in embedded.document.source.text


def test_of_a_text_that_no_shell_reads_nothing_passes() -> None:
    text = "#!/bin/sh\necho 'never closed\ndocker run --privileged llm\n"
    (gap,) = parse_script(Source("run.sh", text)).gaps
    assert gap.kind is ProblemKind.UNPARSABLE
    assert gap.message == "this is no shell text that can be read: what it runs is not examined"
    # Where the line is found all the same, it is judged.
    document = parse_script(Source("run.sh", "#!/bin/sh\nfi\ndocker run --privileged llm\n"))
    assert document.gaps == ()
    assert len(document.services) == 1


def test_more_than_some_are_told() -> None:
    lines = lines_of((Fragment(MappedText.verbatim(f"echo '{JSON}'\n" * 1_001, 0)),))
    assert len(lines.handed) == 1_000
    assert [gap.kind for gap in lines.gaps] == [ProblemKind.TOO_LARGE]


@pytest.mark.parametrize(
    ("first", "more"),
    [
        ('cat > "$NAME.yaml" <<EOF', 'cat >> "$NAME.yaml" <<EOF\n  nodeSelector: {a: b}\nEOF\n'),
        ("cat >> all.yaml <<EOF", "echo '  nodeSelector: {a: b}' >> all.yaml\n"),
        ("tee all.yaml <<EOF", "tee -a all.yaml <<EOF\n  nodeSelector: {a: b}\nEOF\n"),
        ("cat > all.yaml <<EOF", "cat rest >> all.yaml\nprintf '  hostPID: true' >>all.yaml\n"),
    ],
)
def test_a_manifest_that_goes_on_elsewhere_is_not_judged(first: str, more: str) -> None:
    text = script(POD, first) + more
    document = parse_script(Source("run.sh", text))
    assert document.embedded == ()
    (gap,) = document.gaps
    assert gap.kind is ProblemKind.UNREADABLE
    assert "puts more behind it" in gap.message
    assert gap.span is not None
    assert text[: gap.span[0]].count("\n") == 2


@pytest.mark.parametrize(
    "more",
    [
        f"cat >> all.yaml <<EOF\n---\n{POD}EOF\n",
        f"cat >> all.yaml <<EOF\n# another\n{POD}EOF\n",
        f"echo '---' >> all.yaml\ncat >> all.yaml <<EOF\n{POD}EOF\n",
        f"cat > all.yaml <<EOF\n{POD}EOF\n",
        "cat >> other.yaml <<EOF\n  nodeSelector: {a: b}\nEOF\n",
        "cat rest >> all.yaml\n",
    ],
)
def test_others_behind_it_leave_a_manifest_whole(more: str) -> None:
    document = parse_script(Source("run.sh", script(POD, "cat > all.yaml <<EOF") + more))
    assert document.gaps == ()
    assert len(document.embedded) == 1 + more.count("apiVersion")


def test_a_manifest_that_is_closed_is_whole() -> None:
    more = "cat >> all.yaml <<EOF\nitems: []\nEOF\n"
    document = parse_script(Source("run.sh", script(f"{POD}---\n", "cat > all.yaml <<EOF") + more))
    assert document.gaps == ()
    assert len(document.embedded) == 1
