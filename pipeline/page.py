"""A self-contained HTML page: one file, its style, scripts and data inside, and a policy that lets nothing else in.

In: a title, the names of scripts in `assets/`, data. Out: the bytes of the page. The data travel as gzipped JSON and reach
the page as text that scripts set, never as markup; the policy names the one style and script by their hashes.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_ASSETS = Path(__file__).parent / "assets"
_SLOT = re.compile(r"\{\{([a-z-]+)\}\}")


def page(title: str, scripts: Sequence[str], data: Mapping[str, Any]) -> bytes:
    """The page that the scripts, in this order after `frame.js`, make of the data."""
    style = _asset("page.css")
    script = "".join(_asset(f"{name}.js") for name in ("frame", *scripts))
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=str)
    parts = {
        "title": html.escape(title),
        "style": style,
        "style-hash": _hash(style),
        "script": script,
        "script-hash": _hash(script),
        "packed": base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
    }
    return _SLOT.sub(lambda slot: parts[slot[1]], _asset("page.html")).encode()


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf8")


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
