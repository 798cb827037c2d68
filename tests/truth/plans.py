"""A plan made by hand, all of whose parts are known."""

from framewright.model.output import Codec, Format, Quality
from framewright.model.plan import (
    Chunk,
    Digests,
    Environment,
    OutputPlan,
    PagePlan,
    PicturePlan,
    Plan,
    PlanFile,
)
from framewright.render.planning.digests import sealed
from framewright.stores import digest_of

NOTHING = "0" * 64


def environment(**other):
    return Environment(
        **{
            "browser": "Chromium 156.0.8078.79",
            "browser_digest": digest_of(b"browser"),
            "machine": "x86_64-v3",
            "libraries": {"av": "18.1.0", "libavcodec": "62.28.102"},
            "framewright": "0.1.0",
            "code": digest_of(b"code"),
            "fonts": {"Arimo-Bold.ttf": digest_of(b"bold")},
            "font_table": {"serif": "Tinos"},
        }
        | other
    )


def picture(**other):
    return PicturePlan(
        **{
            "width": 320,
            "height": 180,
            "scale": 1.0,
            "rate": "30",
            "frames": 300,
            "start": 0,
            "stop": 300,
            "mode": "seek",
            "capture": "stream",
        }
        | other
    )


def output(**other):
    return OutputPlan(
        **{
            "format": Format.MP4,
            "codec": Codec.H264,
            "quality": Quality.STANDARD,
            "alpha": False,
            "encoder": "libx264",
            "pixel_format": "yuv420p",
            "options": {"preset": "medium"},
            "segment": 60,
        }
        | other
    )


def page_file(content=b"<h1>page</h1>", **other):
    return PlanFile(**{"name": "index.html", "digest": digest_of(content), "bytes": len(content)} | other)


def plan(*, cuts=(0, 120, 300), **other):
    """Sealed. ``cuts`` are where chunks begin and end."""
    parts = {
        "page": PagePlan(entry="index.html", variables={"title": "Grüße", "size": 1.5}),
        "picture": picture(),
        "output": output(),
        "environment": environment(),
        "chunks": tuple(
            Chunk(index=index, start=start, stop=stop, cost=1.0)
            for index, (start, stop) in enumerate(zip(cuts, cuts[1:], strict=False))
        ),
        "files": (page_file(),),
        "digests": Digests(video=NOTHING, plan=NOTHING),
    }
    return sealed(Plan(**parts | other))
