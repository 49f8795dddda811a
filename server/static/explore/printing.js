// What this module knows: what a printed page bears besides: the picture, and the words behind each number.

import { drawSvg } from "./drawing.js";
import { closeEvidence, factsBody, openers } from "./evidence.js";
import { element, say } from "./page.js";
import { colours, picture } from "./picture.js";

/** @type {Element[]} */
let added = [];

addEventListener("beforeprint", () => {
  forget();
  if (picture) {
    const figure = element("figure", { class: "print-picture" }, inkOf(drawSvg(document.title)), element("figcaption", {}, location.href));
    document.querySelector(".pane.facts")?.before(figure);
    added.push(figure);
  }
  const sources = evidence();
  if (sources.length) {
    const list = element("section", { class: "print-sources" }, element("h3", { class: "part" }, say("cited")), element("ol", {}, ...sources));
    factsBody.append(list);
    added.push(list);
  }
});
addEventListener("afterprint", forget);

/**
 * Paper is light, whatever the screen is: colours go by their names.
 * @param {SVGElement} svg
 */
function inkOf(svg) {
  const names = new Map(Object.entries(colours).map(([name, colour]) => [colour, name]));
  for (const part of svg.querySelectorAll("[fill], [stroke]")) {
    for (const key of ["fill", "stroke"]) {
      const name = names.get(part.getAttribute(key) ?? "");
      if (name) part.setAttribute(key, `var(--${name})`);
    }
  }
  return svg;
}

function forget() {
  for (const part of added) part.remove();
  added = [];
}

/** The evidence of each number, as it opens below its fact. */
function evidence() {
  const marks = /** @type {HTMLElement[]} */ ([...factsBody.querySelectorAll(".cite")]).filter((mark) => openers.has(mark));
  const opened = marks.find((mark) => mark.getAttribute("aria-expanded") === "true");
  const found = marks.flatMap((mark) => {
    openers.get(mark)?.();
    const shown = factsBody.querySelector(".cited > .evidence");
    return shown ? [element("li", { value: mark.textContent ?? "" }, shown.cloneNode(true))] : [];
  });
  if (marks.length) closeEvidence();
  if (opened) openers.get(opened)?.();
  return found;
}
