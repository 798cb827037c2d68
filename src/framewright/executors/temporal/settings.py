"""Where Temporal's server is and who we are to it: by the environment, with the prefix ``FRAMEWRIGHT_TEMPORAL_``."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 -- pydantic reads it at run time
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from framewright.executors.temporal.names import BASE_QUEUE
from framewright.model.errors import SetupError

_PREFIX = "FRAMEWRIGHT_TEMPORAL_"


class TemporalSettings(BaseSettings):
    """How to reach the server. Nothing of it is given to child processes, and secrets are never written anywhere.

    Attributes:
        address: host and port of its front end.
        namespace: in which our workflows live.
        api_key: sent with every call; with one the connection is encrypted.
        tls: the connection is encrypted; None: where an API key or a file below is given.
        tls_ca: file of the certificate that vouches for the server; None: the system's.
        tls_cert, tls_key: files of our own certificate and its key, where the server wants one.
        queue: the base of the names of queues; renders and workers must agree on it.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, env_ignore_empty=True)

    address: str = Field(default="127.0.0.1:7233", pattern=r"^[^\s:/]+:\d{1,5}$|^\[[0-9a-fA-F:.]+\]:\d{1,5}$")
    namespace: str = Field(default="default", min_length=1)
    api_key: SecretStr | None = None
    tls: bool | None = None
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    queue: str = Field(default=BASE_QUEUE, pattern=r"^[A-Za-z0-9._-]{1,100}$")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("a certificate of our own needs both tls_cert and tls_key")
        if self.tls is False and self._asks_for_tls:
            raise ValueError(
                "tls is switched off, but a key or a certificate is given, which would travel in the open"
            )
        return self

    @property
    def encrypted(self) -> bool:
        """Whether the connection is."""
        return self._asks_for_tls if self.tls is None else self.tls

    @property
    def _asks_for_tls(self) -> bool:
        return any(given is not None for given in (self.api_key, self.tls_ca, self.tls_cert))

    @classmethod
    def read(cls, **wishes: Any) -> Self:
        """The settings of the environment, but for those that are given; None counts as not given.

        Raises:
            SetupError: ``SETTING_INVALID``. The message shows no value: it might be a secret.
        """
        given = {name: wish for name, wish in wishes.items() if wish is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = "Temporal's settings"
            if first["loc"]:
                name = str(first["loc"][0])
                where = f"'{name}'" if name in given else f"The environment variable {_PREFIX}{name.upper()}"
            raise SetupError(f"{where} cannot be used: {first['msg']}.", code="SETTING_INVALID") from None
