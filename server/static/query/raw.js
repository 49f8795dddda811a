// What this module knows: the raw answer, entry by entry as the server sent it, and which part of it a row
// of the table is.

/** @import {Answer} from "./answer.js" */

import { button, element, figure, say } from "./page.js";

const PART = 200;
const PLAIN = 200_000;

/**
 * @param {Answer} answer
 * @param {number | null} chosen the row to show
 * @param {(row: number) => void} showRow
 * @returns {HTMLElement}
 */
export function drawRaw(answer, chosen, showRow) {
  const spans = answer.spans();
  const frame = element("div", { class: "answer-raw" });
  if (!spans.length) {
    frame.append(element("pre", { class: "raw", tabindex: "0" }, answer.raw.slice(0, PLAIN)));
    return frame;
  }
  let first = Math.max(0, Math.min((chosen ?? 0) - 20, spans.length - 1));
  const list = element("ol", { class: "raw", tabindex: "0", "aria-label": say("view.raw") });
  const place = element("p", { class: "small muted", role: "status" });
  const before = button(say("raw.before"), () => { first = Math.max(0, first - PART); draw(); });
  const after = button(say("raw.after"), () => { first = Math.min(spans.length - 1, first + PART); draw(); });

  function draw() {
    const last = Math.min(spans.length, first + PART);
    list.start = first + 1;
    list.replaceChildren(...spans.slice(first, last).map(({ start, end }, index) => {
      const text = element("code", {}, answer.raw.slice(start, end));
      const row = first + index;
      const words = say("raw.table", { row: figure(row + 1) });
      return element("li", { "aria-current": row === chosen ? "true" : null },
        row === chosen ? element("mark", {}, text) : text, " ",
        element("button", { type: "button", class: "plain", title: words, "aria-label": words, click: () => showRow(row) }, "↩"));
    }));
    place.textContent = say("raw.part", { first: figure(first + 1), last: figure(last), count: figure(spans.length) });
    before.disabled = first === 0;
    after.disabled = last >= spans.length;
  }

  draw();
  const many = spans.length > PART;
  const head = answer.raw.slice(0, spans[0].start).trim();
  frame.append(element("p", { class: "table-bar" }, many && before, many && after, place),
    head && element("pre", { class: "raw-head small" }, head.slice(0, 2000)), list);
  requestAnimationFrame(() => {
    const current = list.querySelector("[aria-current]");
    if (current instanceof HTMLElement) list.scrollTop = current.offsetTop - list.clientHeight / 3;
  });
  return frame;
}
