"""A store in a folder."""

from __future__ import annotations

import pytest

from framewright.model.settings import Settings
from framewright.stores import open_store
from stores.conformance import Conformance, files


class TestDirectory(Conformance):
    @pytest.fixture
    def root(self, tmp_path):
        return tmp_path / "store"

    @pytest.fixture
    def store_at(self, root):
        return lambda cache: open_store(str(root), Settings(cache=cache))

    @pytest.fixture
    def spoil(self, root):
        def spoil(digest, data):
            path = root / "blobs" / digest[:2] / digest
            path.unlink()
            path.write_bytes(data)

        return spoil

    @pytest.fixture
    def many(self, root):
        def many(name, count):
            (root / name).mkdir(parents=True)
            for number in range(count):
                (root / name / f"{number:05}").write_bytes(b"1")

        return many

    @pytest.fixture
    def unfinished(self, root):
        return lambda: [name for name in files(root) if name.startswith(".")]
