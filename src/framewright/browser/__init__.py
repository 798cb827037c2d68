"""Finding, starting and driving Chromium; serving the files that it opens. Knows nothing of video."""

from framewright.browser.browser import Browser
from framewright.browser.browser_options import BrowserOptions
from framewright.browser.drawing import Drawn
from framewright.browser.find import BrowserInfo, describe_browser, find_browser, has_frame_control
from framewright.browser.flags import sandbox_obstacle, shm_is_small
from framewright.browser.font_files import find_fonts, seen_fonts
from framewright.browser.journal import LONGEST_ADDRESS, shortened
from framewright.browser.media_types import media_type
from framewright.browser.page import Page
from framewright.browser.profiles import make_profile, remove_profile
from framewright.browser.program_files import linked_libraries, program_files
from framewright.browser.requests import Answer, Answerer, Outside, Refusal, Request
from framewright.browser.server import FileServer, decoded_path, find_file, name_below
from framewright.browser.sockets import listening

__all__ = [
    "LONGEST_ADDRESS",
    "Answer",
    "Answerer",
    "Browser",
    "BrowserInfo",
    "BrowserOptions",
    "Drawn",
    "FileServer",
    "Outside",
    "Page",
    "Refusal",
    "Request",
    "decoded_path",
    "describe_browser",
    "find_browser",
    "find_file",
    "find_fonts",
    "has_frame_control",
    "linked_libraries",
    "listening",
    "make_profile",
    "media_type",
    "name_below",
    "program_files",
    "remove_profile",
    "sandbox_obstacle",
    "seen_fonts",
    "shm_is_small",
    "shortened",
]
