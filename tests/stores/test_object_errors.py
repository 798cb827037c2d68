"""What clients of object stores raise, in our words."""

from __future__ import annotations

import pytest
from obstore.exceptions import GenericError, NotSupportedError, PermissionDeniedError, UnauthenticatedError

from framewright.stores.object_errors import store_error

_PAGE = (
    "Generic S3 error: Error performing GET https://far/films?sig=secret&x=1 in 3ms - Server returned non-2xx "
    'status code: {}: <?xml version="1.0"?>\n<Error/>\n\nDebug source:\nGeneric {{ }}'
)


@pytest.mark.parametrize(
    ("error", "code", "retryable"),
    [
        (PermissionDeniedError("no"), "STORE_REFUSED", False),
        (UnauthenticatedError("no"), "STORE_REFUSED", False),
        (NotSupportedError("no"), "STORE_REFUSED", False),
        (GenericError(_PAGE.format("403 Forbidden")), "STORE_REFUSED", False),
        (FileNotFoundError("no bucket"), "STORE_MISSING", False),
        (GenericError(_PAGE.format("404 Not Found")), "STORE_MISSING", False),
        (GenericError(_PAGE.format("503 Slow Down")), "STORE_UNAVAILABLE", True),
        (
            GenericError("Error performing PUT http://169.254.169.254/latest/api/token in 5s"),
            "STORE_UNAVAILABLE",
            True,
        ),
        (TimeoutError(), "STORE_UNAVAILABLE", True),
        (RuntimeError(), "STORE_UNAVAILABLE", True),
    ],
)
def test_each_is_one_sentence_with_its_code(error, code, retryable):
    said = store_error("s3://films", error)
    assert (said.code, said.retryable) == (code, retryable)
    assert said.message.startswith("The store s3://films ")
    assert said.message.endswith(").")
    assert not [word for word in ("secret", "Debug", "<", "\n") if word in said.message]


def test_missing_credentials_are_told_as_what_they_are():
    error = GenericError("Error performing PUT http://169.254.169.254/latest/api/token in 5s - HTTP error")
    assert "set its credentials" in store_error("s3://films", error).message
