"""The division dictionary compiled: source files → one compact file that a worker reads in milliseconds.

In: the dictionary inside the installed `jionlp` wheel (a zip of one tab-indented text, province to village) and the
user's own gazetteers (Parquet, CSV). Out: bytes of the form

    magic, header (JSON line: sizes), national block, words, towns, blobs

The national block has one line a unit down to the county (path, code, level, shorts, latitude, longitude, offset and
size of its blob); a blob is a block of `towns`, the towns and villages of one county; a block of words (from jieba's dictionary, each behind
the letter of its tag, a capital where it is rare) tells names that are words, a block of towns by county tells where an article
is at home. Blocks are zlib-compressed UTF-8.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import lexicon, towns
from .errors import UsageError

_DICTIONARY = "china_location.zip"
MAGIC = b"xianzhi-divisions-3\n"
_SUFFIXES = (("村民委员会", "村"), ("社区居委会", "社区"), ("社区居民委员会", "社区"), ("街道办事处", "街道"), ("嘎查委会", "嘎查"),
             ("村委会", "村"), ("居民委员会", "社区"), ("居委会", "社区"), ("连连队", "连"))  # fmt: skip
_COMMON, _KNOWN = 20, 3  # occurrences in jieba's corpus
_ETHNIC_UNITS = (("自治州", "州"), ("自治县", "县"), ("自治旗", "旗"))


@dataclass(slots=True)
class Node:
    """A unit while the tree is built."""

    level: int
    code: str = ""
    shorts: tuple[str, ...] = ()
    latitude: str = ""
    longitude: str = ""
    children: dict[str, Node] = field(default_factory=dict)


def official(name: str) -> str:
    """The name as the tables print it: committees and offices are named by their unit, a 嘎查 is not also a 村."""
    name = name.replace("０", "〇")
    for suffix, unit in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            stem = name.removesuffix(suffix)
            name = stem if stem.endswith(unit) else stem + unit
            break
    return name.removesuffix("村") if name.endswith("嘎查村") else name


def dictionary(folder: Path | None = None) -> Path:
    """The zip with the division dictionary: of the installed wheel, else the one kept in the cache folder. Raises UsageError E004."""
    spec = importlib.util.find_spec("jionlp")  # finds, does not import: the package takes seconds and gigabytes
    for package in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(package) / "dictionary" / _DICTIONARY
        if path.is_file():
            return path
    kept = (folder or cache_folder()) / _DICTIONARY
    if kept.is_file():
        return kept
    fix = "pip install --no-deps jionlp, or: python cli.py gazetteer build --from jionlp-….whl"
    raise UsageError("E004", "the division dictionary of jionlp is not installed", fix)


def keep(wheel: Path, folder: Path | None = None) -> Path:
    """The dictionary inside a wheel, taken out into the cache folder. Raises UsageError E004 where the file is no such wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(f"jionlp/dictionary/{_DICTIONARY}")
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise UsageError("E004", f"{wheel} is no wheel of jionlp: {error}", "pip download --no-deps jionlp") from None
    path = (folder or cache_folder()) / _DICTIONARY
    _write(path, data)
    return path


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)


def word_list() -> Path:
    """jieba's dictionary: a word, its frequency and its tag a line."""
    spec = importlib.util.find_spec("jieba")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        return Path(folder) / "dict.txt"
    raise UsageError("E004", "the dictionary of jieba is not installed", "pip install jieba")


def fingerprint(paths: Iterable[Path]) -> str:
    """Sixteen hex digits over this code, its word list and the bytes of all sources."""
    digest = hashlib.sha256(MAGIC + Path(__file__).read_bytes() + Path(towns.__file__).read_bytes())
    digest.update("\n".join(sorted(lexicon.words("place_words", kind="virtual"))).encode())
    for path in paths:
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            raise UsageError(
                "E004", f"gazetteer {path} cannot be read: {error.strerror}", "name a readable file"
            ) from None
    return digest.hexdigest()[:16]


def cached(files: Sequence[Path], folder: Path | None) -> tuple[bytes, str]:
    """The compiled divisions and their fingerprint, from the cache folder or built and kept there where it can be written."""
    source = dictionary(folder)
    key = fingerprint([source, word_list(), *files])
    path = (folder or cache_folder()) / f"divisions-{key}.bin"
    with suppress(OSError):
        data = path.read_bytes()
        if sound(data):
            return data, key
    data = compiled(source, files)
    with suppress(OSError):  # a cache that cannot be written costs time, nothing else
        _write(path, data)
    return data, key


def cache_folder() -> Path:
    """`xianzhi` in the user's cache folder, by the platform's convention."""
    if root := os.environ.get("XDG_CACHE_HOME"):
        return Path(root) / "xianzhi"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / "xianzhi"
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "xianzhi"


def compiled(source: Path, files: Sequence[Path] = ()) -> bytes:
    """Dictionary and user files as one file. Raises UsageError E004 that names the line of a broken user file."""
    from .division_files import merge  # noqa: PLC0415  (pyarrow, only where something is built)

    roots = _read(source)
    for path in files:
        merge(roots, path)
    return _packed(roots, _words(word_list()))


def sound(data: bytes) -> bool:
    """Whether the bytes are a whole file of this format."""
    if not data.startswith(MAGIC) or b"\n" not in data[len(MAGIC) :]:
        return False
    try:
        start, sizes = header(data)
        return (
            len(data) == start + sizes["national"] + sizes["words"] + sizes["towns"] + sizes["blobs"]
            and zlib.crc32(data[start:]) == sizes["crc"]
        )
    except (ValueError, KeyError, TypeError):
        return False


def header(data: bytes) -> tuple[int, dict[str, int]]:
    """Where the national block starts, and the sizes of the blocks."""
    end = data.index(b"\n", len(MAGIC)) + 1
    return end, json.loads(data[len(MAGIC) : end])


def _read(source: Path) -> dict[str, Node]:
    """The tree of the dictionary, without units that only group others (市辖区, 省直辖…)."""
    with zipfile.ZipFile(source) as archive:
        text = archive.read(archive.namelist()[0]).decode("utf8")
    virtual = lexicon.words("place_words", kind="virtual")
    roots: dict[str, Node] = {}
    stack: list[Node] = [Node(0, children=roots)]
    for line in text.splitlines():
        stripped = line.lstrip("\t")
        name, *rest = stripped.rstrip().split("\t")
        depth = len(line) - len(stripped)
        if not name or depth > 4 or depth >= len(stack):
            continue
        del stack[depth + 1 :]
        code, alias = (rest[0], rest[1]) if len(rest) == 2 else ("", "")
        parent = stack[-1]
        if name in virtual or (code and code == parent.code):
            stack.append(parent)
            continue
        node = parent.children.setdefault(official(name), Node(depth + 1, code))
        node.shorts = shorts(name, depth + 1, alias)
        stack.append(node)
    return roots


def shorts(name: str, level: int, alias: str = "") -> tuple[str, ...]:
    """The short forms of a county or higher unit: the list's own, and 州, 县, 旗 behind those of autonomous units."""
    if level > 3:
        return ()
    found = [each for each in alias.split("/") if len(each) > 1]
    for suffix, unit in _ETHNIC_UNITS:
        if name.endswith(suffix):
            found += [each + unit for each in found if not each.endswith(unit)]
            found += [each.removesuffix(unit) for each in found if each.endswith(unit) and len(each) > 2]
    if not alias:
        for suffix in ("省", "市", "县", "区", "旗", "盟", "地区"):
            if name.endswith(suffix) and len(name) - len(suffix) > 1:
                found.append(name.removesuffix(suffix))
    return tuple(dict.fromkeys(each for each in found if each != name))


def _words(path: Path) -> list[str]:
    """Words of two or three characters that are no names, each behind a letter: w for nouns of acts (养殖), z for brands, else its tag's first."""
    words = []
    for line in path.read_text(encoding="utf8").splitlines():
        word, frequency, tag = line.split(" ")
        if 2 <= len(word) <= 3 and int(frequency) >= _KNOWN and tag[:2] not in {"ns", "nr", "nt"}:
            letter = {"vn": "w", "nz": "z"}.get(tag, tag[0])
            words.append((letter if int(frequency) >= _COMMON else letter.upper()) + word)
    return words


def _packed(roots: dict[str, Node], words: Sequence[str]) -> bytes:
    blobs: list[bytes] = []
    lines: list[str] = []
    names: list[str] = []
    offset = 0
    for path, node in _national("", roots):
        inside = _inside(node)
        blob = zlib.compress(inside.encode(), 9) if inside else b""
        fields = (
            path,
            node.code,
            str(node.level),
            "|".join(node.shorts),
            node.latitude,
            node.longitude,
            str(offset),
            str(len(blob)),
        )
        lines.append("\t".join(fields))
        names.append("\t".join(name for name, child in node.children.items() if child.level == 4))
        blobs.append(blob)
        offset += len(blob)
    national = zlib.compress("\n".join(lines).encode(), 9)
    common = zlib.compress(" ".join(words).encode(), 9)
    towns_by_county = zlib.compress("\n".join(names).encode(), 9)
    body = national + common + towns_by_county + b"".join(blobs)
    sizes = {
        "national": len(national),
        "words": len(common),
        "towns": len(towns_by_county),
        "blobs": offset,
        "crc": zlib.crc32(body),
    }
    return MAGIC + json.dumps(sizes).encode() + b"\n" + body


def _national(prefix: str, nodes: dict[str, Node]) -> Iterator[tuple[str, Node]]:
    for name, node in nodes.items():
        if node.level <= 3:
            yield prefix + name, node
            yield from _national(f"{prefix}{name}/", node.children)


def _inside(county: Node) -> str:
    """The block of a county's towns and villages."""
    nodes = {name: child for name, child in county.children.items() if child.level > 3}
    units = dict(nodes)
    for town, node in nodes.items():
        units |= {f"{town}/{name}": child for name, child in node.children.items()}
    facts = {path: (unit.code, unit.latitude, unit.longitude) for path, unit in units.items()}
    return towns.block(
        {town: tuple(node.children) for town, node in nodes.items()},
        {path: told for path, told in facts.items() if any(told)},
    )
