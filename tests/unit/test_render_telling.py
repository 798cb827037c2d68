"""What a render tells: each thing once, to the listener and to the log."""

from __future__ import annotations

import pytest

from framewright.model.composition import Notice
from framewright.model.errors import CompositionError
from framewright.model.events import Stage
from framewright.render.choice import Choice
from framewright.render.telling import Teller

FONT = Notice(code="FONT_LATE", message="The font Inter did not load.", element="h1")
IMAGE = Notice(code="IMAGE_FAILED", message="An image is missing.")


def test_a_choice_is_one_event_and_one_log_entry_with_its_inputs(caplog):
    heard = []
    teller = Teller(heard.append)
    with caplog.at_level("INFO", logger="framewright"):
        teller.decide(Choice(subject="workers", choice=2, inputs={"cores": 2.0}, reason="Two cores."))
    assert [(event.event, event.subject, event.choice, event.inputs) for event in heard] == [
        ("decided", "workers", 2, {"cores": 2.0})
    ]
    assert caplog.messages == ['event=decided subject=workers choice=2 reason="Two cores." input_cores=2.0']
    assert teller.decisions == tuple(heard)


def test_a_warning_is_told_once():
    heard = []
    teller = Teller(heard.append)
    teller.warn([FONT, IMAGE])
    teller.warn([FONT])
    assert [event.notice for event in heard] == [FONT, IMAGE]
    assert teller.notices == (FONT, IMAGE)


def test_strict_makes_errors_of_what_is_not_ready_and_only_of_that():
    teller = Teller(None, strict=True)
    teller.warn([IMAGE])
    teller.warn_of_readiness([])
    with pytest.raises(CompositionError, match=r"Inter did not load\. \[h1\] \(1 more") as refused:
        teller.warn_of_readiness([FONT, IMAGE])
    assert refused.value.code == "STRICT"
    Teller(None).warn_of_readiness([FONT])


def test_a_listener_that_raises_is_heard():
    def listener(event):
        raise KeyError(event.event)

    with pytest.raises(KeyError, match="stage"):
        Teller(listener).stage(Stage.OPENING)
