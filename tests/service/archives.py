"""Archives for tests: good ones, and such as nobody should believe."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile

PAGE = b"<!doctype html><title>film</title><h1>Hello</h1>"


def zipped(files, *, method=zipfile.ZIP_DEFLATED):
    """A ZIP of files by name; a value may also be a pair of a ZipInfo and its content."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            if isinstance(content, tuple):
                archive.writestr(*content)
            else:
                archive.writestr(name, content)
    return made.getvalue()


def zip_link(target, mode=0o120777):
    """What a ZIP holds for a link, or with another mode for a device."""
    info = zipfile.ZipInfo("link")
    info.create_system = 3
    info.external_attr = mode << 16
    return info, target


def tarred(files, *, kind=tarfile.PAX_FORMAT, packed=False, **pax):
    """A TAR of files by name; a value may also be a TarInfo."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=kind, pax_headers=pax or None) as archive:
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(made.getvalue(), 1) if packed else made.getvalue()


def tar_entry(name, kind, *, link=""):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = link
    return info


def tar_header(name, size, *, kind=b"0"):
    """One header, whatever it says."""
    header = bytearray(512)
    header[: len(name)] = name
    header[100:108] = b"0000644\0"
    header[124:136] = size if isinstance(size, bytes) else b"%011o\0" % size
    header[156:157] = kind
    header[257:265] = b"ustar\x0000"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def overlapping_zip(count):
    """All entries are one and the same content: David Fifield's bomb, in its simplest form."""
    whole = zipped({"a.bin": bytes(1 << 20)})
    start, listed = whole.index(b"PK\x01\x02"), whole.index(b"PK\x05\x06")
    entry = whole[start:listed]
    entries = b"".join(entry.replace(b"a.bin", b"%05d" % number) for number in range(count))
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    return whole[:start] + entries + end
