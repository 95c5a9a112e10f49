"""What is done to the rows of all documents before they are published: corrections of mentions, link, corrections of what link
makes, names hidden.

In: the rows by table as the stages left them. Out: the rows by table as they are published, and what became of the corrections.
Each step goes through the tables a part at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from . import overlay, privacy
from .corrections import Correction, Outcome
from .gazetteer import Gazetteer
from .link import link
from .spill import Rows, Space


def across(rows: Mapping[str, Rows], lines: Sequence[Correction], stages: Sequence[str], gazetteer: Gazetteer,
           space: Space, private_names: str = "keep") -> tuple[dict[str, Rows], list[Outcome]]:  # fmt: skip
    """The rows after the stages `extract` and `link`, where they are among `stages`; corrections come with either."""
    result, outcomes = dict(rows), list[Outcome]()
    if "extract" in stages:
        result, outcomes = overlay.on_mentions(result, lines, gazetteer)
    if "link" in stages:
        result |= link(result, space, nameless=private_names != "keep")
        result, late = overlay.on_entities(result, lines)
        outcomes = sorted([*outcomes, *late], key=lambda each: each.line)
    if private_names != "keep":
        outcomes = [replace(each, old=None) for each in outcomes]  # it may be a name
    return privacy.masked(result, private_names, space), outcomes
