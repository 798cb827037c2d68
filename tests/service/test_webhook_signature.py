"""What a receiver of webhooks believes."""

from __future__ import annotations

import hashlib
import hmac
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import framewright
from framewright.model.webhook import WebhookError, sign_webhook, verify_webhook

BODY, SECRET, NOW = b'{"event":"done"}', "a secret of sixteen letters", 1_700_000_000


def refused(body=BODY, header="", secret=SECRET, **more):
    with pytest.raises(WebhookError) as error:
        verify_webhook(body, header, secret, now=NOW, **more)
    return error.value.code


def test_a_message_of_ours():
    header = sign_webhook(BODY, SECRET, NOW)
    mark = hmac.new(SECRET.encode(), f"{NOW}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert header == f"t={NOW},v1={mark}"
    assert framewright.verify_webhook(BODY, header, SECRET, now=NOW + 299) == {"event": "done"}
    assert verify_webhook(BODY, f"t={NOW}, v1={'0' * 64}, v1={mark}", SECRET, now=NOW)


def test_messages_of_others():
    header = sign_webhook(BODY, SECRET, NOW)
    assert refused(BODY + b" ", header) == "SIGNATURE_INVALID"
    assert refused(BODY, header, "another secret") == "SIGNATURE_INVALID"
    assert refused(BODY, header.replace(f"t={NOW}", f"t={NOW + 1}")) == "SIGNATURE_INVALID"
    assert refused(BODY, header.replace("v1=", "v0=")) == "SIGNATURE_INVALID"
    for junk in ("", "t=", "v1=", f"t={NOW}", "t=x,v1=y", f"t=-{NOW},v1=ü", f"t={NOW},v1=ü", "t=１,v1=0"):
        assert refused(BODY, junk) == "SIGNATURE_INVALID"


def test_messages_of_other_times():
    for at in (NOW - 301, NOW + 301):
        assert refused(BODY, sign_webhook(BODY, SECRET, at)) == "SIGNATURE_OLD"
    assert refused(BODY, sign_webhook(BODY, SECRET, NOW - 11), tolerance=10) == "SIGNATURE_OLD"


@given(st.text(max_size=80))
def test_no_header_breaks_it(header):
    assert refused(BODY, header) == "SIGNATURE_INVALID"


async def test_the_receiver_of_the_documents_works():
    page = (Path(__file__).parents[2] / "docs/service.md").read_text(encoding="utf-8")
    written = next(block for block in page.split("```python\n")[1:] if "verify_webhook" in block).split(
        "```"
    )[0]
    names = {"SECRET": SECRET}
    exec(written, names)  # noqa: S102 -- our own words

    class Request:
        async def read(self):
            return b'{"event": "done", "job": {"id": "a"}}'

    request = Request()
    request.headers = {"Framewright-Signature": sign_webhook(await request.read(), SECRET, int(time.time()))}
    assert (await names["told"](request)).status == 204
    request.headers = {}
    assert (await names["told"](request)).status == 403
