// What this module knows: the dated rows of an answer on a timeline, each as long as its date is precise.

/** @import {Answer, Row} from "./answer.js" */

import { columnsOf, dateOf, isDate, mostly, textOf } from "./answer.js";
import { learn, named, shortened } from "./labels.js";
import { counted, element, figure, find, say, script, settings, style, vendor } from "./page.js";

const MOST = 500;
const ROOM = 0.2;

/**
 * @param {Answer} answer
 * @param {(row: number) => void} showRow
 * @returns {Promise<HTMLElement>}
 */
export async function drawTimeline(answer, showRow) {
  await Promise.all([style(find("main.query").dataset.timelineStyle ?? ""), script(`${vendor}/vis-timeline.js`)]);
  const columns = columnsOf(answer);
  const dates = columns.filter((column) => mostly(column, "dates")).map((column) => column.name);
  // A second column of dates, named so, says when it ends.
  const ends = dates.slice(1).find((name) => /end|until|to$/i.test(name));
  const title = (columns.find((column) => !dates.includes(column.name) && mostly(column, "things"))
    ?? columns.find((column) => !dates.includes(column.name)))?.name;
  const dated = answer.rows.map((row, index) => ({ row, index })).filter(({ row }) => isDate(row[dates[0]]));
  const shown = dated.slice(0, MOST);
  await learn(shown.flatMap(({ row }) => (title && row[title]?.type === "uri" ? [row[title].value] : [])));
  const spans = shown.map(({ row }) => {
    const begin = dateOf(row[dates[0]]);
    const until = ends && row[ends] ? dateOf(row[ends]) : null;
    return { start: begin?.start ?? new Date(0), end: (until ?? begin)?.end ?? new Date(0), long: Boolean(until) || !begin?.precise };
  });
  const first = Math.min(...spans.map(({ start }) => start.getTime()));
  const last = Math.max(...spans.map(({ end }) => end.getTime()));
  const whole = Math.max(last - first, 86_400_000);
  const items = shown.map(({ row, index }, at) => {
    const { start, end, long } = spans[at];
    // What is too short to be written in stands as a point, its words beside it.
    const range = long && end.getTime() - start.getTime() > whole * ROOM;
    return { id: index, start, end: range ? end : undefined, type: range ? "range" : "point", content: labelOf(row, title), date: row[dates[0]].value };
  });
  const { DataSet, Timeline, moment } = /** @type {any} */ (window).visTimeline;
  const canvas = element("div", { class: "timeline-canvas", role: "group", "aria-label": say("timeline.label", { count: figure(items.length) }) });
  const timeline = new Timeline(canvas, new DataSet(items), {
    locale: "en",
    start: new Date(first - whole * 0.04), end: new Date(last + whole * 0.35), minHeight: "14rem", maxHeight: "36rem", verticalScroll: true, zoomKey: "ctrlKey", stack: true, showCurrentTime: false, selectable: true, margin: { item: 6 },
    moment: (/** @type {any} */ date) => moment(date).utc(),
    format: { minorLabels: { month: settings.language === "en" ? "MMM" : "M月", year: "YYYY", day: "D" }, majorLabels: { month: "YYYY", day: settings.language === "en" ? "MMM YYYY" : "YYYY年M月" } },
    template: (/** @type {{content: string, date: string}} */ item) =>
      element("span", { title: `${item.content} · ${item.date}` }, item.content, " ", element("span", { class: "when" }, item.date)),
  });
  timeline.on("select", (/** @type {{items: number[]}} */ event) => {
    if (event.items.length) showRow(event.items[0]);
  });
  timeline.on("changed", () => { canvas.dataset.ready = "true"; });
  return element("div", { class: "answer-timeline" },
    shown.length < dated.length && element("p", { class: "cut" }, say("timeline.cut", { shown: figure(shown.length), count: figure(dated.length) })),
    dated.length < answer.rows.length && element("p", { class: "cut" }, counted("timeline.undated", answer.rows.length - dated.length)),
    canvas);
}

/** @param {Row} row @param {string | undefined} column */
function labelOf(row, column) {
  const term = column ? row[column] : undefined;
  if (!term) return "—";
  const text = term.type === "uri" ? named(term.value)?.label ?? shortened(term.value) : textOf(term);
  return [...text].length > 40 ? `${[...text].slice(0, 39).join("")}…` : text;
}
