"""Gold articles → labelled sentences → the weights of the embedded recogniser.

In: JSONL files, each line an annotated article (title, paragraphs, people, bylines, places) or a text with `spans`
([start, end, label]). Out: the weights file. Persons, credited names and places are labelled wherever their names stand; of an expanded
post the parts that are printed together: the organisation as ORG, the office as POST.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import lexicon, store
from .errors import UsageError
from .gold import read_gold
from .recognise import LABELS, crf
from .text import fold, sentences

Labelled = tuple[str, list[tuple[int, int, str]]]


def train(paths: Sequence[Path], out: Path) -> int:
    """Write the weights trained on the files to `out`; the number of sentences. Raises UsageError E005 for files of another kind or empty ones."""
    labelled = [each for path in paths for entry in read_gold(path) for each in labelled_sentences(entry)]
    store.write_atomically(out, weights(labelled))
    return len(labelled)


def weights(labelled: Sequence[Labelled]) -> bytes:
    """The weights trained on sentences. Raises UsageError E005 where there are none, of which the trainer would make a dead process."""
    if not labelled:
        raise UsageError("E005", "there are no sentences to train on", "name a file with annotated articles")
    return crf.train(labelled)


def labelled_sentences(entry: Mapping[str, Any]) -> Iterator[Labelled]:
    """The sentences of an annotated article, or of a text with spans, each with its own spans."""
    if "spans" in entry:
        text, spans = entry["text"], [(start, end, label) for start, end, label in entry["spans"] if label in LABELS]
    else:
        text = "\n".join([*filter(None, [entry["title"]]), *entry["paragraphs"]])
        spans = list(_spans(fold(text), entry))
    for start, end in sentences(fold(text)):
        yield text[start:end], [(a - start, b - start, label) for a, b, label in spans if start <= a and b <= end]


def _spans(text: str, entry: Mapping[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Spans that do not overlap: persons first, then offices and their organisations, then places."""
    taken = bytearray(len(text))
    people = [fold(p["name"]) for p in entry["people"]] + [fold(b["name"]) for b in entry["bylines"]]
    for start, end in _found(text, people, taken):
        yield start, end, "PER"
    posts = {fold(post) for p in entry["people"] for post in p["posts"]}
    for start, end in _found(text, posts | {_office(post) for post in posts}, taken):
        office = end - len(_office(text[start:end]))
        yield office, end, "POST"
        if office > start:
            yield start, office, "ORG"
    for start, end in _found(text, (fold(p["name"]) for p in entry["places"]), taken):
        yield start, end, "LOC"


def _found(text: str, words: Iterable[str], taken: bytearray) -> Iterator[tuple[int, int]]:
    """Where the words stand, the longest first, on characters that no span has yet."""
    ordered = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    pattern = re.compile("|".join(map(re.escape, ordered)))
    for match in pattern.finditer(text) if ordered else ():
        start, end = match.span()
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            yield start, end


def _office(post: str) -> str:
    """The office at the end of a post, with its prefixes: 县委|副书记."""
    ranks, prefixes = lexicon.words("posts_ranks", "rank"), lexicon.words("posts_words", kind="prefix")
    start = next((i for i in range(len(post)) if post[i:] in ranks), 0)
    while prefix := max((p for p in prefixes if post.endswith(p, 0, start)), key=len, default=""):
        start -= len(prefix)
    return post[start:]
