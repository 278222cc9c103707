"""The first policy of a project, with comments, from what its repository holds."""

from __future__ import annotations

from imagelint.core.record import NamedTuple

HOOK_REPOSITORY = "https://github.com/imagelint/imagelint"


class Inventory(NamedTuple):
    """What a repository holds.

    `kinds` counts documents by kind, `registries` are globs that cover the images in use,
    `templates` are files that must be rendered first.
    """

    kinds: dict[str, int]
    engines: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    gpu_products: tuple[str, ...] = ()
    templates: tuple[str, ...] = ()


def starter_policy(inventory: Inventory, name: str) -> str:
    """The text of a policy file."""
    counts = ", ".join(f"{number} {kind}" for kind, number in sorted(inventory.kinds.items()))
    engines = f" Model servers: {', '.join(inventory.engines)}." if inventory.engines else ""
    lines = [
        f"# What imagelint holds this project to. Found here: {counts or 'nothing yet'}.{engines}",
        "# Every key: `imagelint policy schema`. What is in force: `imagelint policy show`.",
        f"name: {_scalar(name)}",
        "",
        "# baseline ⊂ recommended ⊂ strict; gpu-serving adds what model servers need.",
        "extends: [recommended, gpu-serving]",
        "",
        "# The lowest severity that fails: critical, high, medium, low or info.",
        "fail-on: high",
        "",
        *_environment(inventory),
        "",
        "# A rule may be off, on, a severity, or have options: `imagelint explain RULE`.",
        "# rules:",
        "#   missing-healthcheck: off",
        "#   unpinned-image: critical",
        "",
        "# What may stay for now, with a reason and an end.",
        "# waivers:",
        "#   - rule: root-user",
        "#     where: legacy/*.Dockerfile",
        "#     reason: needs port 80 until the proxy is there",
        "#     until: 2027-01-31",
        "",
        *_exclude(inventory),
    ]
    return "\n".join(lines) + "\n"


def _environment(inventory: Inventory) -> list[str]:
    lines = ["# What the files cannot say. Rules that need it are silent without it."]
    known = inventory.registries
    lines.append("environment:" if known else "# environment:")
    mark = "" if known else "# "
    if known:
        lines.append("  # These cover the images in use today: keep the ones that you trust.")
        lines.append("  registries:")
        lines += [f"    - {_scalar(glob)}" for glob in known]
    else:
        lines.append('#   registries: ["registry.example.com/*"]')
    lines.append(f'{"  # " if known else "#   "}driver: "550.90.07"  # of the GPU hosts')
    product = inventory.gpu_products[0] if inventory.gpu_products else "NVIDIA-H100-80GB-HBM3"
    lines.append(f"{'  # ' if known else '#   '}gpu: {{product: {product}, per-node: 8}}")
    lines.append(f"{mark}  # signers:" if known else "#   signers:")
    lines.append(f"{'  #   ' if known else '#     '}- {{name: release, key: cosign.pub}}")
    return lines


def _exclude(inventory: Inventory) -> list[str]:
    lines = ["# What is not examined, as globs relative to this file."]
    if not inventory.templates:
        return [*lines, "# exclude: [third_party/**]"]
    lines.append("# These are templates: examine what comes out of them (`helm template`).")
    lines.append("exclude:")
    return [*lines, *(f"  - {_scalar(_glob(path))}" for path in inventory.templates)]


def _glob(path: str) -> str:
    """A glob that matches that file, and no other of its name elsewhere."""
    literal = "".join("?" if letter in "*?[" else letter for letter in path)
    return literal if "/" in literal else f"./{literal}"


def _scalar(text: str) -> str:
    import json

    # Every JSON string is a YAML scalar; a plain one where nothing can be misread.
    plain = text.replace("-", "").replace("/", "").replace("_", "").replace(".", "")
    return text if plain.isalnum() and not plain.isdigit() else json.dumps(text, ensure_ascii=False)


def hook_entry(version: str) -> str:
    """The entry of `.pre-commit-config.yaml` that runs us."""
    return f"  - repo: {HOOK_REPOSITORY}\n    rev: v{version}\n    hooks:\n      - id: imagelint\n"


def with_hook(text: str, version: str) -> str | None:
    """A pre-commit configuration with our entry; None when it has to be added by hand.

    The entry goes right behind `repos:`, where any indentation of the others is right too.
    """
    if HOOK_REPOSITORY in text:
        return text
    if not text.strip():
        return f"repos:\n{hook_entry(version)}"
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.rstrip() == "repos:":
            following = next((other for other in lines[number + 1 :] if "- " in other), "  - ")
            indent = len(following) - len(following.lstrip())
            entry = "".join(
                " " * indent + entry_line[2:]
                for entry_line in hook_entry(version).splitlines(keepends=True)
            )
            return "".join((*lines[: number + 1], entry, *lines[number + 1 :]))
    return None
