"""The rule `scan-never-fails`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.runlines.pipelines.scans import ImagePipeline
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ImagePipeline, Severity.MEDIUM, confidence=Confidence.LIKELY)
def scan_never_fails(pipeline: ImagePipeline, ctx: Context) -> Findings:
    """A pipeline scans an image for known holes, and whatever is found stops nothing.

    Trivy ends with 0 unless it is told `--exit-code`, Grype unless it is told `--fail-on`, and so
    does the step: the image with the hole is pushed, signed and deployed, and all lights are green.

    Except:
        Pipelines of which another scan may fail, and scans whose report goes elsewhere (a file, a
        format that a service reads) or whose settings stand in a file.

    Bad (.gitlab-ci.yml):
        image:
          script:
            - docker build -t registry.example.com/llm:1.0 .
            - trivy image --severity CRITICAL registry.example.com/llm:1.0
            - docker push registry.example.com/llm:1.0

    Good (.gitlab-ci.yml):
        image:
          script:
            - docker build -t registry.example.com/llm:1.0 .
            - trivy image --exit-code 1 --severity CRITICAL registry.example.com/llm:1.0
            - docker push registry.example.com/llm:1.0
    """
    if any(not isinstance(one.fails, Known) or one.fails.value for one in pipeline.scans):
        return
    for scan in pipeline.scans:
        yield ctx.finding(
            scan,
            f"whatever `{scan.tool}` finds stops nothing",
            help=_HELP.get(scan.tool, "let it fail"),
            subject=scan.tool,
        )


_BY_CODE = "set `exit-code: 1`, and let the step fail"
_HELP = {
    "trivy": "write `--exit-code 1`, and let the command fail",
    "grype": "write `--fail-on critical`, and let the command fail",
    "docker": "write `--exit-code`, and let the command fail",
    "aquasecurity/trivy-action": _BY_CODE,
    "docker/scout-action": _BY_CODE,
    "anchore/scan-action": "leave `fail-build` at `true`, and let the step fail",
}
