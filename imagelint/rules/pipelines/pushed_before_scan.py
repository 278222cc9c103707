"""The rule `pushed-before-scan`."""

from __future__ import annotations

from imagelint.documents.runlines.pipelines.scans import ImagePipeline
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ImagePipeline, Severity.LOW, confidence=Confidence.LIKELY)
def pushed_before_scan(pipeline: ImagePipeline, ctx: Context) -> Findings:
    """A pipeline pushes an image that nothing has scanned before.

    What is pushed can be pulled: a scan that comes later finds the hole when the image is deployed
    already. Build into the local store or an OCI layout, scan it there, and push what has passed.

    Except:
        Pipelines that call others (reusable workflows, local actions, `include:`, scripts and
        makefiles), which may scan, and scans in another job, which may wait for it or not.

    Bad (.gitlab-ci.yml):
        image:
          script:
            - docker build -t registry.example.com/llm:1.0 .
            - docker push registry.example.com/llm:1.0
            - trivy image --exit-code 1 registry.example.com/llm:1.0

    Good (.gitlab-ci.yml):
        image:
          script:
            - docker build -t registry.example.com/llm:1.0 .
            - trivy image --exit-code 1 registry.example.com/llm:1.0
            - docker push registry.example.com/llm:1.0
    """
    if pipeline.opaque or not pipeline.pushes:
        return
    push, scan = pipeline.pushes[0], pipeline.scans[0] if pipeline.scans else None
    if scan is not None and (scan.span < push.span or not pipeline.ordered):
        return
    yield ctx.finding(
        push,
        "an image is pushed before anything has scanned it",
        help="scan what was built, and push it when that has passed",
        notes=(ctx.note(f"`{scan.tool}` scans here", scan),) if scan is not None else (),
        subject="push",
        severity=None if scan is not None else Severity.INFO,
    )
