"""Archives of strangers: what is taken, and what is not, whatever they say of themselves."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import unicodedata
import zipfile

import pytest
from archives import (
    PAGE,
    overlapping_zip,
    tar_entry,
    tar_header,
    tarred,
    zip_link,
    zipped,
)
from hypothesis import example, given
from hypothesis import strategies as st

from framewright.service.errors import RequestError, TooLargeError
from framewright.service.uploads.archives import unpack_archive
from framewright.service.uploads.unpacking.child import unpack
from framewright.service.uploads.unpacking.limits import SMALL, Limits, RefusedError
from framewright.service.uploads.unpacking.names import DEEPEST, Names, clean_name

MIB = 2**20
LIMITS = Limits(files=50, size=64 * MIB, ratio=200)
FILES = {"index.html": PAGE, "assets/a b/ü😀.txt": b"text", "empty": b""}


@pytest.fixture
def told(tmp_path):
    """Unpacks, and tells the code of what was refused, or the files."""

    def tell(content, limits=LIMITS):
        archive, target = tmp_path / "archive", tmp_path / f"files{len(list(tmp_path.iterdir()))}"
        archive.write_bytes(content)
        target.mkdir()
        answer = unpack(archive, target, limits)
        for folder, _, names in os.walk(target):
            for name in names:
                path = os.path.join(folder, name)
                assert os.path.realpath(path).startswith(str(target))
                assert os.path.isfile(path)
                assert not os.path.islink(path)
                assert os.stat(path).st_nlink == 1
        if "refused" in answer:
            code, message = answer["refused"]
            assert message.endswith(".")
            return code
        assert "failed" not in answer, answer
        return {file.path: (target / file.path).read_bytes() for file in answer["files"]}

    return tell


@pytest.mark.parametrize(
    "archive",
    [
        zipped(FILES),
        zipped(FILES, method=zipfile.ZIP_STORED),
        tarred(FILES),
        tarred(FILES, kind=tarfile.GNU_FORMAT),
        tarred(FILES, kind=tarfile.USTAR_FORMAT),
        tarred(FILES, packed=True),
        tarred(FILES, comment="as git archive has it"),
        zipped({"./index.html": PAGE, "assets/": b"", "assets/a b/ü😀.txt": b"text", "empty": b"", "__MACOSX/._index.html": b"x", "assets/.DS_Store": b"x"}),
    ],
)  # fmt: skip
def test_good_archives_of_every_kind(told, archive):
    assert told(archive) == FILES


@pytest.mark.parametrize("kind", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names_of_tar(told, kind):
    name = "/".join(["folder" * 20] * 4) + "/page.html"
    assert told(tarred({name: PAGE}, kind=kind)) == {name: PAGE}
    assert told(tarred({"long" * 400: PAGE}, kind=kind)) == "NAME_REFUSED"


def test_zip_names_that_are_utf8_and_do_not_say_so(told):
    made = zipped({"XX.html": PAGE}).replace(b"XX.html", "ü.html".encode())
    assert told(made) == {"ü.html": PAGE}


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/passwd", "..", "a\\b", "C:\\x", "a\nb", "a\x7fb", "a\u0085b", "a\u2028b", "x" * 300,
     "/".join("d" * (DEEPEST + 1)), "//x", "a/.."],
)  # fmt: skip
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_astray(told, pack, name):
    assert told(pack({"index.html": PAGE, name: b"x"})) == "NAME_REFUSED"


def test_names_with_nul_or_bytes_that_are_no_text(told):
    assert told(zipped({"aXb": b"x"}).replace(b"aXb", b"a\0b")) == "NAME_REFUSED"
    assert told(tarred({"index.html": PAGE}).replace(b"index.html", b"inde\xff.html")) in {
        "NAME_REFUSED",
        "ARCHIVE_BROKEN",
    }
    assert told(tar_header(b"a\xff", 0) + bytes(1024)) == "NAME_REFUSED"


@pytest.mark.parametrize(
    "names",
    [
        ("a.html", "A.html"),
        ("a/x", "A/y"),
        ("é", "e\u0301"),
        ("straße", "STRASSE"),
        ("a", "a/b"),
        ("a/b", "a"),
    ],
)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_are_one_file_somewhere(told, pack, names):
    assert told(pack(dict.fromkeys(names, b"x"))) == "NAME_TWICE"


def test_one_name_twice(told):
    made = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    assert told(made.getvalue()) == "NAME_TWICE"
    one = tarred({"a": b"1"})[:1024]
    assert told(one + tarred({"a": b"2"})) == "NAME_TWICE"


@pytest.mark.parametrize(
    "archive",
    [
        zipped({"index.html": PAGE, "link": zip_link("/etc/passwd")}),
        zipped({"index.html": PAGE, "link": zip_link("", 0o060666)}),
        zipped({"index.html": PAGE, "link": zip_link("", 0o010666)}),
        tarred({"l": tar_entry("l", tarfile.SYMTYPE, link="/etc/passwd"), "l/x": b"x"}),
        tarred({"index.html": PAGE, "l": tar_entry("l", tarfile.LNKTYPE, link="index.html")}),
        tarred({"d": tar_entry("d", tarfile.CHRTYPE)}),
        tarred({"d": tar_entry("d", tarfile.BLKTYPE)}),
        tarred({"d": tar_entry("d", tarfile.FIFOTYPE)}),
        tarred({"d": tar_entry("d", tarfile.GNUTYPE_SPARSE)}, kind=tarfile.GNU_FORMAT),
        tar_header(b"d", 0, kind=b"V") + bytes(1024),
        tar_header(b"d", 512, kind=b"5") + bytes(512 + 1024),
        zipped({"index.html": PAGE}, method=zipfile.ZIP_BZIP2),
        zipped({"index.html": PAGE}, method=zipfile.ZIP_LZMA),
        tarred({"a": b"x"}, path="../../evil"),
        tarred({"a": b"x"}, size="1"),
    ],
)
def test_what_is_no_plain_file(told, archive):
    assert told(archive) == "ARCHIVE_REFUSED"


def test_encrypted_entries(told):
    made = bytearray(zipped({"index.html": PAGE}))
    made[6] |= 1
    made[made.index(b"PK\x01\x02") + 8] |= 1
    assert told(bytes(made)) == "ARCHIVE_REFUSED"


def pax(**records):
    lines = b""
    for key, value in records.items():
        body = f" {key.replace('__', '.')}={value}\n".encode()
        size = len(body) + 2 if len(body) + 2 < 100 else len(body) + 3
        lines += str(size).encode() + body
    return tar_header(b"pax", len(lines), kind=b"x") + lines + bytes(-len(lines) % 512)


def test_tricks_of_extended_headers(told):
    plain = tar_header(b"a", 1) + b"x" + bytes(511 + 1024)
    assert told(pax(path="b/c") + plain) == {"b/c": b"x"}
    assert told(pax(path="../b") + plain) == "NAME_REFUSED"
    assert told(pax(path="a\0b") + plain) == "NAME_REFUSED"
    assert told(pax(size=10**18) + plain) == "ARCHIVE_TOO_LARGE"
    assert told(pax(size="-1") + plain) == "ARCHIVE_BROKEN"
    assert told(pax(GNU__sparse__major=1, GNU__sparse__minor=0) + plain) == "ARCHIVE_REFUSED"
    assert told(tar_header(b"pax", 5, kind=b"x") + b"99 a=" + bytes(507) + plain) == "ARCHIVE_BROKEN"
    assert told(tar_header(b"pax", 2 * MIB, kind=b"x") + bytes(2 * MIB) + plain) == "ARCHIVE_REFUSED"
    assert told(tar_header(b"name", 2**33, kind=b"L") + plain) == "ARCHIVE_REFUSED"


def test_tar_sizes_that_lie(told):
    rest = b"x" + bytes(511 + 1024)
    assert told(tar_header(b"a", 10**9) + rest) == "ARCHIVE_TOO_LARGE"
    assert told(tar_header(b"a", b"\x80" + (2**80).to_bytes(11, "big")) + rest) == "ARCHIVE_TOO_LARGE"
    assert told(tar_header(b"a", b"\xff" * 12) + rest) == "ARCHIVE_TOO_LARGE"
    assert told(tar_header(b"a", b"99999999999\0") + rest) == "ARCHIVE_BROKEN"
    assert told(tar_header(b"a", 4096) + rest) == "ARCHIVE_BROKEN"


def test_zip_sizes_that_lie(told):
    made = bytearray(zipped({"a": bytes(1000)}))
    entry = made.index(b"PK\x01\x02")
    for size in (10, 999, 1001, 100_000):
        struct.pack_into("<I", made, entry + 24, size)
        assert told(bytes(made)) == "ARCHIVE_BROKEN"
    struct.pack_into("<I", made, entry + 24, 4 * 10**9)
    assert told(bytes(made)) == "ARCHIVE_TOO_LARGE"


def test_bombs(told):
    limits = Limits(files=2000, size=512 * MIB, ratio=100)
    assert told(zipped({"a": bytes(SMALL + 1)}), limits) == "ARCHIVE_BOMB"
    assert told(tarred({"a": bytes(SMALL + 2 * MIB)}, packed=True), limits) == "ARCHIVE_BOMB"
    # Zeros that never come to an entry, and such as come after the last.
    assert told(gzip.compress(tar_header(b"a", 0) + bytes(40 * MIB), 1), LIMITS) == "ARCHIVE_BOMB"
    assert told(overlapping_zip(30)) == "ARCHIVE_BOMB"
    # Well packed, and small: no bomb.
    assert told(zipped({"a": bytes(SMALL - 1)}), limits) == {"a": bytes(SMALL - 1)}
    # One within the other is a file like any other.
    inner = zipped({"bomb": bytes(SMALL)})
    assert told(zipped({"inner.zip": inner})) == {"inner.zip": inner}


def test_too_many_files_folders_or_names(told):
    assert told(zipped({str(number): b"" for number in range(51)})) == "ARCHIVE_TOO_MANY"
    assert told(zipped({f"{number}/": b"" for number in range(51)})) == "ARCHIVE_TOO_MANY"
    assert told(tarred({str(number): b"" for number in range(51)})) == "ARCHIVE_TOO_MANY"
    assert told(tarred({str(n): tar_entry(str(n), tarfile.DIRTYPE) for n in range(51)})) == "ARCHIVE_TOO_MANY"
    # A list as long as the archive, whose end says that it is short.
    made = bytearray(zipped({f"{number}": b"" for number in range(3000)}))
    struct.pack_into("<HH", made, made.rindex(b"PK\x05\x06") + 8, 1, 1)
    assert told(bytes(made)) in {"ARCHIVE_TOO_MANY", "ARCHIVE_BROKEN"}


def test_a_hundred_thousand_entries_are_refused_before_they_are_read(told):
    limits = Limits(files=10_000, size=MIB, ratio=100)
    assert told(overlapping_zip(60_000), limits) == "ARCHIVE_TOO_MANY"
    assert told(tar_header(b"d/", 0, kind=b"5") * 100_000, limits) == "ARCHIVE_TOO_MANY"


@pytest.mark.parametrize("whole", [zipped(FILES), tarred(FILES), tarred(FILES, packed=True)])
def test_what_is_cut_off_or_damaged_is_never_taken_for_whole(told, whole):
    for at in range(0, len(whole) - 1, max(1, len(whole) // 97)):
        cut = told(whole[:at])
        # Of a plain TAR, what fills up the last block may be missing, and no more.
        assert cut == FILES or isinstance(cut, str)
        if cut == FILES:
            assert not whole[at:].strip(b"\0")
    for noise in (
        b"",
        b"PK",
        b"PK\x05\x06",
        b"PK\x03\x04" + bytes(100),
        b"\x1f\x8b",
        os.urandom(2000),
        b"<html>" * 200,
    ):
        assert told(noise) == "ARCHIVE_BROKEN"


def test_content_that_was_changed_is_found_out(told):
    made = bytearray(zipped({"a": b"hello there"}, method=zipfile.ZIP_STORED))
    made[made.index(b"hello")] ^= 1
    assert told(bytes(made)) == "ARCHIVE_BROKEN"
    packed = bytearray(tarred({"a": os.urandom(1000)}, packed=True))
    packed[-8] ^= 1
    assert told(bytes(packed)) == "ARCHIVE_BROKEN"
    header = bytearray(tarred({"a": b"x", "b": b"y"}))
    header[1024 + 10] ^= 1
    assert told(bytes(header)) == "ARCHIVE_BROKEN"


def test_an_archive_without_files(told):
    assert told(zipped({})) == "ARCHIVE_EMPTY"
    assert told(zipped({"folder/": b""})) == "ARCHIVE_EMPTY"
    assert told(bytes(1024)) == "ARCHIVE_EMPTY"


@given(st.text(max_size=60) | st.text(alphabet="./\\ab\0:ÄäA\u0308", max_size=12))
@example("a/./b")
@example("..")
@example(".../x")
@example("a//b")
@example(" ")
def test_a_name_that_is_taken_stays_in_its_folder(name):
    try:
        clean = clean_name(name)
    except RefusedError as refused:
        assert refused.code == "NAME_REFUSED"
        return
    if clean is None:
        return
    parts = clean.split("/")
    assert all(part not in {"", ".", ".."} and len(part.encode()) <= 255 for part in parts)
    assert os.path.normpath(f"/root/{clean}") == f"/root/{clean}"
    assert "\\" not in clean
    assert not any(unicodedata.category(letter) == "Cc" for letter in clean)
    # Cleaning again changes nothing.
    assert clean_name(clean) == clean


@given(st.lists(st.text(alphabet="aAäÄ/", min_size=1, max_size=5), max_size=6))
def test_no_two_names_that_are_taken_are_one(written):
    names, taken = Names(), []
    for name in filter(None, (clean_name(one) for one in written if not one.startswith("/"))):
        try:
            names.add(name)
            taken.append(name)
        except RefusedError:
            pass
    keys = [name.casefold() for name in taken]
    assert len(set(keys)) == len(keys)
    assert not [key for key in keys for other in keys if other.startswith(f"{key}/")]


async def test_a_process_of_its_own_unpacks(tmp_path):
    archive, target = tmp_path / "archive", tmp_path / "files"
    archive.write_bytes(zipped(FILES))
    target.mkdir()
    files = await unpack_archive(archive, target, LIMITS)
    assert {file.path: (target / file.path).read_bytes() for file in files} == FILES
    assert {(target / file.path).stat().st_mode & 0o777 for file in files} == {0o444}


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (zipped({"../x": b""}), RequestError, "NAME_REFUSED"),
        (zipped({str(number): b"" for number in range(51)}), TooLargeError, "ARCHIVE_TOO_MANY"),
    ],
)
async def test_what_the_process_refuses_is_raised(tmp_path, content, kind, code):
    archive, target = tmp_path / "archive", tmp_path / "files"
    archive.write_bytes(content)
    target.mkdir()
    with pytest.raises(kind) as refused:
        await unpack_archive(archive, target, LIMITS)
    assert refused.value.code == code


async def test_unpacking_has_a_limit_of_time(tmp_path):
    archive, target = tmp_path / "archive", tmp_path / "files"
    os.mkfifo(archive)  # nobody ever writes to it
    target.mkdir()
    with pytest.raises(RequestError) as refused:
        await unpack_archive(archive, target, LIMITS, patience=0.3)
    assert refused.value.code == "ARCHIVE_SLOW"
