"""xianzhi: from raw dumps of Chinese local news to normalised tables.

    >>> from pipeline import connect, extract_text, load
    >>> rows = extract_text("副市长王良友来我区调研。", locality="浙江省衢州市柯城区")
    >>> rows["posts"][0].post
    '副市长'

The batch job is `pipeline.run.run`; `load` and `connect` read what it wrote; `extract_text` works on one text. Each is
loaded when it is first asked for, so that `cli.py --help` need not wait for Arrow.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .library import connect, extract_text, load

__all__ = ["connect", "extract_text", "load"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(".library", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
