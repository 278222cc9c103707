"""The scripts of the steps that build images."""

from __future__ import annotations

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.execution import Phase
from imagelint.documents.runlines.document import Workflow, parse_workflow
from imagelint.documents.shell.read import LONGEST

GITHUB = """\
env: {AROUND: one}
jobs:
  first:
    steps: [{run: echo first}]
  image:
    env: {INNER: two}
    steps:
      - run: echo ${{ env.HF_TOKEN && format('-e HF_TOKEN={0}', env.HF_TOKEN) }} $INNER
        env: {OWN: three}
      - run: docker build -t llm .
      - {shell: pwsh, run: Get-Help}
  bake:
    steps:
      - run: echo bake
      - uses: docker/bake-action@v6
        with: {set: "*.platform=linux/amd64"}
"""
GITLAB = """\
variables: {AROUND: one}
before_script: [echo before]
build:
  script:
    - [echo build, "docker build -t llm ."]
test:
  script: [echo test]
"""


def workflow(text: str, name: str = ".github/workflows/a.yml") -> Workflow:
    return parse_workflow(Source(name, text))


def programs(found: Workflow) -> list[str]:
    return [script.text.split("\n")[0] for script in found.scripts]


def test_only_jobs_that_build_images() -> None:
    found = workflow(GITHUB)
    assert [text.split()[-1] for text in programs(found)] == ["$INNER", ".", "bake"]
    assert all(script.readable for script in found.scripts)


def test_a_job_of_gitlab() -> None:
    before, *build = programs(workflow(GITLAB, ".gitlab-ci.yml"))
    assert before == "echo before"  # which runs in all jobs
    assert build == ["echo build", "docker build -t llm ."]


def test_where_a_step_stands() -> None:
    place = workflow(GITHUB).scripts[0].place
    assert (place.phase, place.title, place.again) == (Phase.STEP, "pipeline step", "the next run")
    assert (place.shipped, place.root) == (True, UNKNOWN)
    for name, value in (("AROUND", "one"), ("INNER", "two"), ("OWN", "three")):
        assert place.setting(name) == Known(value)
    assert place.setting("OTHER") is UNKNOWN
    assert place.secret_advice("A") == "keep it as a secret of the repository: `${{ secrets.A }}`"
    other = workflow(GITLAB, ".gitlab-ci.yml").scripts[0].place
    assert other.secret_advice("A") == "keep it as a masked variable of the project: `$A`"


def test_a_script_beyond_what_is_read() -> None:
    text = GITHUB.replace("echo bake", "echo " + "b" * LONGEST)
    assert len(workflow(text).scripts) == 2
