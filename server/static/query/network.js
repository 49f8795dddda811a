// What this module knows: an answer as a network: a graph's triples, or what stands in one row together.

/** @import {Answer, Term} from "./answer.js" */

import { outlineOf } from "../explore/glyphs.js";
import { columnsOf, mostly, textOf } from "./answer.js";
import { learn, named, pathOf, shortened } from "./labels.js";
import { button, element, figure, find, say, script, style, vendor } from "./page.js";

const MOST_NODES = 300;
const MOST_EDGES = 1000;

/**
 * @typedef {{id: string, term: Term}} Node
 * @typedef {{from: string, to: string, label: string | null, iri: string | null}} Edge
 */

/** @param {Term} term */
const idOf = (term) => (term.type === "literal" ? JSON.stringify([term.value, term.language, term.datatype]) : textOf(term));

/**
 * The things of an answer and what links them.
 * @param {Answer} answer
 * @returns {{nodes: Map<string, Node>, edges: Edge[], total: number}}
 */
function networkOf(answer) {
  /** @type {Map<string, Node>} */
  const nodes = new Map();
  /** @type {Set<string>} */
  const all = new Set();
  /** @type {Map<string, Edge>} */
  const edges = new Map();
  /** @param {Term} term */
  const add = (term) => {
    const id = idOf(term);
    all.add(id);
    if (!nodes.has(id) && nodes.size < MOST_NODES) nodes.set(id, { id, term });
    return nodes.has(id);
  };
  /** @param {Term} from @param {Term} to @param {string | null} iri @param {string | null} label */
  const link = (from, to, iri, label) => {
    const drawn = [add(from), add(to)].every(Boolean);
    const key = `${idOf(from)} ${iri ?? label} ${idOf(to)}`;
    if (drawn && edges.size < MOST_EDGES && !edges.has(key)) edges.set(key, { from: idOf(from), to: idOf(to), iri, label });
  };
  if (answer.kind === "graph") {
    for (const { subject, predicate, object } of answer.rows) {
      if (object.type !== "literal") link(subject, object, predicate.value, null);
      else add(subject);
    }
  } else {
    const columns = columnsOf(answer).filter((column) => mostly(column, "things"));
    // A column between two others that holds predicates names the lines between them.
    const names = columns.map((column) => column.name);
    for (const row of answer.rows) {
      const terms = names.map((name) => ({ name, term: row[name] })).filter(({ term }) => term && term.type !== "literal");
      const predicate = terms.length === 3 && /^(p|pred|predicate|property|relation|how)$/i.test(terms[1].name) ? terms[1] : null;
      const ends = predicate ? [terms[0], terms[2]] : terms;
      for (const { name, term } of ends.slice(1)) {
        link(ends[0].term, term, predicate ? predicate.term.value : null, predicate || names.length < 3 ? null : name);
      }
    }
  }
  return { nodes, edges: [...edges.values()], total: all.size };
}

/** @param {string} name */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * @param {string} kind
 * @param {string} fill
 */
const glyph = (kind, fill) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 24 24"><path fill="${fill}" fill-rule="evenodd" d="${outlineOf(kind)}"/></svg>`)}`;

/**
 * A text that is at most so wide; a letter of Chinese is as wide as two.
 * @param {string} text @param {number} most
 */
function cut(text, most) {
  let width = 0;
  let shown = "";
  for (const letter of text) {
    width += (letter.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
    if (width > most) return `${shown}…`;
    shown += letter;
  }
  return shown;
}

/**
 * @param {Answer} answer
 * @returns {Promise<HTMLElement>}
 */
export async function drawNetwork(answer) {
  const { nodes, edges, total } = networkOf(answer);
  const main = find("main.query");
  await Promise.all([style(main.dataset.networkStyle ?? ""), script(`${vendor}/vis-network.js`)]);
  const iris = [...nodes.values()].filter(({ term }) => term.type === "uri").map(({ term }) => term.value);
  await learn([...iris, ...edges.flatMap(({ iri }) => (iri ? [iri] : []))]);
  /** @param {Term} term */
  const labelOf = (term) => (term.type === "uri" ? named(term.value)?.label ?? shortened(term.value) : textOf(term));

  const canvas = element("div", { class: "network-canvas", role: "img", "aria-label": say("network.label", { nodes: figure(nodes.size), edges: figure(edges.length) }) });
  const chosen = element("p", { class: "network-chosen small", role: "status" });
  const ink = colour("--ink");
  const fill = colour("--other");
  const { Network } = /** @type {any} */ (window).visNetwork;
  const data = {
    nodes: [...nodes.values()].map(({ id, term }) => ({
      id, label: cut(labelOf(term), 28), shape: "image", size: 14,
      image: glyph(term.type === "uri" ? named(term.value)?.kind ?? "" : "", fill),
    })),
    edges: edges.map((edge, index) => ({
      id: index, from: edge.from, to: edge.to,
      label: cut(edge.iri ? named(edge.iri)?.label ?? shortened(edge.iri) : edge.label ?? "", 24), arrows: { to: { enabled: Boolean(edge.iri), scaleFactor: 0.5 } },
    })),
  };
  const network = new Network(canvas, data, {
    layout: { randomSeed: 7, improvedLayout: nodes.size <= 150 },
    physics: { solver: "forceAtlas2Based", forceAtlas2Based: { gravitationalConstant: -60, springLength: 120, avoidOverlap: 0.9 }, stabilization: { iterations: nodes.size > 150 ? 120 : 250, fit: true } },
    interaction: { hover: false, keyboard: false, zoomView: true },
    nodes: { font: { color: ink, size: 14, face: getComputedStyle(document.body).fontFamily, strokeWidth: 4, strokeColor: colour("--sheet") } },
    edges: { color: { color: colour("--edge"), highlight: ink }, width: 1, smooth: false, font: { color: colour("--muted"), size: 11, strokeWidth: 3, strokeColor: colour("--sheet"), align: "middle" } },
  });
  network.once("stabilizationIterationsDone", () => {
    network.setOptions({ physics: false });
    network.fit({ animation: false });
    canvas.dataset.ready = "true";
  });
  network.on("selectNode", (/** @type {{nodes: string[]}} */ event) => {
    const node = nodes.get(event.nodes[0]);
    if (!node) return;
    chosen.replaceChildren(`${say("network.chosen")} `, node.term.type === "uri"
      ? element("a", { href: pathOf(node.term.value) }, labelOf(node.term)) : labelOf(node.term));
  });
  network.on("doubleClick", (/** @type {{nodes: string[]}} */ event) => {
    const node = nodes.get(event.nodes[0]);
    if (node?.term.type === "uri") location.assign(pathOf(node.term.value));
  });
  /** @param {number} by */
  const zoom = (by) => network.moveTo({ scale: network.getScale() * by });
  return element("div", { class: "answer-network" },
    nodes.size < total && element("p", { class: "cut" }, say("network.cut", { shown: figure(nodes.size), count: figure(total) })),
    canvas,
    element("p", { class: "table-bar" },
      button("+", () => zoom(1.3), { "aria-label": say("network.in") }), button("−", () => zoom(1 / 1.3), { "aria-label": say("network.out") }),
      button(say("network.fit"), () => network.fit({ animation: false })),
      element("span", { class: "small muted" }, say("network.help"))),
    chosen);
}
