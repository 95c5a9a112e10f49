"""Everything that can go wrong, with a code, one line and the fix.

PipelineError            shown as one line: code, what, fix; exit status
├── UsageError           E0xx  an argument or a configuration is wrong           exit 2
├── InputError           E1xx  one document cannot be read: a rejected row       exit 3
├── OutputError          E2xx  the output folder cannot be used; nothing changed exit 1
├── WorkerError          E3xx  a document broke its worker: a rejected row       exit 3
└── LockedError          E401  another run holds the output folder               exit 4
"""

from __future__ import annotations


class PipelineError(Exception):
    """An error with a searchable code and the fix. `str()` is the one line that a user sees."""

    exit_status = 1

    def __init__(self, code: str, what: str, fix: str = "") -> None:
        super().__init__(code, what, fix)
        self.code, self.what, self.fix = code, what, fix

    def __str__(self) -> str:
        return f"{self.code} {self.what}" + (f" — {self.fix}" if self.fix else "")


class UsageError(PipelineError):
    exit_status = 2


class InputError(PipelineError):
    exit_status = 3


class OutputError(PipelineError):
    exit_status = 1


class WorkerError(PipelineError):
    exit_status = 3


class LockedError(PipelineError):
    exit_status = 4


class QualityError(PipelineError):
    exit_status = 1


# What a code means, in a few words: printed by the closing summary and the data dictionary.
CODES = {
    "E001": "raw folder missing",
    "E002": "sources.csv broken",
    "E003": "option not understood",
    "E004": "gazetteer missing or broken",
    "E005": "no such table, article or row",
    "E006": "lexicon broken",
    "E007": "an extra is not installed",
    "E008": "too large for the format",
    "E009": "corrections.csv broken",
    "E010": "recogniser or its model missing or broken",
    "E011": "reviewed file does not fit",
    "E101": "empty file",
    "E102": "binary file",
    "E103": "unreadable file",
    "E104": "encoding not decided",
    "E105": "damaged text",
    "E106": "no text in the file",
    "E107": "archive broken or over its limits",
    "E108": "needs an extra that is not installed",
    "E109": "record broken",
    "E201": "output folder holds something else",
    "E202": "output folder cannot be written",
    "E203": "output damaged or incomplete",
    "E204": "target exists",
    "E301": "worker killed",
    "E302": "time limit",
    "E303": "exception in a stage",
    "E304": "rows break an invariant",
    "E305": "memory limit",
    "E306": "workers do not start",
    "E307": "workers of another version",
    "E401": "another run holds the output",
    "E501": "scores below their floors",
    "E502": "not the gold of the floors",
}
