"""Sentences that appoint and dismiss: 选举甲为主任,乙、丙为副主任; 免去丁的局长职务; lists of 任命: below one another.

In: a folded text and the place of a name. Out: the verb that governs the name, or the empty string.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from .. import lexicon

_REACH: Final = 400  # how far back the verb of a list of appointments is looked for
_HAN: Final = "\u3400-\u9fff\U00020000-\U0003134f"
_OFFICE: Final = "(?:长|主任|书记|主席|委员|代表|员|经理|法官|检察官|候选人|总指挥|职务)"
_FOLLOWS: Final = re.compile(
    f"[{_HAN}·、]{{2,40}}?(?:同志)?(?:为|任|的|县|市|区)[^,。;!?\\n为]{{0,40}}{_OFFICE}(?:职务)?(?=[,。;\\n(、]|$)"
)
_TAKES: Final = re.compile(
    f"(?:同志)?(?:为|任|担任|兼任|出任|当选为?)[^,。;!?\\n为任]{{0,40}}{_OFFICE}(?=[,。;\\n(、]|$)|的?[^,。;!?\\n]{{2,30}}职务"
)
_NOTED: Final = re.compile(f"\\([^()\\n]{{2,24}}{_OFFICE}\\)")
_LINE: Final = re.compile(f"[,;\\n:](?=[{_HAN}]{{2,6}}(?:同志)?[为的任])")


@cache
def verbs() -> frozenset[str]:
    """The verbs of appointing and dismissing."""
    return lexicon.words("names_context", kind="appoint")


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, verbs()), key=lambda word: (-len(word), word))))


@cache
def _endings() -> tuple[str, ...]:
    return tuple(sorted(verbs(), key=lambda verb: (-len(verb), verb)))


@lru_cache(maxsize=2)
def _found(text: str) -> list[tuple[int, str]]:
    """Where the verbs end in a text, the one that is read at present, and which they are."""
    return [(match.end(), match[0]) for match in _pattern().finditer(text)]


def appointing(text: str, start: int) -> str:
    """The verb that appoints or dismisses the person whose name begins at `start`; empty where there is none."""
    found = _found(text)
    if not found:
        return ""
    if text.endswith(_endings(), 0, start):
        return next(verb for verb in _endings() if text.endswith(verb, 0, start))
    if text[start - 1 : start] not in ("", ",", ";", "\n", "、") or not _FOLLOWS.match(text, start):
        return ""
    return governing(text, start)


def governing(text: str, start: int) -> str:
    """The last of the verbs before `start` in its sentence, or in the list of sentences that it opens; empty where there is none."""
    low = max(start - _REACH, *(text.rfind(mark, 0, start) + 1 for mark in "。!?"))
    return next((verb for end, verb in reversed(_found(text)) if low + len(verb) <= end <= start), "")


_SOMETHING: Final = re.compile("[省市县区镇乡村局委办院会党长任员部]")  # an office or a body, no name
_WHOLE: Final = re.compile(f"[{_HAN}·]{{2,6}}?(?=、[{_HAN}·]{{2,6}}?(?:同志)?[、为]|(?:同志)?为)")


def whole(text: str, start: int) -> int:
    """Where a name must end that a verb of appointing governs, 任命某某为; 0 where something else stands there."""
    match = _WHOLE.match(text, start)
    return match.end() if match and not (_SOMETHING.search(match[0]) or _pattern().search(match[0])) else 0


def takes(text: str, end: int) -> bool:
    """Whether what stands behind a name gives or takes a post: 为县长, (县林业局局长), 的副局长职务."""
    here = text[end : end + 1]
    if here == "(":
        return _NOTED.match(text, end) is not None
    return (here in "为任的担兼出当同" or text.find("职务", end, end + 34) > 0) and _TAKES.match(text, end) is not None


def listed(text: str) -> list[int]:
    """Where a name may begin in a list of appointments."""
    return [match.end() for match in _LINE.finditer(text)]
