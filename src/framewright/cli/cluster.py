"""What commands that speak to Temporal's server were told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from framewright.model.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path

    from framewright.executors.temporal.settings import TemporalSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterWishes:
    """The options; None: not given. Values of the environment take their place."""

    address: str | None = None
    namespace: str | None = None
    queue: str | None = None
    api_key_file: Path | None = None
    tls: bool | None = None
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """The names of options that were given, as people write them."""
        return tuple(
            f"--{name.replace('_', '-')}" for name in self.__slots__ if getattr(self, name) is not None
        )

    def read(self) -> TemporalSettings:
        """The settings.

        Raises:
            SetupError: ``EXTRA_MISSING``; ``SETTING_INVALID``, also when the file of the key cannot be read.
        """
        from framewright.executors.temporal.connecting import need_temporal
        from framewright.executors.temporal.settings import TemporalSettings

        need_temporal()
        return TemporalSettings.read(
            address=self.address,
            namespace=self.namespace,
            queue=self.queue,
            api_key=None if self.api_key_file is None else _key_in(self.api_key_file),
            tls=self.tls,
            tls_ca=self.tls_ca,
            tls_cert=self.tls_cert,
            tls_key=self.tls_key,
        )


def _key_in(path: Path) -> str:
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SetupError(
            f"The file {path} of --api-key-file cannot be read: {reason}.", code="SETTING_INVALID"
        ) from error
    if not key:
        raise SetupError(f"The file {path} of --api-key-file is empty.", code="SETTING_INVALID")
    return key
