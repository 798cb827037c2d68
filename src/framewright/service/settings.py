"""What an installation of the service may set: by the environment, with the prefix ``FRAMEWRIGHT_SERVICE_``, or by options."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from framewright.model.errors import SetupError
from framewright.model.settings import read_memory

_PREFIX = "FRAMEWRIGHT_SERVICE_"
# Those that are called otherwise on the command line.
_OPTIONS = {"queue": "waiting", "roots": "root", "hosts": "name", "webhook_hosts": "webhook-host"}


def _words(written: object) -> object:
    """A list from words with commas between them."""
    return (
        tuple(word.strip() for word in written.split(",") if word.strip())
        if isinstance(written, str)
        else written
    )


def _paths(written: object) -> object:
    """A list from paths with colons between them."""
    return tuple(part for part in written.split(os.pathsep) if part) if isinstance(written, str) else written


_Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
_Paths = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_paths)]
_Bytes = Annotated[int, BeforeValidator(read_memory), Field(gt=0)]


class ServiceSettings(BaseSettings):
    """Settings of the service. Those of the machine are beside: :class:`~framewright.model.settings.Settings`.

    Attributes:
        host, port: where it listens. Beyond loopback it wants tokens.
        hosts: names under which it is reached, beside its own address: others are refused, so that no stranger's page gets
            at it by a name that it has pointed here.
        tokens: every request needs one; None: where ``host`` is not loopback.
        data: the folder of its jobs, uploads and outputs; None: ``framewright/service`` in the user's folder for state.
        executor: ``local``, or ``temporal`` for a cluster.
        slots: renders at a time.
        queue: jobs that may wait; one more is answered with 429.
        roots: folders from which compositions may be named by path.
        page_network: what pages may reach: ``none`` beyond their own files and what was recorded, ``public`` addresses of
            the internet, or ``any``.
        urls: compositions may be named by an address.
        webhook_hosts: to which webhooks are sent, such as ``hooks.example.org``; none: webhooks are refused.
        webhook_secret_file: whose first line signs webhooks; None: a secret of the data folder's own.
        webhook_insecure: addresses of ``http`` and of private networks are allowed too.
        body: bytes of a request that is no upload.
        upload: bytes of one upload.
        upload_files: files of one project.
        upload_size: bytes of one unpacked project.
        upload_ratio: unpacked bytes for each byte of an archive, at most.
        uploads: bytes of all uploads together.
        duration, frames, pixels: limits of what one job renders: seconds, frames, pixels of a frame.
        run_seconds: that one job may run.
        run_disk: bytes that one job may have on disk while it runs.
        run_memory: bytes that one job may have in memory.
        keep_jobs, keep_uploads: days after which ended jobs, with their outputs, and unused uploads are removed.
        keep_outputs: bytes of all outputs together; the oldest go first.
        stop_seconds: that running jobs may go on when the service is told to stop; then they wait for its next start.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, env_ignore_empty=True)

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=8080, ge=0, le=65535)
    hosts: _Words = ()
    tokens: bool | None = None
    data: Path | None = None
    executor: Literal["local", "temporal"] = "local"
    slots: int = Field(default=1, ge=1, le=64)
    queue: int = Field(default=100, ge=0, le=100_000)
    roots: _Paths = ()
    page_network: Literal["none", "public", "any"] = "none"
    urls: bool = False
    webhook_hosts: _Words = ()
    webhook_secret_file: Path | None = None
    webhook_insecure: bool = False
    body: _Bytes = 4 * 2**20
    upload: _Bytes = 2**30
    upload_files: int = Field(default=10_000, gt=0)
    upload_size: _Bytes = 2 * 2**30
    upload_ratio: float = Field(default=200.0, gt=1)
    uploads: _Bytes = 20 * 2**30
    duration: float = Field(default=3600.0, gt=0)
    frames: int = Field(default=250_000, gt=0)
    pixels: int = Field(default=7680 * 4320, gt=0)
    run_seconds: float = Field(default=4 * 3600.0, gt=0)
    run_disk: _Bytes = 20 * 2**30
    run_memory: _Bytes = 8 * 2**30
    keep_jobs: float = Field(default=14.0, gt=0)
    keep_uploads: float = Field(default=7.0, gt=0)
    keep_outputs: _Bytes = 50 * 2**30
    stop_seconds: float = Field(default=10.0, ge=0)

    @property
    def data_folder(self) -> Path:
        """Where everything lies that the service keeps."""
        if self.data is not None:
            return self.data.absolute()
        # A relative path in it counts as not set: XDG Base Directory Specification.
        named = os.environ.get("XDG_STATE_HOME", "")
        state = Path(named) if os.path.isabs(named) else Path("~/.local/state").expanduser()
        return state / "framewright" / "service"

    @property
    def needs_tokens(self) -> bool:
        """Whether requests need a token."""
        return not is_loopback(self.host) if self.tokens is None else self.tokens

    @classmethod
    def read(cls, **wishes: Any) -> Self:
        """The settings of the environment, but for those that are given.

        Raises:
            SetupError: ``SETTING_INVALID``.
        """
        try:
            return cls(**{name: value for name, value in wishes.items() if value is not None})
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else ""
            option = _OPTIONS.get(name, name.replace("_", "-"))
            what = f"--{option}" if wishes.get(name) is not None else f"{_PREFIX}{name.upper()}"
            raise SetupError(
                f"{what} is '{first['input']}', which cannot be used: {first['msg']}.", code="SETTING_INVALID"
            ) from error


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    import ipaddress

    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
