"""Quantities in Chinese: text → numbers with unit, qualifier and range. Knows nothing of articles or tables.

`quantities(folded, taken)` finds them; units, classifiers, qualifiers and what makes a number no figure are lexicons figures_*.csv.
"""

from __future__ import annotations

from .quantity import Quantity
from .scan import quantities

__all__ = ["Quantity", "quantities"]
