// What this module knows: what a printed page bears besides: the picture, and the words behind each number.

import { drawSvg } from "./drawing.js";
import { closeEvidence, factsBody, openers } from "./evidence.js";
import { element, say } from "./page.js";
import { picture } from "./picture.js";

/** @type {Element[]} */
let added = [];

addEventListener("beforeprint", () => {
  forget();
  if (picture) {
    const figure = element("figure", { class: "print-picture" }, drawSvg(document.title), element("figcaption", {}, location.href));
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
