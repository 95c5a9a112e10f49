"""Documents that are laid out → their plain text: HTML pages, DOCX, PDF with a text layer.

HTML is read by trafilatura (extra `html`), PDF by pdfminer.six (extra `pdf`), DOCX by the standard library.
Raises InputError where there is no text, or the extra is missing.
"""

from __future__ import annotations

import importlib
import io
import logging
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from types import ModuleType
from typing import Any, Final
from xml.etree import ElementTree

from .encoding import clean, decode
from .errors import InputError
from .names import day

_XML_LIMIT = 1 << 28
_WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TABLE = re.compile(r"<(/?)(?:table|tbody|thead|tr|td|th)\b", re.IGNORECASE)
_MARKUP = re.compile(r"</p>|<br\s*/?>|</div>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/h[1-6]|/li|/tr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_NO_CODE = re.compile(r"\(cid:\d+\)")


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page, its title first, the encoding of its bytes, and the date that it bears."""

    text: str
    encoding: str
    published: date | None = None


def html(data: bytes) -> Page:
    """The article of a web page without menus, adverts and footers."""
    trafilatura = _extra("trafilatura", "html")
    text, encoding = decode(data, escaped=True)
    # Old sites lay out pages in tables, and what stands in a table cell would become one line.
    page = trafilatura.bare_extraction(
        _TABLE.sub(r"<\1div", text), favor_precision=True, include_comments=False, with_metadata=True
    )
    body = _plain(page.text) if page is not None and page.text else ""
    if not body:
        raise InputError("E106", "no article in the page")
    title = " ".join((page.title or "").split())
    if title and title not in body[: 4 * len(title) + 100]:
        body = f"{title}\n\n{body}"
    return Page(body, encoding, day(page.date or ""))


def untagged(text: str) -> str:
    """A text whose paragraphs are marked up, as crawlers keep it in a column, without its tags."""
    if not _MARKUP.search(text):
        return text
    lines = unescape(_TAG.sub("", _BREAK.sub("\n", text))).split("\n")
    return "\n".join(line for line in lines if line.strip())


def docx(data: bytes) -> Page:
    """The paragraphs of a Word document, those of its tables among them, one a line."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("word/document.xml") as part:
            xml = part.read(_XML_LIMIT + 1)
        if len(xml) > _XML_LIMIT or b"<!DOCTYPE" in xml[:4096]:
            raise InputError("E107", "a document over the limits", "save it as text")
        root = ElementTree.fromstring(xml)
    except (zipfile.BadZipFile, zlib.error, KeyError, ElementTree.ParseError, *_ODD) as error:
        raise InputError("E102", f"no text dump, archive or Word document: {error}") from None
    text = _plain("\n".join("".join(_runs(paragraph)) for paragraph in root.iter(f"{_WORD}p")))
    if not text:
        raise InputError("E106", "no text in the document")
    return Page(text, "utf-8")


_ODD: Final = (OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


def _runs(paragraph: ElementTree.Element) -> Iterator[str]:
    """The text of a paragraph without that of text boxes in it, which are paragraphs of their own."""
    inner = {each for nested in paragraph.iter(f"{_WORD}p") if nested is not paragraph for each in nested.iter()}
    for each in paragraph.iter():
        if each in inner:
            continue
        if each.tag == f"{_WORD}t":
            yield each.text or ""
        elif each.tag in (f"{_WORD}br", f"{_WORD}cr"):
            yield "\n"
        elif each.tag == f"{_WORD}tab":
            yield "\t"


def pdf(data: bytes) -> Page:
    """The text layer of a PDF, page by page, a column after the other."""
    layout = _extra("pdfminer.layout", "pdf")
    high_level = _extra("pdfminer.high_level", "pdf")
    pages: list[str] = []
    try:
        for page in high_level.extract_pages(io.BytesIO(data), laparams=layout.LAParams()):
            boxes = [each.get_text().strip("\n") for each in page if isinstance(each, layout.LTTextContainer)]
            pages.append("\n".join(box for box in boxes if box.strip()))
    except Exception as error:  # whatever a parser of a hostile format may raise
        raise InputError("E103", f"broken PDF: {type(error).__name__} {error}".rstrip()) from None
    text = _plain("\n\n".join(pages))
    if not text:
        raise InputError("E106", "no text layer in the PDF", "run OCR over it")
    if len(_NO_CODE.findall(text)) * 20 > len(text):
        raise InputError("E105", "fonts of the PDF do not say which characters they draw", "run OCR over it")
    return Page(text, "utf-8")


def _plain(text: str) -> str:
    """The text without spaces at the ends of lines and empty lines at its own."""
    return "\n".join(line.rstrip() for line in clean(text).split("\n")).strip("\n")


def _extra(module: str, extra: str) -> Any:
    """A module of an optional dependency, its chatter off. Raises InputError E108 where it is not installed."""
    try:
        found: ModuleType = importlib.import_module(module)
    except ImportError:
        fix = f"pip install 'xianzhi[{extra}]', then run with --retry-rejected"
        raise InputError("E108", f"{extra.upper()} files need the extra {extra}", fix) from None
    for name in (module.partition(".")[0], "htmldate", "courlan", "justext"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return found
