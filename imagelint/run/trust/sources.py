"""Find the policies in which the examined tree has no say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from imagelint.collect.commit import Commit, read_commit
from imagelint.collect.files import display
from imagelint.collect.findup import repository_of, root_of
from imagelint.core.environment import ScanSettings
from imagelint.core.errors import Diagnostic, PolicyError, UsageError
from imagelint.policy.load import default_policy
from imagelint.policy.model import DEFAULT_PACKS, Policy
from imagelint.policy.trust.enforce import enforce
from imagelint.policy.trust.trusted import TrustedPolicy, trusted
from imagelint.run.policyfiles import POLICY_NAME, VARIABLE, is_file, read_extended
from imagelint.run.scanning import anchored as anchored_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.environment import Signer
    from imagelint.core.source import Source
    from imagelint.run.policyfiles import PolicyFiles, TrustRequest


class FixedTrust:
    """One trusted policy for all files, of which `lower` lies on top, if anything does."""

    def __init__(
        self, policy: TrustedPolicy, roots: tuple[str, ...], lower: Policy | None = None
    ) -> None:
        self._roots = roots
        self._policy = policy if lower is None else policy._replace(admits=False)
        self.lower = lower
        self.commit: Commit | None = None
        self.compares: CommitTrust | None = None

    @property
    def admits(self) -> bool:
        """Whether policies of the tree are read."""
        return self._policy.admits

    def of(self, _folder: str) -> TrustedPolicy:
        """The trusted policy for files in a folder."""
        return self._policy

    def trusts(self, path: str) -> bool:
        """Whether a file lies outside of what is examined."""
        return not _is_inside(path, self._roots)


class CommitTrust:
    """The policy of each folder as it stands at a commit: the nearest file, as in the tree.

    What the file at the repository's root locks holds against those below it. `named` are packs and
    files that hold for all folders instead; the paths of those that the commit has stay there.
    """

    lower = None

    def __init__(
        self,
        commit: Commit,
        files: PolicyFiles,
        above: TrustedPolicy | None,
        named: tuple[str, ...],
    ) -> None:
        self.commit = commit
        self._files = files
        self._above = above
        self._known: dict[str, TrustedPolicy] = {}
        self._plain: dict[str, Policy] = {}
        # What is named for all folders is not what the tree says by itself.
        self.compares = None if named else self
        self.named = tuple(self._held(named))
        self._everywhere = self._trusted(self._named(named), os.getcwd()) if named else None

    @property
    def admits(self) -> bool:
        """Whether any policy of the tree is read."""
        known = (self._everywhere,) if self._everywhere else tuple(self._known.values())
        return any(each.admits for each in known)

    def former(self, folder: str) -> str:
        """The policy file for a folder at the commit, from its root on; empty: there was none."""
        return self._nearest(self.commit.path_of(folder))

    def before(self, path: str) -> Policy:
        """What a policy file said by itself at the commit; the default of none.

        Raises:
            PolicyError: it is wrong as it stands at the commit.
        """
        if path not in self._plain:
            self._plain[path] = (
                self._files.resolve(self._source(self.place(path)), self.commit.read)
                if path
                else default_policy()
            )
        return self._plain[path]

    def _held(self, names: tuple[str, ...]) -> Iterator[str]:
        for name in names:
            place = os.path.realpath(name)
            if is_file(name) and repository_of(place) == self.commit.repository:
                path = self.commit.path_of(place)
                if self.commit.holds(path):
                    yield path

    def place(self, path: str) -> str:
        """Where a file of the commit is, or was, in the file system."""
        return os.path.join(self.commit.repository, path)

    def trusts(self, _path: str) -> bool:
        """Whether nothing that is examined has a say in a file: it is read at the commit."""
        return True

    def of(self, folder: str) -> TrustedPolicy:
        """The trusted policy for files in a folder.

        Raises:
            PolicyError: it is wrong as it stands at the commit.
            UsageError: the folder is not one of the commit's repository.
        """
        if self._everywhere is not None:
            return self._everywhere
        try:
            inside = self.commit.path_of(folder)
        except ValueError as error:
            message = f"--policy-from: nothing is known of {display(folder)}: {error}"
            raise UsageError(Diagnostic(message)) from None
        return self._at(self._nearest(inside))

    def _nearest(self, folder: str) -> str:
        """The path of the nearest policy from a folder up to the root; empty: there is none."""
        while True:
            path = f"{folder}/{POLICY_NAME}" if folder else POLICY_NAME
            if self.commit.holds(path):
                return path
            if not folder:
                return ""
            folder = os.path.dirname(folder)

    def _at(self, path: str) -> TrustedPolicy:
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._load(path)
        return known

    def _load(self, path: str) -> TrustedPolicy:
        above = self._above
        is_root = path == POLICY_NAME
        if not is_root and self.commit.holds(POLICY_NAME):
            root = self._at(POLICY_NAME)
            above = root if root.locked else above
        place = self.place(path)
        if path:
            default = () if above and above.locked else DEFAULT_PACKS
            policy = self._files.resolve(self._source(place), self.commit.read, default)
        else:
            policy = Policy() if above and above.locked else default_policy()
        base = os.path.dirname(place)
        found = self._trusted(self._anchored(policy, base), base, above)
        # Whatever the root admits is admitted below it.
        return found._replace(admits=found.admits or (above is not None and above.admits))

    def _trusted(
        self, policy: Policy, base: str, above: TrustedPolicy | None = None
    ) -> TrustedPolicy:
        return trusted(_on(above or self._above, policy), self.commit.name, base, self.commit.sha)

    def _source(self, place: str) -> Source:
        try:
            return self.commit.read(place)
        except ValueError as error:
            complaint = Diagnostic(f"the policy cannot be read: {error}", at=display(place))
            raise PolicyError(complaint) from None

    def _named(self, names: tuple[str, ...]) -> Policy:
        def read(origin: str) -> Source:
            inside = repository_of(os.path.realpath(origin)) == self.commit.repository
            return self.commit.read(origin) if inside else read_extended(origin)

        files = [name for name in names if is_file(name)]
        folder = os.path.dirname(os.path.abspath(files[-1])) if files else os.getcwd()
        return self._anchored(self._files.named(names, read), folder)

    def _anchored(self, policy: Policy, folder: str) -> Policy:
        """The policy with its signers' keys, and its root, as they stand at the commit."""

        def text(place: str, what: str) -> str:
            try:
                self.commit.path_of(place)
            except ValueError:
                return ""  # it lies outside of the repository
            try:
                return self.commit.read(place).text
            except ValueError as error:
                raise PolicyError(Diagnostic(f"{what} cannot be read: {error}")) from None

        return _anchored(policy, folder, text)


Trust: TypeAlias = FixedTrust | CommitTrust


def open_trust(names: tuple[str, ...], request: TrustRequest, files: PolicyFiles) -> Trust | None:
    """Where trusted policies come from; None where there is none.

    `names` are the packs and files of the command line: files outside of what is examined are
    trusted.

    Raises:
        PolicyError: a trusted policy is wrong.
        UsageError: the commit is not there, or the organisation's file is named as it must not be.
    """
    roots = examined_roots(request.paths)
    above = _of_organisation(request.organisation, files, roots)
    if request.ref:
        place = next(iter(request.paths), ".")
        commit = read_commit(request.ref, place, deadline=request.deadline)
        return CommitTrust(commit, files, above, names)
    inside = tuple(name for name in names if is_file(name) and _is_inside(name, roots))
    outside = tuple(name for name in names if name not in inside)
    if any(map(is_file, outside)):
        policy = _from_outside(outside, files, roots)
        if not inside or policy.lock:
            name = ", ".join(display(one) if is_file(one) else one for one in outside)
            own = trusted(_on(above, policy), name, os.getcwd())
            return FixedTrust(own, roots, files.named(inside) if inside else None)
    if above is None or (names and not above.locked):
        return None
    return FixedTrust(above, roots, files.named(names) if names else None)


def _on(above: TrustedPolicy | None, policy: Policy) -> Policy:
    return enforce(above, policy) if above is not None and above.locked else policy


def _of_organisation(path: str, files: PolicyFiles, roots: tuple[str, ...]) -> TrustedPolicy | None:
    if not path:
        return None
    if not os.path.isabs(path):
        help_ = "a relative path would lead into what is examined"
        raise UsageError(Diagnostic(f"{VARIABLE}: `{path}` is not an absolute path", help=help_))
    if _is_inside(path, roots):
        help_ = "keep it where what is examined cannot change it, or use --policy-from"
        raise UsageError(Diagnostic(f"{VARIABLE}: `{path}` lies in what is examined", help=help_))
    return trusted(_from_outside((path,), files, roots), display(path), os.getcwd())


def _from_outside(names: tuple[str, ...], files: PolicyFiles, roots: tuple[str, ...]) -> Policy:
    """Packs and files that lie outside of what is examined, with all that they lead to."""

    def read(origin: str) -> Source:
        if _is_inside(origin, roots):
            message = "it lies in what is examined, which must have no say in this policy"
            raise ValueError(message)
        return read_extended(origin)

    policy = files.named(names, read)
    last = [name for name in names if is_file(name)][-1]

    def refused(place: str, what: str) -> str:
        if _is_inside(place, roots):
            message = f"{what} lies in what is examined, which must have no say in it"
            raise PolicyError(Diagnostic(message, display(place)))
        return ""

    return _anchored(policy, os.path.dirname(os.path.abspath(last)), refused)


def _anchored(policy: Policy, folder: str, text: Callable[[str, str], str]) -> Policy:
    """The policy with absolute paths, or with the text of a file where there is one."""
    environment = policy.environment

    def anchored(signer: Signer) -> Signer:
        if not signer.key or "://" in signer.key:
            return signer
        place = os.path.join(folder, signer.key)
        return signer._replace(key=place, key_text=text(place, f"the key of {signer.name}"))

    root = environment.trusted_root
    if root and "://" not in root:
        place = os.path.join(folder, root)
        read = text(place, "the trusted root")
        environment = environment._replace(trusted_root=place, trusted_root_text=read)
    scan = environment.scan
    if scan != ScanSettings():
        scan = anchored_files(scan, folder)
        files = (path for path in (scan.kev, scan.epss, *scan.vex) if path)
        texts = ((path, text(path, display(path))) for path in files)
        read_before = tuple(pair for pair in texts if pair[1])
        environment = environment._replace(scan=scan._replace(texts=read_before))
    signers = tuple(map(anchored, environment.signers))
    return policy._replace(environment=environment._replace(signers=signers))


def examined_roots(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The repositories in which the examined files lie, or the folders where there is none."""
    folders = [path if os.path.isdir(path) else os.path.dirname(path) or "." for path in paths]
    if not folders or repository_of(os.getcwd()) is not None:
        folders.append(".")
    return tuple(dict.fromkeys(os.path.realpath(root_of(folder)) for folder in folders))


def _is_inside(path: str, roots: tuple[str, ...]) -> bool:
    """Whether a path lies in one of some folders, as it is written or where its links lead."""
    places = (os.path.abspath(path), os.path.realpath(path))
    return any(os.path.commonpath((place, root)) == root for place in places for root in roots)
