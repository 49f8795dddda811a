"""How fast a million names are searched: `python -m tests.bench.search`.

Makes a dataset of so many labels, has its index made as the service does, and asks it what
people type: beginnings and middles of names, pinyin, initials, slips, what is not there. It
says the seconds and memory that the index takes to make, and the milliseconds of answers:
in this process, and from a running service. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path
from urllib.parse import quote, urlsplit

from pypinyin import Style, lazy_pinyin

from graph.index import ThingIndex
from graph.script import simplified
from graph.store import EditionStore
from tests.bench.bulk import room
from tests.bench.generator import BASE, RDF, SCHEMA, SKOS, SM
from tests.bench.words import TRADES
from tests.conftest import ROOT, SHUANGMA, start
from tests.engines.cache import CACHE

_FOLDER = CACHE.parent / "bench"
_ASKED = 400
_BYTES_PER_LABEL = 2500
# Characters that names of people, places and companies are made of.
_SIGNS = (
    "華明文國光海天金大中新東方德安平和美龍長信興江山林建永成通達豐宏正元世利生寶安福誠泰"
    "雲馬飛星月陽春秋雪梅蘭竹松石玉珠銀銅鐵火水木土風雷電雨田園花草樹葉河湖洋泉溪谷峰嶺"
    "人民友愛仁義禮智勇忠孝慧敏靜雅潔芳香秀英俊傑豪偉強志遠高深廣博學思恩惠慶祥瑞嘉康健"
    "樂喜壽富貴榮昌盛隆鼎億萬千百聯合聚創啟航程路橋車船網訊微易優尚品佳味食茶酒米糖鹽油"
)
_CONSONANTS = (
    "b",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "st",
    "tr",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ea", "ou", "ar", "en", "in", "on", "er", "al")
_KINDS = ("Company", "Product", "Market", "Platform", "Event", "Place")


class Names:
    """Names at random, some signs and syllables much oftener than others."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        signs = list(dict.fromkeys(_SIGNS))
        self._random.shuffle(signs)
        syllables = [c + v for c in _CONSONANTS for v in _VOWELS]
        self._random.shuffle(syllables)
        self._signs, self._sign_weights = signs, _falling(len(signs))
        self._syllables, self._syllable_weights = syllables, _falling(len(syllables))

    def chinese(self) -> str:
        """Two to four characters, and often what the company does."""
        length = self._random.choice((2, 2, 3, 4))
        name = "".join(self._random.choices(self._signs, cum_weights=self._sign_weights, k=length))
        return name + (self._random.choice(TRADES) if self._random.random() < 0.6 else "")

    def english(self) -> str:
        """One to three words of two or three syllables."""
        return " ".join(self._word() for _ in range(self._random.choice((1, 2, 2, 3))))

    def _word(self) -> str:
        parts = self._random.choices(
            self._syllables, cum_weights=self._syllable_weights, k=self._random.choice((2, 3))
        )
        return "".join(parts).title()


def _falling(count: int) -> list[float]:
    return list(accumulate(1 / (rank + 5) for rank in range(count)))


def _quads(labels: int, seed: int = 7) -> Iterator[str]:
    names, chance = Names(seed), random.Random(seed)
    things = labels // 2
    for number in range(things):
        subject = f"<{BASE}id/Thing{number}>"
        kind = _KINDS[number % len(_KINDS)]
        yield f"{subject} <{RDF}type> <{SM}{kind}> .\n"
        yield f'{subject} <{SKOS}prefLabel> "{names.chinese()}"@zh-hant .\n'
        yield f'{subject} <{SKOS}prefLabel> "{names.english()}"@en .\n'
        other = int(chance.random() ** 3 * things)
        yield f"{subject} <{SCHEMA}knows> <{BASE}id/Thing{other}> .\n"


def _store(labels: int) -> Path:
    """The store of so many labels, made unless it is there."""
    folder = _FOLDER / f"names-{labels}"
    if not (folder / "current").exists():
        if not room(ROOT, labels * _BYTES_PER_LABEL):
            raise SystemExit(f"{labels:,} labels want {labels * _BYTES_PER_LABEL / 1e9:.1f} GB.")
        shutil.rmtree(folder, ignore_errors=True)
        _FOLDER.mkdir(parents=True, exist_ok=True)
        file = _FOLDER / f"names-{labels}.nq"
        with file.open("w", encoding="utf-8", newline="\n") as out:
            out.writelines(_quads(labels))
        subprocess.run([SHUANGMA, "load", file, "--store", folder], check=True, cwd=ROOT)
        file.unlink()
    return folder


def _samples(index: ThingIndex, labels: int) -> dict[str, list[str]]:
    """What people type, by kind: taken from names that are there."""
    chance = random.Random(3)
    iris = [f"{BASE}id/Thing{chance.randrange(labels // 2)}" for _ in range(4 * _ASKED)]
    found = list(index.labels(iris).values())
    chinese = [n.text for names in found for n in names if n.language == "zh-hant"]
    english = [n.text for names in found for n in names if n.language == "en"]

    def some(make: Callable[[str], str], of: list[str]) -> list[str]:
        return [make(name) for name in chance.sample(of, min(_ASKED, len(of)))]

    def part(name: str) -> str:
        begin = chance.randrange(max(1, len(name) - 2))
        return name[begin : begin + chance.randint(2, 4)]

    def slipped(name: str) -> str:
        at = chance.randrange(len(name))
        return name[:at] + chance.choice("aeiounrst") + name[at + chance.randint(0, 1) :]

    def spelt(name: str) -> str:
        return "".join(lazy_pinyin(simplified(name), style=Style.NORMAL))

    def initials(name: str) -> str:
        return "".join(lazy_pinyin(simplified(name), style=Style.FIRST_LETTER))

    long = [name for name in english if len(name) > 7]
    return {
        "first character": some(lambda name: name[:1], chinese),
        "two characters": some(lambda name: name[:2], chinese),
        "Simplified, in full": some(simplified, chinese),
        "middle of Chinese": some(part, chinese),
        "pinyin, in part": some(lambda name: spelt(name)[: chance.randint(2, 8)], chinese),
        "pinyin, in full": some(spelt, chinese),
        "initials": some(initials, chinese),
        "first letter": some(lambda name: name[:1], english),
        "English, in part": some(lambda name: name[: chance.randint(2, 6)], english),
        "English, in full": some(lambda name: name, english),
        "middle of English": some(part, [name.replace(" ", "") for name in english]),
        "a slip in English": some(slipped, long),
        "words in another order": some(lambda name: " ".join(reversed(name.split())), long),
        "not there": [
            "".join(chance.choices("qxzjvkw", k=chance.randint(3, 9))) for _ in range(_ASKED)
        ],
    }


Times = list[tuple[float, float]]


def _times(ask: Callable[[str], int], texts: list[str]) -> tuple[Times, float]:
    """Milliseconds of each, by the clock and of a processor; the part that found anything."""
    times, met = [], 0
    for text in texts:
        begun, used = time.perf_counter(), time.thread_time()
        met += ask(text) > 0
        taken = time.perf_counter() - begun, time.thread_time() - used
        times.append((taken[0] * 1000, taken[1] * 1000))
    return times, met / len(texts)


def _say(kind: str, times: Times, met: float) -> None:
    clock, processor = (sorted(each) for each in zip(*times, strict=True))
    half, most, longest = (clock[int(len(clock) * part)] for part in (0.5, 0.95, 0.99))
    used = processor[int(len(processor) * 0.95)]
    print(
        f"{kind:24} {half:8.2f} {most:8.2f} {longest:8.2f} {clock[-1]:8.2f} {used:8.2f} {met:7.0%}",
        flush=True,
    )


def _table(title: str, ask: Callable[[str], int], samples: dict[str, list[str]]) -> None:
    heads = ("half", "p95", "p99", "longest", "p95 cpu")
    print(f"\n{title}\n{'ms':24} {' '.join(f'{head:>8}' for head in heads)} {'met':>7}")
    every: Times = []
    part = 0.0
    for kind, texts in samples.items():
        times, met = _times(ask, texts)
        _say(kind, times, met)
        every += times
        part += met / len(samples)
    _say("all", every, part)


def main() -> None:
    """Make, measure, say."""
    parser = argparse.ArgumentParser("python -m tests.bench.search", description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--keep", action="store_true", help="Use the index of the run before.")
    given = parser.parse_args()
    folder = _store(given.labels)
    edition = EditionStore(folder).current_name()
    path = folder / "index" / f"{edition}.sqlite"
    if not (given.keep and path.exists()):
        path.unlink(missing_ok=True)
        begun = time.perf_counter()
        builder = subprocess.Popen(
            [sys.executable, "-m", "graph.index", folder, str(edition)], cwd=ROOT
        )
        _, status, used = os.wait4(builder.pid, 0)
        builder.returncode = os.waitstatus_to_exitcode(status)
        print(
            f"{given.labels:,} labels: made in {time.perf_counter() - begun:.0f} s "
            f"({used.ru_utime + used.ru_stime:.0f} s of a processor), "
            f"{path.stat().st_size / 2**20:.0f} MiB, {used.ru_maxrss / 1024:.0f} MiB of memory",
            flush=True,
        )
    index = ThingIndex.open(path)
    index.search("暖身", limit=1)
    samples = _samples(index, given.labels)
    _table("in this process", lambda text: index.search(text, limit=10).total, samples)

    step = max(1, given.labels // 2 // 10_000)
    iris = [f"{BASE}id/Thing{number}" for number in range(0, given.labels // 2, step)][:10_000]

    def ranked(order: str) -> int:
        return len(index.ranked(iris, order, 20))  # type: ignore[arg-type]

    for order in ("degree", "date", "label"):
        times, _ = _times(ranked, [order] * 20)
        _say(f"10,000 ranked by {order}", times, 1)

    service = start("--store", folder, "--port", "0")
    try:
        connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=60)

        def ask(text: str) -> int:
            connection.request("GET", f"/api/search?limit=10&lang=en&q={quote(text)}")
            answer = json.loads(connection.getresponse().read())
            assert answer["ready"]
            return int(answer["total"])

        while not _ready(connection):
            time.sleep(0.2)
        _table("from a service, one after another", ask, samples)
    finally:
        service.stop()


def _ready(connection: http.client.HTTPConnection) -> bool:
    connection.request("GET", "/api/search?q=a&lang=en")
    return bool(json.loads(connection.getresponse().read())["ready"])


if __name__ == "__main__":
    main()
