"""The rule `account-without-password`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import Account
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Account, Severity.HIGH, references=("Dockle DKL-LI-0001",))
def account_without_password(account: Account, ctx: Context) -> Findings:
    r"""An account of the image has no password, and needs none.

    Whoever reaches a login, `su` or a daemon that asks PAM becomes that user without being asked
    anything. A locked account has `*` or `!` in that field of `/etc/shadow`; of what distributions
    ship, all are locked.

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "etc/passwd", "content": "root:x:0:0::/root:/bin/sh\n"},
          {"path": "etc/shadow", "content": "root::19000:0:::::\n"}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "etc/passwd", "content": "root:x:0:0::/root:/bin/sh\n"},
          {"path": "etc/shadow", "content": "root:*:19000:0:::::\n"}]}]}
    """
    if account.unguarded:
        yield ctx.finding(
            account,
            f"the account {account.name} has no password: whoever asks becomes it",
            help="lock it where the image is built",
            subject=account.name,
        )
