"""HanLP's pretrained models as a recogniser (extra `hanlp`): multi-task models, and single-task ones that read tokens or characters.

In: texts, cut into sentences that go to the model in batches, and names that it is told of. Out: spans in code points; the labels of PKU,
MSRA and OntoNotes are mapped to PER, ORG and LOC, to `date`, and to the dimensions of our figures; no model knows posts. A model is a folder, or
a name of `hanlp.pretrained` whose folder lies in HANLP_HOME already or can be had from the network. HanLP makes the classes that a model's
config.json names, and its tensors lie in a pickle (read with weights only): use only folders whose origin you trust.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import multiprocessing
import os
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlparse

from ..errors import UsageError
from ..model import Span
from ..text import fold, sentences

DEFAULT: Final = "CLOSE_TOK_POS_NER_SRL_DEP_SDP_CON_ELECTRA_SMALL_ZH"
_LABELS: Final = {
    "nr": "PER", "PERSON": "PER", "PER": "PER", "ns": "LOC", "LOCATION": "LOC", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "FACILITY": "LOC",
    "nt": "ORG", "ORGANIZATION": "ORG", "ORG": "ORG",
    "DATE": "date", "TIME": "date", "MONEY": "money", "PERCENT": "ratio", "FRACTION": "ratio", "LENGTH": "length", "AREA": "area",
    "WEIGHT": "mass", "DURATION": "duration", "CAPACITY": "volume", "TEMPERATURE": "temperature", "SPEED": "speed", "AGE": "age"}  # fmt: skip
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
    labels: frozenset[str] = frozenset()
    name: str = "hanlp"
    read: Mapping[str, list[Span]] = field(default_factory=dict)  # the spans of folded texts that it has read already

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
        return 0, len(folded), self.read[folded] if folded in self.read else self([folded])[0]

    def having_read(self, folded: str, known: Mapping[str, str]) -> Hanlp:
        """Itself after reading a text, told of names in it and their labels: its dict_whitelist, where its kind of model has one."""
        tagger = self.model[self.task] if self.task else self.model
        if hasattr(tagger, "dict_whitelist"):
            tagger.dict_whitelist = dict(known)
        return replace(self, read={folded: self([folded])[0]})

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
        while line[position : position + 1].isspace() and not token[:1].isspace():
            position += 1
        starts.append(position)
        position = min(position + len(token), len(line))
        ends.append(position)
    return [
        (starts[first], ends[last - 1], _LABELS[label])
        for _, label, first, last in (tuple(each)[:4] for each in entities)
        if label in _LABELS and first < last <= len(ends)
    ]


def load(name: str = DEFAULT) -> Hanlp:
    """The model of that name or folder.

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
        with redirect_stderr(io.StringIO()):  # a page from HanLP about any error
            model = hanlp.load(where, verbose=False)
    except Exception as error:  # HanLP raises what its parts raise
        raise UsageError(
            "E010", f"HanLP cannot load {name}: {error}", "name the folder of a whole model, its encoder included"
        ) from None
    if multiprocessing.parent_process():
        importlib.import_module("torch").set_num_threads(1)  # there is a worker a core
    tasks = getattr(model, "tasks", {})
    task = next((each for each in _TASKS if each in tasks), "")
    tags = (model[task] if task else model).vocabs.tag.idx_to_token
    labels = frozenset(_LABELS[label] for tag in tags if (label := tag.partition("-")[2]) in _LABELS)
    return Hanlp(model, task, _version(name, where), labels)


def _located(hanlp: Any, name: str) -> str:
    """The folder or address of a model. Raises UsageError E010 where it or its encoder is on no disk and the network does not answer."""
    where = name if Path(name).is_dir() else str(hanlp.pretrained.ALL.get(name, name))
    folder = Path(where) if Path(where).is_dir() else _kept(where)
    missing = _encoder(folder) if folder.is_dir() else where
    if missing and not _answers(urlparse(missing).hostname):
        raise UsageError(
            "E010", f"{missing} of the model {name} is not in {_home()}, and its host does not answer",
            "name the folder of a model with --model, or put it and its encoder there; --recogniser crf needs neither",
        )  # fmt: skip
    return where


def _encoder(folder: Path) -> str:
    """The address of the encoder that the model in a folder names; empty where it lies on a disk or there is none."""
    config = folder / "config.json"
    told = json.loads(config.read_text(encoding="utf8")) if config.is_file() else {}
    name = (told.get("encoder") or told).get("transformer")
    if not name or Path(name).is_dir():
        return ""
    if address := importlib.import_module("hanlp.layers.transformers.resource").tokenizer_mirrors.get(name):
        return "" if _kept(address).is_dir() else str(address)
    hub = importlib.import_module("huggingface_hub.constants")
    return "" if (Path(hub.HF_HUB_CACHE) / f"models--{name.replace('/', '--')}").is_dir() else f"{hub.ENDPOINT}/{name}"


def _home() -> Path:
    return Path(os.environ.get("HANLP_HOME", Path.home() / ".hanlp"))


def _kept(address: str) -> Path:
    """The folder that HanLP keeps an address in."""
    return _home() / urlparse(address).path.removeprefix("/hanlp/").removesuffix(".zip")


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
