"""The rule `odd-layer-entry`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import FileRole, LayerFiles
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(LayerFiles, Severity.HIGH, confidence=Confidence.LIKELY)
def odd_layer_entry(files: LayerFiles, ctx: Context) -> Findings:
    """A layer holds what no build makes: a way out of the image, or a device.

    Whoever unpacks such a layer without care writes outside of the folder that he names. Engines
    refuse it or cut it off; scanners and scripts have been caught by it (CVE-2018-15664,
    CVE-2019-14271). A device node gives a container that may use it the disk of its host.

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "../../etc/cron.d/job", "content": "* * * * * root sh"}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "etc/cron.d/job", "content": "* * * * * root sh"}]}]}
    """
    if files.role is FileRole.OUTSIDE:
        yield ctx.finding(
            files,
            f"a {files.detail} leads out of the image: {', '.join(files.names)}",
            help="see who made this layer, and build the image anew",
            subject=files.names[0],
        )
    elif files.role is FileRole.DEVICE:
        yield ctx.finding(
            files,
            f"a device is a part of the image: {', '.join(files.names)}",
            help="see who made this layer, and build the image anew",
            subject=files.names[0],
            severity=Severity.MEDIUM,
        )
