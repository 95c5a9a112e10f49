"""xianzhi: from raw dumps of Chinese local news to normalised tables.

    >>> from pipeline import connect, extract_text, load, run
    >>> rows = extract_text("副市长王良友来我区调研。", locality="浙江省衢州市柯城区")
    >>> rows["posts"][0].post
    '副市长'

The batch job is `run`; `load` and `connect` read what it wrote; `extract_text` works on one text.
"""

from __future__ import annotations

from .library import connect, extract_text, load
from .run import Report, run

__all__ = ["Report", "connect", "extract_text", "load", "run"]
