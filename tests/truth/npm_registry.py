"""A small npm registry: the account and the tarball of each package that a test makes up."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from truth.far import Far, far_server

if TYPE_CHECKING:
    from collections.abc import Iterator

Files = dict[str, str | bytes]


def tarball(files: Files, *, folder: str = "package/", manifest: dict[str, Any] | None = None) -> bytes:
    """What ``npm pack`` makes of files. A path that begins with ``!`` is written as it is."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        told = {"package.json": json.dumps(manifest)} if manifest is not None else {}
        for name, content in {**told, **files}.items():
            data = content.encode() if isinstance(content, str) else content
            member = tarfile.TarInfo(name[1:] if name.startswith("!") else folder + name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return held.getvalue()


class NpmRegistry:
    """Packages that can be published while it runs."""

    def __init__(self, far: Far) -> None:
        self.far = far
        self.origin = far.origin
        self._accounts: dict[str, dict[str, Any]] = {}

    def publish(self, name: str, version: str, files: Files, *, tags: tuple[str, ...] = ("latest",), data: bytes | None = None, **manifest: Any) -> None:  # fmt: skip
        """Add a version. ``data`` stands for a tarball that is not made of the files."""
        told = {"name": name, "version": version, **manifest}
        packed = tarball(files, manifest=told)
        path = f"/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
        self.far.replies[path] = (200, {"content-type": "application/octet-stream"}, data or packed)
        integrity = (
            f"sha512-{base64.b64encode(hashlib.sha512(packed if data is None else data).digest()).decode()}"
        )
        account = self._accounts.setdefault(name, {"name": name, "dist-tags": {}, "versions": {}})
        account["versions"][version] = {
            **told,
            "dist": {"tarball": f"{self.origin}{path}", "integrity": integrity},
        }
        account["dist-tags"] |= dict.fromkeys(tags, version)
        self.tell(name)

    def account(self, name: str) -> dict[str, Any]:
        """What is told of a package; call :meth:`tell` after changing it."""
        return self._accounts[name]

    def tell(self, name: str) -> None:
        """Answer with the account as it is now."""
        body = json.dumps(self._accounts[name]).encode()
        self.far.replies[f"/{quote(name, safe='@')}"] = (200, {"content-type": "application/json"}, body)


@contextmanager
def npm_registry() -> Iterator[NpmRegistry]:
    """A registry on the loopback address."""
    with far_server({}) as far:
        yield NpmRegistry(far)
