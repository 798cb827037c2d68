from pathlib import Path

from framewright.model.job_request import CompositionSource, ProbeRequest
from framewright.service.desk import Source
from framewright.service.jobs.orders import Folders, probe_order
from framewright.service.settings import ServiceSettings

SOURCE = Source(composition="/films/a/index.html", name="a", root=Path("/films/a"))


def test_how_long_a_page_may_take_is_a_setting_of_the_machine():
    composition = CompositionSource(path="a")
    asked = ProbeRequest(composition=composition, fps="25", page_timeout=7)
    order = probe_order(asked, SOURCE, Folders(Path("/data")), ServiceSettings())
    assert (order.options, order.settings["page_timeout"]) == ({"fps": "25"}, 7)
    usual = probe_order(
        ProbeRequest(composition=composition), SOURCE, Folders(Path("/data")), ServiceSettings()
    )
    assert "page_timeout" not in usual.settings
