"""The rule `odd-layer-entry`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import FileRole, LayerFiles
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_MISREAD = {
    "whiteout": "for scanners, a whiteout without a name hides its whole folder; engines refuse it",
    "kind": "an entry is of a kind that scanners pass over, and engines refuse",
    "index": "the index by which engines fetch single files tells otherwise of",
    "end": "the layer goes on behind its end, where nobody looks",
}


@rule(LayerFiles, Severity.HIGH, confidence=Confidence.LIKELY)
def odd_layer_entry(files: LayerFiles, ctx: Context) -> Findings:
    """A layer holds what no build makes: a way out, a device, what programs misread.

    Whoever unpacks such a layer without care writes outside of the folder that he names. Engines
    refuse it or cut it off; scanners and scripts have been caught by it (CVE-2018-15664,
    CVE-2019-14271). A device node gives a container that may use it the disk of its host. Of a
    whiteout without a name, of entries of unknown kinds and of what stands behind the end of the
    archive, scanners and engines think differently: what runs is not what was scanned. So it is
    where the index of a layer (eStargz, zstd:chunked) differs from its archive: engines that fetch
    single files believe the index, scanners unpack the archive.

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
    elif files.role is FileRole.MISREAD:
        yield ctx.finding(
            files,
            f"{_MISREAD[files.detail]}: {', '.join(files.names)}",
            help="see who made this layer, and build the image anew",
            subject=files.names[0],
        )
