import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from framewright.browser import cbor
from framewright.browser.framing import CborFraming, JsonFraming

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**31), max_value=2**31 - 1)
    | st.floats(allow_nan=False)
    | st.text()
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
MESSAGES = st.dictionaries(st.text(), JSON | st.binary(), max_size=5)
settings.register_profile("quick", max_examples=40, deadline=None)
settings.load_profile("quick")


@given(MESSAGES)
def test_messages_survive_the_round_trip(message):
    assert cbor.decode(cbor.encode(message)) == message


@given(st.lists(MESSAGES, max_size=4), st.data())
def test_messages_are_found_however_the_pipe_cuts_them(messages, data):
    stream = b"".join(cbor.encode(message) for message in messages)
    framing, found, at = CborFraming(), [], 0
    while at < len(stream):
        step = data.draw(st.integers(1, max(1, len(stream))))
        found += framing.feed(stream[at : at + step])
        at += step
    assert found == messages


@given(st.binary(max_size=300))
def test_noise_is_refused_and_nothing_worse(noise):
    try:
        assert isinstance(cbor.decode(noise), dict)
    except cbor.CborError:
        pass


@given(MESSAGES, st.data())
def test_a_damaged_message_is_refused_or_still_a_map(message, data):
    encoded = bytearray(cbor.encode(message))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= data.draw(st.integers(1, 255))
    try:
        assert isinstance(cbor.decode(bytes(encoded)), dict)
    except cbor.CborError:
        pass


@given(MESSAGES)
def test_every_shortened_message_is_refused(message):
    encoded = cbor.encode(message)
    for length in range(0, len(encoded), max(1, len(encoded) // 16)):
        with pytest.raises(cbor.CborError):
            cbor.decode(encoded[:length])


@pytest.mark.parametrize(
    ("value", "tail"),
    [
        ("id", b"\x62id"),
        ("é", b"\x42\xe9\x00"),
        ("😀", b"\x44\x3d\xd8\x00\xde"),
        (b"\x00\xff", b"\xd6\x42\x00\xff"),
        (23, b"\x17"),
        (24, b"\x18\x18"),
        (-1, b"\x20"),
        (2**31 - 1, b"\x1a\x7f\xff\xff\xff"),
        (-(2**31), b"\x3a\x7f\xff\xff\xff"),
        (2**31, b"\xfb\x41\xe0\x00\x00\x00\x00\x00\x00"),
        (1.5, b"\xfb\x3f\xf8\x00\x00\x00\x00\x00\x00"),
        (True, b"\xf5"),
        (None, b"\xf6"),
        ([], b"\xd8\x18\x5a\x00\x00\x00\x02\x9f\xff"),
        ({}, b"\xd8\x18\x5a\x00\x00\x00\x02\xbf\xff"),
    ],
)
def test_the_dialect_byte_by_byte(value, tail):
    inside = b"\xbf\x61v" + tail + b"\xff"
    assert cbor.encode({"v": value}) == b"\xd8\x18\x5a" + len(inside).to_bytes(4, "big") + inside


def test_what_chromium_really_answers():
    said = bytes.fromhex("d8185a00000010bf6269640166726573756c74d8185a00000002bfff")
    said = said[:3] + (len(said) + 1 - 7).to_bytes(4, "big") + said[7:] + b"\xff"
    assert cbor.decode(said) == {"id": 1, "result": {}}


def test_long_integers_become_doubles_and_infinity_stays():
    answer = cbor.decode(cbor.encode({"ticks": 3_600_000_123.25, "big": 2**40, "end": math.inf}))
    assert answer == {"ticks": 3_600_000_123.25, "big": float(2**40), "end": math.inf}


def test_utf8_text_is_read_too():
    inside = b"\xbf\x61v\x62\xc3\xa9\xff"
    assert cbor.decode(b"\xd8\x18\x5a" + len(inside).to_bytes(4, "big") + inside) == {"v": "é"}


def test_a_value_without_a_place_is_refused():
    with pytest.raises(TypeError, match="set"):
        cbor.encode({"v": {1, 2}})


def test_deep_nesting_is_refused_not_fatal():
    inside = b"\x9f" * 200_000
    with pytest.raises(cbor.CborError):
        cbor.decode(b"\xd8\x18\x5a" + len(inside).to_bytes(4, "big") + inside)


@given(st.lists(st.dictionaries(st.text(), JSON, max_size=4), max_size=4), st.integers(1, 50))
def test_json_framing_finds_the_same_messages(messages, step):
    framing = JsonFraming()
    stream = b"".join(map(framing.encode, messages))
    found = [one for at in range(0, len(stream), step) for one in framing.feed(stream[at : at + step])]
    assert found == messages


def test_half_a_surrogate_pair_becomes_text_that_can_be_written():
    heard = cbor.decode(cbor.encode({"text": "half \ud83d, whole 😀"}))
    assert heard == {"text": "half \ufffd, whole 😀"}
