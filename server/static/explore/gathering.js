// What this module knows: things gathered to be compared, the paths between two of them, and what connects several.

/** @import {Connecting, Edge, Paths, Selection} from "./types.js" */
import { bringIn, fit, isTouched } from "./camera.js";
import { closeButton, edgeFacts } from "./facts.js";
import { factsBody, termElement } from "./evidence.js";
import { glyphOf } from "./glyphs.js";
import { showLegend, showList } from "./legend.js";
import { element, find, language, numeral, say } from "./page.js";
import { redraw } from "./picture.js";
import { go, lightLines } from "./selection.js";
import { loadConnecting, loadFacts, loadPaths } from "./source.js";
import { edges, learn, nodes, revealed, show, view } from "./view.js";

const tray = find(".gathered");
const MOST = 8;

/** @param {string} iri */
export function gather(iri) {
  view.gathered = view.gathered.includes(iri) ? view.gathered.filter((other) => other !== iri) : [...view.gathered, iri].slice(-MOST);
  showGathered();
}

export function showGathered() {
  const iris = view.gathered;
  tray.hidden = iris.length === 0;
  const name = (/** @type {string} */ iri) => nodes.get(iri)?.label ?? iri;
  find("ul", tray).replaceChildren(...iris.map((iri) => {
    const node = nodes.get(iri);
    return element("li", { class: "chip" }, node ? glyphOf(node) : null, name(iri),
      element("button", { type: "button", "aria-label": say("gather.remove", { name: name(iri) }), click: () => gather(iri) }, "×"));
  }));
  const acts = find(".acts", tray);
  // The thing chosen next is offered as the second, there where it was asked for.
  const { select } = view.selection;
  const second = iris.length === 1 && select && select !== iris[0] && nodes.has(select) ? select : null;
  acts.replaceChildren(
    second ? element("button", { type: "button", class: "between", click: () => go({ paths: `${iris[0]} ${second}` }, { focus: true }) },
      say("gather.between", { first: name(iris[0]), second: name(second) })) : "",
    element("button", { type: "button", disabled: iris.length !== 2, click: () => go({ paths: iris.join(" ") }, { focus: true }) }, say("paths")),
    element("button", { type: "button", disabled: iris.length < 2, click: () => go({ connect: iris.join(" ") }, { focus: true }) }, say("connect")),
    iris.length < 2 && !second ? element("span", { class: "muted small" }, say("gather.more")) : "");
}

/**
 * Show what a selection compares; the things and lines that it is about.
 * @param {Selection} to
 * @returns {Promise<Set<string>>}
 */
export async function compare(to) {
  const iris = (to.paths ?? to.connect ?? "").split(" ").filter(Boolean).slice(0, MOST);
  if (view.gathered.join(" ") !== iris.join(" ")) {
    view.gathered = iris;
    showGathered();
  }
  return to.paths ? showPaths(iris[0] ?? "", iris[1] ?? "") : showConnecting(iris);
}

/**
 * @param {string} from
 * @param {string} to
 */
async function showPaths(from, to) {
  /** @type {Set<string>} */
  const near = new Set([from, to]);
  const list = element("ol", { class: "paths" });
  const foot = element("div", {});
  const title = element("h3", { class: "subject", tabindex: -1 }, say("paths.title", { from: nodes.get(from)?.label ?? "", to: nodes.get(to)?.label ?? "" }));
  let offset = 0;
  const more = async () => {
    const found = await loadPaths(from, to, offset);
    take(found);
    title.textContent = say("paths.title", { from: nodes.get(from)?.label ?? from, to: nodes.get(to)?.label ?? to });
    offset += found.paths.length;
    for (const path of found.paths) {
      for (const id of [...path.things, ...path.edges]) near.add(id);
      path.things.forEach((iri) => revealed.add(iri));
      list.append(await pathItem(path));
    }
    foot.replaceChildren(
      found.truncated ? element("p", { class: "muted small" }, say("paths.truncated")) : "",
      offset === 0 ? element("p", {}, say("paths.none")) : "",
      found.more ? element("button", { type: "button", class: "act", click: () => more().then(refresh) }, say("paths.more")) : "",
    );
  };
  const refresh = () => {
    if (!list.isConnected) return; // something else was selected meanwhile
    lightLines(near);
    bringIn([...near]);
    redraw();
    showList();
  };
  factsBody.replaceChildren(closeButton(), title, list, foot);
  await more();
  return near;
}

/** @param {Paths["paths"][number]} path */
async function pathItem(path) {
  const steps = [];
  for (const [index, id] of path.edges.entries()) {
    const edge = edges.get(id);
    const node = nodes.get(path.things[index]);
    if (!edge || !node) continue;
    const forth = edge.from === node.id;
    steps.push(element("div", { class: "step" },
      termElement({ type: "iri", iri: node.id, label: node.label }), " ",
      element("span", { class: "direction", "aria-hidden": "true" }, forth ? "→" : "←"), " ",
      element("span", { class: "verb" }, edge.label),
      ...edgeFacts(edge, await loadFacts(edge.from))));
  }
  const last = nodes.get(path.things.at(-1) ?? "");
  const count = path.edges.length;
  const length = count === 1 ? say("paths.length.one") : say("paths.length", { count });
  return element("li", {}, element("p", { class: "muted small" }, length), ...steps,
    last ? element("div", { class: "step" }, termElement({ type: "iri", iri: last.id, label: last.label })) : null);
}

/** @param {string[]} iris */
async function showConnecting(iris) {
  const found = await loadConnecting(iris);
  take(found);
  const names = iris.map((iri) => nodes.get(iri)?.label ?? iri);
  const near = new Set([...iris, ...found.things.map((thing) => thing.iri)]);
  for (const { id } of found.edges) near.add(id);
  near.forEach((id) => nodes.has(id) && revealed.add(id));
  const between = (/** @type {string} */ iri) => found.edges.filter((edge) => edge.from === iri || edge.to === iri);
  const items = await Promise.all(found.things.map(async ({ iri, label }) =>
    element("li", {}, element("h4", {}, termElement({ type: "iri", iri, label })), ...(await Promise.all(between(iri).map(lineItem))))));
  factsBody.replaceChildren(
    closeButton(),
    element("h3", { class: "subject", tabindex: -1 }, say("connect.title", { names: names.join(language === "en" ? ", " : "、") })),
    element("p", { class: "muted" }, say(found.total ? "connect.total" : "connect.none", { shown: found.things.length, total: numeral(found.total) })),
    element("ul", { class: "connecting" }, ...items),
  );
  return near;
}

/** @param {Edge} known */
async function lineItem(known) {
  const edge = edges.get(known.id) ?? known;
  const name = (/** @type {string} */ iri) => termElement({ type: "iri", iri, label: nodes.get(iri)?.label ?? iri });
  return element("div", { class: "step" }, name(edge.from), " ", element("span", { class: "verb" }, edge.label), " ", name(edge.to),
    ...edgeFacts(edge, await loadFacts(edge.from)));
}

/** @param {Paths | Connecting} found */
function take(found) {
  const before = nodes.size;
  learn(found.nodes, found.edges);
  if (nodes.size !== before) showLegend();
  show(found.nodes.flatMap((node) => nodes.get(node.id) ?? []));
  showGathered();
  if (!isTouched()) fit();
}
