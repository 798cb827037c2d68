import sqlite3

import pytest

from framewright.model.errors import SetupError
from framewright.service.database import VERSION, Database


async def test_what_was_written_is_there_after_a_restart(tmp_path):
    path = tmp_path / "service.sqlite3"
    async with Database(path) as database:
        await database.run(
            lambda db: (
                db.execute(
                    "INSERT INTO uploads VALUES ('a', 'me', 'film', 'digest', 1, 2, '[]', 3.0, 4.0)"
                ).rowcount
            )
        )
    async with Database(path) as database:
        row = await database.run(lambda db: db.execute("SELECT * FROM uploads").fetchone())
        mode = await database.run(lambda db: db.execute("PRAGMA journal_mode").fetchone()[0])
    assert (row["id"], row["bytes"], mode) == ("a", 2, "wal")
    assert path.stat().st_mode & 0o077 == 0


async def test_a_transaction_is_all_or_nothing(tmp_path):
    async with Database(tmp_path / "service.sqlite3") as database:

        def half(db):
            db.execute("INSERT INTO uploads VALUES ('a', 'me', 'film', 'digest', 1, 2, '[]', 3.0, 4.0)")
            db.execute("INSERT INTO uploads VALUES ('a', 'me', 'film', 'digest', 1, 2, '[]', 3.0, 4.0)")

        with pytest.raises(sqlite3.IntegrityError):
            await database.run(half)
        count = await database.run(lambda db: db.execute("SELECT count(*) FROM uploads").fetchone()[0])
    assert count == 0


async def test_a_later_schema_and_a_foreign_file_are_refused(tmp_path):
    later = tmp_path / "later.sqlite3"
    with sqlite3.connect(later) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    foreign = tmp_path / "foreign.sqlite3"
    foreign.write_bytes(b"this is no database" * 100)
    for path, code in ((later, "DATABASE_NEWER"), (foreign, "DATABASE_FAILED")):
        with pytest.raises(SetupError) as refused:
            async with Database(path):
                pass
        assert refused.value.code == code
