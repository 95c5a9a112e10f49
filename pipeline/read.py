"""Bytes of one raw file → its documents: decoded text with \\n for every line end, nothing else changed.

Raises InputError E101–E106 where the file as a whole gives no text.
"""

from __future__ import annotations

import hashlib

from .encoding import decode
from .model import Document, Source


def read(source: Source, data: bytes) -> list[Document]:
    """The documents of a raw file, in the order of the file."""
    text, encoding = decode(data)
    sha256 = hashlib.sha256(data).hexdigest()
    key = hashlib.sha256(f"{source.name}\0{sha256}".encode()).hexdigest()[:16]
    return [Document(key, source, sha256, encoding, len(data), text)]
