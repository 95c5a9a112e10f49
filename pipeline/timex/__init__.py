"""Expressions of calendar time in Chinese: text → mentions → TIMEX3 values. Knows nothing of articles or tables.

`mentions(folded)` finds the expressions and what they say (numbers, offsets from today, parts of a period); `resolve` gives each
its first and last day and its value, against a Memory of the publication date, that may be unknown, and of the mentions before.
"""

from __future__ import annotations

from .memory import Memory
from .mention import Mention
from .periods import Reading
from .resolve import resolve
from .scan import mentions

__all__ = ["Memory", "Mention", "Reading", "mentions", "resolve"]
