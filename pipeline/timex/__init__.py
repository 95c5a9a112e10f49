"""Expressions of calendar time in Chinese: text → mentions → TIMEX3 values. Knows nothing of articles or tables.

`scan.mentions(folded)` finds the expressions and what they say (numbers, offsets from today, parts of a period);
`resolve.Resolver` gives each its first and last day and its value, against a publication date that may be unknown.
"""

from __future__ import annotations

from .mention import Mention
from .periods import Reading
from .resolve import Resolver
from .scan import mentions

__all__ = ["Mention", "Reading", "Resolver", "mentions"]
