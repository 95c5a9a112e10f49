"""Dumps of any size, varied from those in data/raw, and what a command over them takes: `python -m tests.scale --help`.

In: data/raw. Out: one dump of so many megabytes, or so many files of one short article each. People, villages and quantities differ
from issue to issue, so that what is linked grows with the text. `measure` runs a command and tells its time and the
resident memory of its processes.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline import load
from pipeline.run import run

from .conftest import ROOT

RAW = ROOT / "data" / "raw"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲芬燕彬鑫浩凯鹏俊毅峰辉亮晨宇琳倩颖薇婷雯"
STEMS = "东西南北上下大小新石金银青白龙凤桃李松竹梅柳桥塘溪河湾坪岭坡沟井"
_AMOUNT = re.compile(r"(?<![\d年月第.])\d{2,}(?=[\d.]*(?:余|多)?[万亿千百]?(?:元|亩|人|户|吨|公里|个|名|件|棵|头))")


def issues(seed: int) -> Iterator[str]:
    """Issues without end: the dumps of data/raw in turn, each time with other people, villages and quantities."""
    rng = random.Random(seed)
    with TemporaryDirectory() as folder:
        run(RAW, Path(folder), recogniser="rules", workers=0)
        documents, articles = load(folder, "documents"), load(folder, "articles")
        document = dict(zip(articles["article_id"], articles["document_id"], strict=True))
        names: dict[str, set[str]] = {key: set() for key in documents["document_id"]}
        for table in ("person_mentions", "bylines"):
            frame = load(folder, table)
            for article, name in zip(
                frame["article_id"], frame["surface" if "surface" in frame else "name"], strict=True
            ):
                names[document[article]].add(name)
        texts = [
            (
                (RAW / path).read_bytes().decode(encoding),
                sorted(n for n in names[key] if re.fullmatch(r"[一-龥]{2,3}", n)),
            )
            for key, path, encoding in zip(
                documents["document_id"], documents["path"], documents["encoding"], strict=True
            )
        ]
    while True:
        for text, people in texts:
            yield varied(text, people, rng)


def varied(text: str, people: Sequence[str], rng: random.Random) -> str:
    """An issue with each of its people renamed, its villages too, and its quantities changed."""
    for name in people:
        text = text.replace(name, rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=len(name) - 1)))
    stem = "".join(rng.choices(STEMS, k=2))
    text = re.sub(r"(?<=[，。、到在])[一-龥]{2}(?=村)", stem, text)
    return _AMOUNT.sub(lambda found: str(rng.randrange(10 ** (len(found[0]) - 1), 10 ** len(found[0]))), text)


def dump(target: Path, megabytes: float) -> None:
    """One text file of so many megabytes, UTF-8."""
    left = int(megabytes * 10**6)
    with target.open("w", encoding="utf8") as file:
        for issue in issues(1):
            left -= file.write(issue + "\n\n") and len(issue.encode()) + 2
            if left <= 0:
                return


def files(target: Path, count: int) -> None:
    """So many files of one short article each, a thousand in a folder."""
    for n in range(count):
        folder = target / f"{n // 1000:04}"
        folder.mkdir(parents=True, exist_ok=True)
        mayor = SURNAMES[n % len(SURNAMES)] + GIVEN[n % len(GIVEN)] + GIVEN[n // len(GIVEN) % len(GIVEN)]
        text = f"红旗镇新修公路\n\n{n % 28 + 1}日，镇长{mayor}到第{n}村查看公路{n % 90 + 10}公里。\n"
        (folder / f"2021-06-{n % 28 + 1:02}-{n:07}.txt").write_text(text, encoding="utf8")


def resident(pid: int) -> Iterator[tuple[int, int]]:
    """The process and those that it started, each with its resident memory in kB."""
    todo = [pid]
    while todo:
        pid = todo.pop()
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
            todo += [
                int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
            ]
        except OSError:
            continue  # it has ended
        if found := re.search(r"VmHWM:\s+(\d+)", status):
            yield pid, int(found[1])


def measure(command: Sequence[str]) -> Iterator[str]:
    """Runs a command, looks at its processes ten times a second, and tells what they took."""
    began, peaks = time.monotonic(), dict[int, int]()
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            peaks |= dict(resident(process.pid))
            time.sleep(0.1)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    yield f"exit status {process.returncode} after {time.monotonic() - began:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of CPU"
    parent = peaks.pop(process.pid, 0)
    yield f"peak resident: parent {parent / 1024:.0f} MB, others {', '.join(f'{kb / 1024:.0f}' for kb in sorted(peaks.values(), reverse=True)[:4])} MB"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("dump", help="one dump: TARGET MEGABYTES")
    one.add_argument("target", type=Path)
    one.add_argument("megabytes", type=float)
    many = commands.add_parser("files", help="many short dumps: TARGET COUNT")
    many.add_argument("target", type=Path)
    many.add_argument("count", type=int)
    what = commands.add_parser("measure", help="time and memory of a command")
    what.add_argument("argv", nargs=argparse.REMAINDER)
    told = parser.parse_args()
    if told.command == "dump":
        dump(told.target, told.megabytes)
    elif told.command == "files":
        files(told.target, told.count)
    else:
        sys.stdout.writelines(f"{line}\n" for line in measure(told.argv))


if __name__ == "__main__":
    main()
