"""The rule `shared-account-number`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import Account
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Account, Severity.LOW, references=("Dockle DKL-LI-0002",))
def shared_account_number(account: Account, ctx: Context) -> Findings:
    r"""Two accounts of the image are one: they have the same number.

    The kernel knows numbers only. What belongs to one belongs to the other, and a second name of
    number 0 is a second root that is easily overlooked.

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "etc/passwd",
           "content": "app:x:1000:7::/:\nllm:x:1000:8::/:\n"}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "etc/passwd",
           "content": "app:x:1000:7::/:\nllm:x:1001:8::/:\n"}]}]}
    """
    if account.twin:
        root = account.number == 0
        yield ctx.finding(
            account,
            f"{account.name} has the number {account.number}, which is that of {account.twin}",
            help="give it a number of its own",
            subject=account.name,
            severity=Severity.HIGH if root and account.path.startswith("etc/passwd") else None,
        )
