"""Office files as archives: opened within limits, and their XML parsed without entities, network or document types."""

import io
import lzma
import struct
import zipfile
import zlib

from lxml import etree

from kg.errors import RefusedFile

MAX_ENTRIES = 5_000
MAX_WHOLE = 300_000_000
MAX_PART = 60_000_000
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, OSError, RuntimeError, ValueError),
)
"""What the library raises for parts whose places, sizes or packed bytes are wrong (``ValueError``: a place before the beginning)."""
_MACROS = ("vbaproject.bin", "xl4macro")


def opened(name: str, data: bytes) -> zipfile.ZipFile:
    """The archive. Raises :class:`RefusedFile` for a broken one, one that unpacks beyond the limits, and one with macros."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except _BROKEN as error:
        raise RefusedFile("the archive inside the file is broken", name) from error
    if len(entries) > MAX_ENTRIES:
        raise RefusedFile(f"{len(entries):,} parts; the limit is {MAX_ENTRIES:,}", name)
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedFile("the file is encrypted", name)
    if sum(entry.file_size for entry in entries) > MAX_WHOLE:
        raise RefusedFile(f"unpacked it is larger than {MAX_WHOLE:,} bytes", name)
    if any(mark in entry.filename.lower() for entry in entries for mark in _MACROS):
        raise RefusedFile("the file holds macros; save it without them", name)
    return archive


def part(archive: zipfile.ZipFile, entry: str, name: str) -> bytes:
    """One part, unpacked as far as the limit: the size that the archive states may be a lie."""
    try:
        with archive.open(entry) as stream:
            data = stream.read(MAX_PART + 1)
    except KeyError as error:
        raise RefusedFile(f"the file has no part {entry}", name) from error
    except _BROKEN as error:
        raise RefusedFile("the archive inside the file is broken", name, entry) from error
    if len(data) > MAX_PART:
        raise RefusedFile(f"unpacked it is larger than {MAX_PART:,} bytes", name, entry)
    return data


def parsed(data: bytes, name: str, entry: str) -> etree._Element:
    """The root of an XML part. Raises :class:`RefusedFile` for broken XML and for any document type declaration."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RefusedFile("the XML inside the file is broken", name, entry) from error
    if root.getroottree().docinfo.doctype:
        raise RefusedFile("the XML inside the file declares a document type", name, entry)
    return root
