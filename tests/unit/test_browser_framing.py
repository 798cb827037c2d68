"""Bytes in a message: as they are in CBOR, as base64 in JSON."""

import json

import pytest

from framewright.browser.cbor import decode
from framewright.browser.framing import CborFraming, JsonFraming

MESSAGE = {"id": 1, "params": {"body": b"\x00\xff"}}


def test_bytes_cross_both_kinds_of_pipe():
    assert json.loads(JsonFraming().encode(MESSAGE)[:-1]) == {"id": 1, "params": {"body": "AP8="}}
    assert decode(CborFraming().encode(MESSAGE)) == MESSAGE


def test_what_is_no_value_is_refused():
    with pytest.raises(TypeError, match="set"):
        JsonFraming().encode({"body": {1}})
