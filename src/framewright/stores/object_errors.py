"""What an object store's client raises, in our words."""

from __future__ import annotations

import re

from obstore.exceptions import NotSupportedError, PermissionDeniedError, UnauthenticatedError

from framewright.model.errors import StoreError, StoreRefusedError

_QUERY = re.compile(r"\?\S*")
_STATUS = re.compile(r"status code: (\d{3})")
# Where a client looks for the role of its machine, when it was given no credentials: it may be a cloud's that is busy.
_METADATA = "169.254.169.254"
_LONGEST_REASON = 240


def store_error(uri: str, error: Exception) -> StoreError:
    """The error to raise for one of a client; whatever is not known to be of no use may be tried again.

    Args:
        uri: of the store.
    """
    # Of a list the client says no more than what the server said.
    said = _STATUS.search(str(error))
    status = int(said[1]) if said else 0
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or status in {401, 403}:
        return StoreRefusedError(
            f"The store {uri} does not let us in: set its credentials in the environment, with the right to list, "
            f"read, write and delete ({_reason(error)}).",
            code="STORE_REFUSED",
        )
    if isinstance(error, FileNotFoundError) or status == 404:
        return StoreRefusedError(
            f"The store {uri} is not there: make its bucket, or name another store ({_reason(error)}).",
            code="STORE_MISSING",
        )
    if isinstance(error, NotSupportedError):
        return StoreRefusedError(
            f"The store {uri} cannot do what is needed of it: choose another one ({_reason(error)}).",
            code="STORE_REFUSED",
        )
    if _METADATA in str(error):
        return StoreError(
            f"The store {uri} cannot be asked: set its credentials in the environment, for this machine tells of none "
            f"({_reason(error)}).",
            code="STORE_UNAVAILABLE",
        )
    return StoreError(
        f"The store {uri} does not answer: see that it runs and can be reached ({_reason(error)}).",
        code="STORE_UNAVAILABLE",
    )


def _reason(error: Exception) -> str:
    """The first line, without what may be a signature in an address."""
    if isinstance(error, TimeoutError):
        return "it takes too long"
    lines = str(error).strip().splitlines() or [type(error).__name__]
    said = lines[0].partition(": <")[0]  # pages of servers
    return _QUERY.sub("", said)[:_LONGEST_REASON].rstrip(" .:-")
