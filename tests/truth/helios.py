"""The modules of Helios' library as files of a composition, and the import map that names them."""

from __future__ import annotations

from truth.libraries import INSTALLED

_CORE = INSTALLED / "@helios-project/core/dist"
MODULES: dict[str, str | bytes] = {
    f"core/{path.relative_to(_CORE)}": path.read_bytes() for path in _CORE.rglob("*.js")
}
IMPORT_MAP = '<script type="importmap">{"imports": {"@helios-project/core": "./core/index.js"}}</script>'
