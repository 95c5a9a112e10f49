"""A character of a document's text → the byte of the raw file where it stands, whatever the encoding, mark and line ends.

In: the raw file and its row of `documents`. Out: a byte, or None where the file is gone or has changed, and where it is not
itself the text: a web page, a Word file, a member of an archive, a row of a table. The file is read as far as the character.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def byte_of(path: Path, document: Mapping[str, Any], at: int, words: str) -> int | None:
    """Where the `words`, of one line, at the character `at` begin in the bytes of the file."""
    encoding = document["encoding"]
    if encoding is None or not path.is_file() or path.stat().st_size != document["n_bytes"]:
        return None
    encoder = codecs.getincrementalencoder(encoding)()  # writes the mark of the encoding once, before the first line
    before = 0
    with path.open(encoding=encoding, newline="") as text:
        try:
            for line in text:
                said = line.rstrip("\r\n")
                if at <= len(said):
                    return before + len(encoder.encode(said[:at])) if said.startswith(words, at) else None
                before += len(encoder.encode(line))
                at -= len(said) + 1
        except UnicodeError:
            pass
    return None
