"""How a page gets the facts and the frames of its sources, which Python reads in the browser's place."""

from framewright.composition.footage.addresses import OwnFiles
from framewright.composition.footage.desk import FootageDesk
from framewright.composition.footage.line import Line

__all__ = ["FootageDesk", "Line", "OwnFiles"]
