"""What a phrase around a quantity is told by: aspects, and the features that they hold.

An aspect is a name and a few values that are known together (where a phrase stands, what the quantity is). Its features are the combinations of
these values below, each with a weight of its own in lexicon figures_weights.csv. `items` and `subjects` make candidates, `rank` chooses
among them, `weigh` learns the weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from ..quantities import Quantity
from .words import Span

Aspect = tuple[str, ...]  # name, value, value …
Feature = tuple[str, ...]  # name: values combined, value, value …

# Name: its values: those that are weighed together. kind is of the quantity (count, money …), link what joins phrase and number, before and
# after the classes of the words around, role how the item stands to the quantity.
_ASPECTS: Final = """
behind        kind order form before measured after: kind order form, order before measured, order after
behind noun   kind form order first size link:       kind link, form order first, form size
behind tail   tail kind:                             tail kind
deed          form kind number before after link size: form kind number before, form kind link, form after number, form size
deed tail     form tail kind:                        form tail kind
measured      form kind after link word:             form kind after, form link, form kind word
before        kind order form far after link follows opens: kind order form, follows after kind, kind link far, kind order opens
before noun   form rank before last size:            form rank before, form rank last, form size
before tail   tail kind:                             tail kind
act           form kind number far after link size:  form kind number far, form kind after, form kind link, form size kind, form after far link
act word      form word:                             form word
again         kind told same near after own since:   kind same near, after own, told kind since
again gap     gap:                                   gap
placed        where back sentence acts kind role form: where back sentence role, form kind role, form back sentence, form acts back
beside        where pre post back kind:              post back kind, where pre post
tail          tail kind role:                        tail kind role
phrase        form often size titled says number:    form often, form size, form says number, size often titled
phrase words  form pre post then:                    form pre post, form then
phrase tail   form tail:                             form tail
within        kind role left size first:             kind role left, first left size
within tail   tail:                                  tail
within rest   rest:                                  rest
led           near kind role form tail:              near kind role, near form, kind form, near tail
titled        kind role number:                      kind role, number
speaker       kind role:                             kind role
told          letter near own listed told kind:      letter near own listed, letter told kind
told phrase   letter same kind role:                 letter same kind role
kept          letter:                                letter
"""


def _read(line: str) -> tuple[str, list[tuple[str, tuple[int, ...]]]]:
    head, _, combined = line.rpartition(":")
    words = head.split("  ")
    name, values = words[0].strip(), words[-1].split()
    found = [template.strip() for template in combined.split(",")]
    return name, [(f"{name}: {each}", tuple(values.index(v) + 1 for v in each.split())) for each in found]


FEATURES: Final = dict(map(_read, _ASPECTS.strip().splitlines()))


def features(aspect: Aspect) -> list[Feature]:
    """The features of an aspect: the name of each and the values that it combines."""
    return [(name, *[aspect[n] for n in places]) for name, places in FEATURES[aspect[0]]]


@dataclass(slots=True)
class Phrase:
    """A noun phrase or a name within one, with what is true of it whatever the quantity, and what that weighs by the table asked last."""

    start: int
    end: int
    form: str  # whole, whole with the classes of its names, rest (behind a name), or the class of a name alone
    place: int  # which noun phrase of its clause
    tail: str  # its last character
    pre: str  # what stands before it
    post: str  # what stands behind it
    aspects: tuple[Aspect, ...]
    table: object = None
    weight: float = 0.0


class Candidate(NamedTuple):
    """A span that may be the item or the subject of a quantity."""

    start: int
    end: int
    aspects: tuple[Aspect, ...]
    phrase: Phrase | None = None


class Told(NamedTuple):
    """What was found for the quantity before in the paragraph."""

    quantity: Quantity
    item: Span | None
    subject: Span | None


_KINDS: Final = {
    "count": "count", "score": "count", "person-time": "count", "person": "person", "household": "person", "money": "money",
    "ratio": "ratio", "points": "ratio", "multiple": "ratio", "duration": "duration", "age": "age",
}  # fmt: skip


def kind(each: Quantity) -> str:
    """What a quantity is, as far as it tells on what it counts."""
    return _KINDS.get(each.unit.dimension, "measure")
