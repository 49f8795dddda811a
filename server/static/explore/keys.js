// What this module knows: what keys, buttons and the size of the window do to the picture.

import { keepInLinks } from "./address.js";
import { bringWanted, fit, isTouched, pan, touch, zoom } from "./camera.js";
import { factsBody } from "./evidence.js";
import { canvas, readColours, redraw, resize } from "./picture.js";
import { go } from "./selection.js";
import { showTab } from "./tabs.js";
import { view } from "./view.js";

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  /** @type {Record<string, () => void>} */
  const acts = {
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": () => fit(0),
    ArrowLeft: () => pan(-60, 0), ArrowRight: () => pan(60, 0), ArrowUp: () => pan(0, -60), ArrowDown: () => pan(0, 60),
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
for (const button of document.querySelectorAll("[data-zoom]")) {
  const what = button.getAttribute("data-zoom");
  button.addEventListener("click", () => {
    if (what === "fit") {
      fit(0);
      touch();
    } else zoom(what === "in" ? 1.25 : 0.8);
  });
}
const portrait = matchMedia("(orientation: portrait)");
let framedUpright = portrait.matches;
new ResizeObserver(() => requestAnimationFrame(() => {
  if (!resize() || canvas.clientWidth === 0) return; // another pane is shown
  if (framedUpright !== portrait.matches || !isTouched()) fit();
  else bringWanted();
  framedUpright = portrait.matches;
})).observe(canvas);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  readColours();
  redraw();
});
addEventListener("popstate", keepInLinks);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const opened = factsBody.querySelector('.cite[aria-expanded="true"]');
  if (opened instanceof HTMLElement && view.selection.select) {
    opened.click();
    opened.focus();
  } else if (Object.keys(view.selection).length) {
    const iri = view.selection.select;
    void go({}).then(() => {
      showTab("graph", false);
      const back = [...document.querySelectorAll(".index button")].find((button) => button instanceof HTMLElement && button.dataset.iri === iri);
      if (back instanceof HTMLElement && factsBody.contains(document.activeElement) === false && document.activeElement === document.body) back.focus();
    });
  } else showTab("graph", false);
});
