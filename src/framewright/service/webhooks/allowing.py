"""To whom messages may go: hosts that the operator names, over TLS, and never into private networks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from framewright.composition.remote import NetworkPolicy
from framewright.composition.remote.hosts import plain_name
from framewright.composition.site import open_site
from framewright.model.errors import UsageError
from framewright.service.errors import ForbiddenError, RequestError

if TYPE_CHECKING:
    from framewright.service.settings import ServiceSettings

_PORTS = {"https": 443, "http": 80}


class Allowed:
    """Judges the addresses of webhooks.

    Attributes:
        policy: for what their names stand for, too.
    """

    def __init__(self, settings: ServiceSettings) -> None:
        self._hosts = tuple(host.lower() for host in settings.webhook_hosts)
        self._insecure = settings.webhook_insecure
        self.policy = NetworkPolicy(private=settings.webhook_insecure)

    def check(self, url: str) -> None:
        """See that messages may go there.

        Raises:
            RequestError: ``WEBHOOK_INVALID`` it is no such address.
            ForbiddenError: ``WEBHOOKS_CLOSED``, ``WEBHOOK_FORBIDDEN``.
        """
        if not self._hosts:
            raise ForbiddenError(
                "This service sends no webhooks: follow the job's events, or have the operator name hosts with "
                "--webhook-host.",
                code="WEBHOOKS_CLOSED",
            )
        try:
            site = open_site(url)
        except UsageError as error:
            raise RequestError(error.message, code="WEBHOOK_INVALID") from error
        parts = urlsplit(site.url)
        if parts.scheme != "https" and not self._insecure:
            raise ForbiddenError(
                f"Webhooks go over https alone: {parts.hostname} would be told over plain http.",
                code="WEBHOOK_FORBIDDEN",
            )
        host = plain_name(parts.hostname or "")
        if not any(_is_meant(entry, host, parts.port, parts.scheme) for entry in self._hosts):
            raise ForbiddenError(
                f"Webhooks do not go to {host}{'' if parts.port is None else f':{parts.port}'}: have the operator name it "
                "with --webhook-host.",
                code="WEBHOOK_FORBIDDEN",
            )
        refusal = self.policy.refusal(site.url)
        if refusal is not None:
            raise ForbiddenError(f"Webhooks do not go to {host}: {refusal}.", code="WEBHOOK_FORBIDDEN")


def _is_meant(entry: str, host: str, port: int | None, scheme: str) -> bool:
    """Whether an entry such as ``example.org``, ``*.example.org`` or ``example.org:8443`` names this host and port."""
    try:
        named = urlsplit(f"//{entry}")
        name, named_port = plain_name(named.hostname or ""), named.port
    except ValueError:
        return False
    if (named_port or _PORTS[scheme]) != (port or _PORTS[scheme]):
        return False
    return host.endswith(name[1:]) if name.startswith("*.") else host == name
