"""HanLP's pretrained models as a recogniser (extra `hanlp`): multi-task models, and single-task ones that read tokens or characters.

In: texts, cut into sentences that go to the model in batches. Out: spans in code points; the labels of PKU, MSRA and OntoNotes are mapped to
PER, ORG and LOC, no model knows posts. A model is a folder, or a name of `hanlp.pretrained` whose folder lies in HANLP_HOME already or
can be had from the network. Loading a model unpickles its tensors: use only folders whose origin you trust.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlparse

from ..errors import UsageError
from ..model import Span
from ..text import fold, sentences

DEFAULT: Final = "CLOSE_TOK_POS_NER_SRL_DEP_SDP_CON_ELECTRA_SMALL_ZH"
_LABELS: Final = {
    "nr": "PER", "PERSON": "PER", "PER": "PER", "ns": "LOC", "LOCATION": "LOC", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "FACILITY": "LOC",
    "nt": "ORG", "ORGANIZATION": "ORG", "ORG": "ORG"}  # fmt: skip
_TASKS: Final = ("ner/msra", "ner/pku", "ner/ontonotes", "ner")  # the first that a model has
_BATCH: Final = 64
_SCORE: Final = 0.9  # a model gives no probability of a span
_WAIT_S: Final = 1.0  # for the host of the models to answer, before it is asked for 25 s by HanLP itself


@dataclass(frozen=True, slots=True)
class Hanlp:
    """A loaded model. `task` is the key of its entities; empty where the model has but one task and reads characters."""

    model: Any
    task: str
    version: str
    name: str = "hanlp"

    def __call__(self, texts: Sequence[str]) -> list[list[Span]]:
        """The spans of each text."""
        folded = [fold(text) for text in texts]
        places = [(number, *bounds) for number, text in enumerate(folded) for bounds in sentences(text)]
        found: list[list[Span]] = [[] for _ in texts]
        for first in range(0, len(places), _BATCH):
            batch = places[first : first + _BATCH]
            for (number, start, _), spans in zip(
                batch, self._spans([folded[n][a:b] for n, a, b in batch]), strict=True
            ):
                found[number] += [Span(start + a, start + b, label, _SCORE, self.name) for a, b, label in spans]
        return found

    def around(self, folded: str, position: int) -> tuple[int, int, list[Span]]:
        """The spans of the whole text: its sentences in one batch."""
        return 0, len(folded), self([folded])[0]

    def _spans(self, lines: list[str]) -> Iterator[list[tuple[int, int, str]]]:
        if self.task:
            document = self.model(lines, tasks=["tok/fine", self.task] if "/" in self.task else ["tok", self.task])
            tokens = document["tok/fine" if "/" in self.task else "tok"]
            for line, words, entities in zip(lines, tokens, document[self.task], strict=True):
                yield of_tokens(line, words, entities)
        else:
            for line, entities in zip(lines, self.model([list(line) for line in lines]), strict=True):
                yield of_tokens(line, list(line), entities)


def of_tokens(line: str, tokens: Sequence[str], entities: Sequence[Sequence[Any]]) -> list[tuple[int, int, str]]:
    """Entities (text, label, first token, token behind the last) as spans of characters; tokens need not hold the spaces of the line."""
    starts, ends, position = [], [], 0
    for token in tokens:
        at = line.find(token, position)
        at = position if at < 0 else at
        starts.append(at)
        position = at + len(token)
        ends.append(position)
    return [
        (starts[first], ends[last - 1], _LABELS[label])
        for _, label, first, last in (tuple(each)[:4] for each in entities)
        if label in _LABELS and first < last <= len(ends)
    ]


def load(name: str = DEFAULT, words: Sequence[str] = ()) -> Hanlp:
    """The model of that name or folder; `words` are entities that it is told of (dict_whitelist).

    Raises UsageError E007 without the extra, E010 where the model cannot be had: within two seconds, whatever HanLP would do.
    """
    try:
        hanlp = importlib.import_module("hanlp")
    except ImportError:
        raise UsageError(
            "E007",
            "the recogniser hanlp needs the extra hanlp",
            "pip install torch==2.13.0, then pip install xianzhi[hanlp]",
        ) from None
    where = _located(hanlp, name)
    try:
        model = hanlp.load(where)
    except Exception as error:  # HanLP raises what its parts raise
        raise UsageError(
            "E010", f"HanLP cannot load {name}: {error}", "name the folder of a whole model, its encoder included"
        ) from None
    tasks = getattr(model, "tasks", {})
    task = next((each for each in _TASKS if each in tasks), "")
    if words:
        (model[task] if task else model).dict_whitelist = dict.fromkeys(words, "PERSON")
    return Hanlp(model, task, _version(name, where))


def _located(hanlp: Any, name: str) -> str:
    """The folder or address of a model. Raises UsageError E010 where it is on no disk and the network does not answer."""
    if Path(name).is_dir():
        return name
    address = str(hanlp.pretrained.ALL.get(name, name))
    home = Path(os.environ.get("HANLP_HOME", Path.home() / ".hanlp"))
    kept = home / urlparse(address).path.removeprefix("/hanlp/").removesuffix(".zip")
    if kept.is_dir() or _answers(urlparse(address).hostname):
        return address
    raise UsageError(
        "E010", f"the model {name} is not in {home}, and its host does not answer",
        "name a folder with --model, or copy the model and its encoder there; --recogniser crf needs neither",
    )  # fmt: skip


def _answers(host: str | None) -> bool:
    """Whether the host can be reached; asked in a thread of its own, because looking up a name has no time limit."""
    reached: list[bool] = []

    def ask() -> None:
        with suppress(OSError), socket.create_connection((host or "", 443), timeout=_WAIT_S):
            reached.append(True)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(_WAIT_S)
    return bool(reached)


def _version(name: str, where: str) -> str:
    """A folder by its files' names and sizes, a name by itself."""
    if not Path(where).is_dir():
        return name
    files = sorted((p.relative_to(where).as_posix(), p.stat().st_size) for p in Path(where).rglob("*") if p.is_file())
    return hashlib.sha256(repr(files).encode()).hexdigest()[:16]
