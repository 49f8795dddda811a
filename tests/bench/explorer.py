"""How quickly a person sees things in the explorer, in a real browser.

    python -m tests.bench.explorer [--size 1000000] [--store FOLDER] [--rounds 5] [--write]

On the article that the project ships: from the navigation until labels are drawn and a click
is answered. On a made-up graph with hubs of 10,000 links (`tests/bench/network.py`): from the
wish to follow a hub until the choice stands, and from the choice until its neighbours are
drawn; then 500 things are dragged about. Nothing here asserts a time.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from math import cos, sin
from pathlib import Path
from statistics import median
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from tests.bench.network import BASE, FOLDER, HUBS, wait_for_index, write
from tests.bench.report import machine, markdown, plain, put_section
from tests.conftest import chromium, chromium_path, run, start

_SIZE = {"width": 1440, "height": 900}
_THINGS = 500
_PAN_S = 5.0
_TIMEOUT_MS = 60_000
_HEADING = "The explorer"
_METHOD = f"""\
Taken by `python -m tests.bench.explorer --write`, in headless Chromium without a graphics card,
on {_SIZE["width"]} × {_SIZE["height"]} pixels; each page in a browser context of its own, so that
nothing is cached. **usable**: from the navigation until the labels are drawn and a click on
a thing has brought its facts, on the article that the project ships. **choice**: from the press
that follows a hub of 10,000 links until the kinds of link stand with their counts. **drawn**:
from choosing one until the neighbours are drawn. **pan**, **zoom**: {_THINGS} things in view,
dragged about for {_PAN_S:g} s, then zoomed; frames in a second, and the longest time without one.
"""
# Counts what is painted: a frame is over when the next one begins.
_WATCH = """() => {
  window.painted = [];
  const next = (time) => { painted.push(time); requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""
# Runs in the page from its beginning; `performance.now()` counts from the navigation.
_USABLE = """(() => {
  const buttons = () => [...document.querySelectorAll(".index ul button")];
  const facts = () => document.querySelector("#pane-facts .facts-body :is(h2, h3)")?.textContent;
  const look = () => {
    const ready = document.querySelector("main")?.dataset.ready === "true";
    if (!ready) return requestAnimationFrame(look);
    window.readyAt = performance.now();
    const before = facts();
    buttons().find((button) => button.textContent.trim().startsWith("DingTalk")).click();
    const answered = () => {
      if (facts() === before) return requestAnimationFrame(answered);
      requestAnimationFrame(() => requestAnimationFrame((time) => (window.usableAt = time)));
    };
    answered();
  };
  requestAnimationFrame(look);
})()"""
_UNTIL = """const until = async (holds) => {
    const begun = performance.now();
    while (!holds()) await new Promise(requestAnimationFrame);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - begun;
  };"""
_CHOICE = f"""async (name) => {{
  {_UNTIL}
  const buttons = [...document.querySelectorAll(".index ul button")];
  const button = buttons.find((each) => each.textContent.trim() === name);
  const facts = () => document.querySelector("#pane-facts .facts-body :is(h2, h3)")?.textContent;
  button.click();
  await until(() => facts()?.includes(name));
  button.click();
  return until(() => document.querySelector("#follow[open] .follow-groups button"));
}}"""
_DRAWN = f"""async () => {{
  {_UNTIL}
  const things = () => document.querySelectorAll(".index ul button").length;
  const before = things();
  document.querySelectorAll("#follow .follow-groups button")[1].click();
  return until(() => things() > before && !document.querySelector("#follow[open]"));
}}"""
_PACK = """async (value) => {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const all = new Uint8Array(await new Response(stream).arrayBuffer());
  let text = "";
  for (const byte of all) text += String.fromCharCode(byte);
  return btoa(text).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
}"""


class Clock:
    """What was measured, by its name and unit."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], list[float]] = defaultdict(list)

    def add(self, name: str, unit: str, value: float) -> None:
        self.found[name, unit].append(value)

    def table(self) -> list[list[str]]:
        """A heading, then a line per measure."""
        lines = [["", "unit", "times", "first", "median", "least", "most"]]
        for (name, unit), values in self.found.items():
            told = (values[0], median(values), min(values), max(values))
            lines.append([name, unit, str(len(values)), *(f"{each:,.0f}" for each in told)])
        return lines


@contextmanager
def fresh(browser: Browser, url: str, script: str = "") -> Iterator[Page]:
    """A page of a context of its own."""
    context = browser.new_context(viewport=_SIZE)
    page = context.new_page()
    page.set_default_timeout(_TIMEOUT_MS)
    if script:
        page.add_init_script(script)
    page.goto(url)
    page.locator("main[data-ready=true]").wait_for()
    yield page
    context.close()


def first_view(browser: Browser, url: str, clock: Clock) -> None:
    """From the navigation until a click has brought the facts of a thing."""
    with fresh(browser, f"{url}/explore?lang=en", _USABLE) as page:
        page.wait_for_function("() => window.usableAt", polling=100)
        clock.add("first view: labels drawn", "ms", page.evaluate("readyAt"))
        clock.add("first view: usable", "ms", page.evaluate("usableAt"))


def hub(browser: Browser, url: str, number: int, clock: Clock) -> None:
    """Follow a hub of the first view."""
    with fresh(browser, f"{url}/explore?lang=en") as page:
        clock.add("hub: choice", "ms", page.evaluate(_CHOICE, f"thing {number}"))
        clock.add("hub: drawn", "ms", page.evaluate(_DRAWN))


def pan(browser: Browser, url: str, clock: Clock) -> None:
    """Drag many things about."""
    with fresh(browser, f"{url}/explore?lang=en") as page:
        there = page.locator(".index ul button").count()
        added = [f"{BASE}e{HUBS + 10 * each}" for each in range(_THINGS - there)]
        packed = page.evaluate(_PACK, {"edition": "", "changes": {"added": added}})
    with fresh(browser, f"{url}/explore?lang=en#view={quote(packed)}") as page:
        assert page.locator(".index ul button").count() == _THINGS
        box = page.locator("[role=application] canvas").bounding_box()
        assert box is not None
        across, down = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.wait_for_timeout(1000)
        for name, act in (("pan", page.mouse.move), ("zoom", None)):
            page.mouse.move(across, down)
            if act:
                page.mouse.down()
            before = page.screenshot()
            page.evaluate(_WATCH)
            began, step = time.monotonic(), 0
            while time.monotonic() - began < _PAN_S:
                step += 1
                if act:
                    act(across + 150 * sin(step / 9), down + 100 * cos(step / 7))
                else:
                    page.mouse.wheel(0, 40 if step // 30 % 2 else -40)
            painted: list[float] = page.evaluate("painted")
            page.mouse.up()
            assert page.screenshot() != before, f"{name} moved nothing"
            seconds = (painted[-1] - painted[0]) / 1000
            clock.add(f"{name} {_THINGS} things", "frames/s", (len(painted) - 1) / seconds)
            clock.add(f"{name}: longest frame", "ms", max(b - a for a, b in pairwise(painted)))


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.bench.explorer", description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="Triples.")
    parser.add_argument("--store", type=Path, help="A store that holds them already.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="Write the figures into the docs.")
    given = parser.parse_args()
    clock = Clock()
    busy = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        used = f"{Path(chromium_path()).name} {browser.version}"
        own = Path(folder) / "own"
        store = given.store or Path(folder) / "store"
        for command in (
            ("build", "--store", own),
            ("load", write(given.size, FOLDER), "--store", store),
        ):
            if command[0] == "build" or given.store is None:
                done = run(*command)
                if done.returncode:
                    sys.exit(done.stderr)
        for place in (own, store):
            service = start("--store", place, "--port", "0")
            try:
                if place is store:
                    wait_for_index(service)
                for number in range(given.rounds):
                    if place is own:
                        first_view(browser, service.url, clock)
                    else:
                        hub(browser, service.url, number, clock)
                        pan(browser, service.url, clock)
            finally:
                service.stop()
    told = (
        f"{given.size:,} triples where hubs are; {used}; {machine()}; load average at the start "
        f"{busy:.1f}."
    )
    print(f"{told}\n{plain(clock.table())}")
    if given.write:
        put_section(_HEADING, f"{told}\n\n{markdown(clock.table())}\n\n{_METHOD}")


if __name__ == "__main__":
    main()
