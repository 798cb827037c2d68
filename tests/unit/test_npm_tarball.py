"""Tarballs of strangers: checked, bounded, kept in memory."""

import base64
import gzip
import hashlib
import io
import tarfile

import pytest

from framewright.composition.resolvers.tarball import TarballError, check_integrity, unpack
from truth.npm_registry import tarball

MIB = 2**20


def test_files_lie_below_the_folder_of_the_package():
    packed = tarball({"dist/a.js": "a", "./b.js": "b"}, folder="gsap/")
    assert unpack(packed) == {"dist/a.js": b"a", "b.js": b"b"}


@pytest.mark.parametrize(
    "name", ["!../evil.js", "!package/../../evil.js", "!/etc/passwd", "!package\\..\\..\\evil.js"]
)
def test_paths_that_lead_out_are_refused(name):
    with pytest.raises(TarballError, match="leads out of it"):
        unpack(tarball({"a.js": "a", name: "evil"}))


def test_links_and_devices_are_left_out():
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE):
            member = tarfile.TarInfo(f"package/{kind!r}")
            member.type, member.linkname = kind, "/etc/passwd"
            tar.addfile(member)
    assert unpack(held.getvalue()) == {}


def test_what_is_huge_once_unpacked_is_refused():
    with pytest.raises(TarballError, match="more than 1 MiB"):
        unpack(tarball({"a.js": bytes(2 * MIB)}), largest=MIB)
    many = tarball({f"{number}.js": b"" for number in range(3000)})
    with pytest.raises(TarballError, match="more than 1 MiB"):
        unpack(many, largest=MIB)


def test_what_is_damaged_is_refused():
    packed = tarball({"a.js": "a" * 1000})
    for broken in (
        b"",
        b"no tarball",
        packed[: len(packed) // 2],
        gzip.compress(b"no archive" * 200),
        packed[:-9],
    ):
        with pytest.raises(TarballError):
            unpack(broken)


def test_integrity():
    data = b"data"
    strong = f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"
    weak = f"sha1-{base64.b64encode(hashlib.sha1(b'other').digest()).decode()}"
    check_integrity(data, strong, "")
    check_integrity(data, f"{weak} {strong}?option", "0" * 40)  # the strongest decides
    check_integrity(data, "", hashlib.sha1(data).hexdigest())
    for integrity, shasum in ((strong, ""), (weak, ""), ("", hashlib.sha1(data).hexdigest())):
        with pytest.raises(TarballError, match="not the one"):
            check_integrity(b"datb", integrity, shasum)
    with pytest.raises(TarballError, match="no digest"):
        check_integrity(data, "md5-abc", "")
