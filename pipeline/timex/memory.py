"""What a reader keeps in mind of an article: the days and years told so far, and the day that it was printed.

In: mentions with their Readings, in reading order. Out: the day or year that the next mention counts from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .mention import Mention, code
from .periods import Reading

_SCENE: int = 60  # days before publication within which 今天 in direct speech means the day of the scene


@dataclass(slots=True)
class Memory:
    """`last`: the last time; `period`: the last that ended, or year; `day`: the last day, or what stands for one; `told`: the year told in this sentence;
    `unheard`: sentences since `last`; `day_here`: `day` was told in this paragraph; `scene`: the day of the story, the first near publication.

    `year` serves where the publication date is unknown but its year is not; `dateline`: the day that the text itself
    calls today; `said`: the present mention stands in direct speech; `used`: what it was resolved against.
    """

    published: date | None = None
    year: int | None = None
    dateline: date | None = None
    last: Reading | None = None
    period: Reading | None = None
    day: Reading | None = None
    day_here: bool = False
    scene: Reading | None = None
    told: int | None = None
    unheard: int = 0
    in_set: bool = False
    said: bool = False
    used: str | None = None

    def sentence(self) -> None:
        """A year told in the last sentence holds on only where a month or day went with it."""
        self.in_set = False
        self.unheard += 1
        if self.last is None or self.last.grain not in ("month", "day", "time"):
            self.told = None

    def paragraph(self) -> None:
        self.told, self.in_set, self.day_here = None, False, False
        self.unheard += 1

    def dated(self, day: date | None) -> None:
        """The day in the dateline is no day of the story."""
        self.dateline, self.scene = day, None

    def today(self) -> date | None:
        """What 今天 counts from: the day printed, of the dateline, or in direct speech of the scene."""
        scene = self.day if self.said else None
        day = scene.start if scene and scene.grain in ("day", "time") else None
        if day and not self.published:
            self.used = "previous"
            return day
        if day and self.published and 0 <= (self.published - day).days <= _SCENE:
            self.used = "previous"
            return day
        self.used = "published" if self.published else None
        return self.dateline or self.published

    def remember(self, mention: Mention, reading: Reading) -> None:
        if mention.kind == "every":
            self.in_set = True
        elif mention.kind == "vague":
            if "near" in mention.fields:
                self.day = reading
        elif reading.start is not None and code(mention.fields, "yearpart") != "same":
            self._remember_days(mention, reading, reading.start)

    def _remember_days(self, mention: Mention, reading: Reading, start: date) -> None:
        if reading.value != "SET":
            self.last, self.unheard = reading, 0
            self.period = reading if reading.end or reading.grain == "year" else self.period
        third = reading.grain == "month" and reading.end is not None and (reading.end - start).days < 20
        if third or reading.grain in ("day", "time"):
            self.day, self.day_here = reading, True
            near = not self.published or 0 <= (self.published - start).days <= _SCENE
            self.scene = self.scene or (reading if near and not third else None)
        if "year" in mention.fields or "decade" in mention.fields:
            alone = mention.relation == "at" and mention.until is None and "year" in mention.fields
            self.told = start.year if alone else None
