// What this module knows: an answer's numbers as bars, a line or points, chosen by what its columns hold.

/** @import {Answer, Column, Term} from "./answer.js" */

import { columnsOf, dateOf, isDate, isNumber, mostly, textOf } from "./answer.js";
import { learn, named, shortened } from "./labels.js";
import { element, figure, say, script, settings, vendor } from "./page.js";

const MOST_BARS = 60;
const MOST_POINTS = 2000;
const SERIES = ["--incumbent-mid", "--challenger-mid", "--other-mid"];

/**
 * Which kind of chart suits, and which columns it shows: a line over time, points for two numbers that are
 * many, bars for anything else.
 * @param {Column[]} columns
 * @param {number} rows
 */
function suiting(columns, rows) {
  const numbers = columns.filter((column) => mostly(column, "numbers"));
  const dates = columns.filter((column) => mostly(column, "dates"));
  const years = numbers.find((column) => /year|年/i.test(column.name));
  if (dates.length) return { kind: "line", x: dates[0].name, y: [numbers.find((each) => each !== dates[0])?.name ?? numbers[0].name] };
  if (years && numbers.length > 1) return { kind: rows > 12 ? "line" : "bar", x: years.name, y: [numbers.filter((column) => column !== years)[0].name] };
  const names = columns.filter((column) => !numbers.includes(column) && column.filled > 0);
  if (numbers.length >= 2 && (!names.length || rows > MOST_BARS)) return { kind: "scatter", x: numbers[0].name, y: [numbers[1].name] };
  const best = names.find((column) => mostly(column, "things")) ?? names[0] ?? numbers[0];
  return { kind: "bar", x: best.name, y: [numbers.filter((column) => column !== best)[0]?.name ?? numbers[0].name] };
}

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** @param {Term | undefined} term */
function labelOf(term) {
  if (!term) return "—";
  const text = term.type === "uri" ? named(term.value)?.label ?? shortened(term.value) : textOf(term);
  return [...text].length > 24 ? `${[...text].slice(0, 23).join("")}…` : text;
}

/**
 * @param {Answer} answer
 * @returns {Promise<HTMLElement>}
 */
export async function drawChart(answer) {
  await script(`${vendor}/chart.umd.min.js`);
  const { Chart } = /** @type {any} */ (window);
  const columns = columnsOf(answer);
  const numbers = columns.filter((column) => mostly(column, "numbers")).map((column) => column.name);
  const chosen = suiting(columns, answer.rows.length);
  const canvas = element("canvas", { role: "img" });
  const note = element("p", { class: "cut", role: "status" });
  /** @type {any} */
  let drawn = null;

  /** @param {string} label @param {[string, string][]} options @param {string} value @param {(value: string) => void} change */
  const choice = (label, options, value, change) => {
    const select = element("select", {}, ...options.map(([name, text]) => element("option", { value: name, selected: name === value }, text)));
    select.addEventListener("change", () => { change(select.value); void draw(); });
    return element("label", { class: "small" }, `${label} `, select);
  };
  const bar = element("p", { class: "table-bar" },
    choice(say("chart.kind"), ["bar", "line", "scatter"].map((kind) => [kind, say(`chart.${kind}`)]), chosen.kind, (kind) => { chosen.kind = kind; }),
    choice(say("chart.x"), columns.map(({ name }) => [name, name]), chosen.x, (name) => { chosen.x = name; }),
    choice(say("chart.y"), numbers.map((name) => [name, name]), chosen.y[0], (name) => { chosen.y = [name]; }));

  async function draw() {
    const most = chosen.kind === "bar" ? MOST_BARS : MOST_POINTS;
    const usable = answer.rows.filter((row) => isNumber(row[chosen.y[0]]) && row[chosen.x]);
    const rows = usable.slice(0, most);
    note.textContent = rows.length < answer.rows.length ? say("chart.cut", { shown: figure(rows.length), count: figure(answer.rows.length) }) : "";
    await learn(rows.flatMap((row) => (row[chosen.x].type === "uri" ? [row[chosen.x].value] : [])));
    const xs = rows.map((row) => row[chosen.x]);
    const dated = xs.length > 0 && xs.every((term) => isDate(term) && !isNumber(term));
    const numeric = xs.length > 0 && xs.every(isNumber);
    const continuous = chosen.kind !== "bar" && (dated || numeric);
    /** @param {Term} term */
    const place = (term) => (dated ? dateOf(term)?.start.getTime() ?? 0 : Number(term.value));
    /** What stands below a place of the axis. @param {number} value */
    const tick = (value) => {
      if (!continuous) return points[value]?.x ?? "";
      if (dated) return new Date(value).toISOString().slice(0, 7);
      return /year|年/i.test(chosen.x) ? String(value) : figure(value);
    };
    const ink = colour("--ink");
    const grid = colour("--line");
    const points = rows.map((row, index) => ({
      x: continuous ? place(row[chosen.x]) : labelOf(row[chosen.x]), y: Number(row[chosen.y[0]].value), index,
    }));
    if (continuous && chosen.kind === "line") points.sort((a, b) => Number(a.x) - Number(b.x));
    const fill = colour(SERIES[0]);
    drawn?.destroy();
    canvas.setAttribute("aria-label", say("chart.label", { x: chosen.x, y: chosen.y[0] }));
    drawn = new Chart(canvas, {
      type: chosen.kind,
      data: {
        labels: continuous ? undefined : points.map((point) => point.x),
        datasets: [{
          label: chosen.y[0], data: continuous || chosen.kind === "scatter" ? points : points.map((point) => point.y),
          backgroundColor: fill, borderColor: fill, borderWidth: chosen.kind === "line" ? 2 : 0, pointRadius: chosen.kind === "scatter" ? 4 : 3, maxBarThickness: 48,
        }],
      },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, locale: settings.language, color: ink,
        scales: {
          x: {
            type: continuous ? "linear" : "category", title: { display: true, text: chosen.x, color: ink }, grid: { color: grid, display: continuous },
            ticks: { color: ink, callback: (/** @type {number} */ value) => tick(value) },
          },
          y: { beginAtZero: chosen.kind === "bar", title: { display: true, text: chosen.y[0], color: ink }, grid: { color: grid }, ticks: { color: ink, precision: points.every((point) => Number.isInteger(point.y)) ? 0 : undefined } },
        },
        plugins: {
          legend: { display: false },
          tooltip: { callbacks: { title: (/** @type {any[]} */ found) => labelOf(rows[points[found[0].dataIndex].index]?.[chosen.x]) } },
        },
      },
    });
    canvas.dataset.kind = chosen.kind;
  }

  await draw();
  return element("div", { class: "answer-chart" }, bar, note, element("div", { class: "chart-canvas" }, canvas));
}
