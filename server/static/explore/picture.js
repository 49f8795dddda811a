// What this module knows: how things and lines are drawn on the canvas, by vis-network.

/** @import {Edge, NetworkData, Thing, Vis, VisData, VisEvent, VisNetwork} from "./types.js" */
import { keepClear } from "./clearance.js";
import { CAMP_MARKS, outlineOf, toneOf } from "./glyphs.js";
import { drawLabels, forgetLabels, labelAt } from "./labels.js";
import { find } from "./page.js";
import { touch } from "./camera.js";
import { gather } from "./gathering.js";
import { go } from "./selection.js";
import { change, currentChanges, edges, inView, isPinned, lineInView, nodes, shown, view } from "./view.js";

/** @type {Record<string, string>} */
export let colours = {};
export function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ground", "sheet", "ink", "muted", "line", "edge", "mark", "contradiction",
    "challenger", "challenger-mid", "challenger-pale", "incumbent", "incumbent-mid", "incumbent-pale", "other", "other-mid", "other-pale"]) {
    colours[name] = style.getPropertyValue(`--${name}`).trim();
  }
  colours.font = style.getPropertyValue("--sans").trim();
}

/** @type {VisNetwork | null} */
export let picture = null;
/** @type {VisData | null} */
let drawnNodes = null;
/** @type {VisData | null} */
let drawnEdges = null;
export const canvas = find(".canvas");
/** How an edge bends, so that two between the same things lie apart. @type {Map<string, number>} */
const bends = new Map();
/** @type {Map<string, Path2D>} */
const paths = new Map();

/** How a panel has things sized, as a factor, and coloured. @type {{size: ((node: Thing) => number) | null, colour: ((node: Thing) => string | null) | null}} */
const measured = { size: null, colour: null };
/**
 * Let a panel size and colour things by a measure; null as they were.
 * @param {((node: Thing) => number) | null} size a factor, 1 for the usual size
 * @param {((node: Thing) => string | null) | null} colour a colour of CSS
 */
export function drawBy(size, colour) {
  measured.size = size;
  measured.colour = colour;
}
/** @param {Thing} node */
const weightOf = (node) => measured.size?.(node) ?? 1;

/**
 * Width of a thing's shape, in units of the picture: when the view is small, shapes stay large enough to be told apart.
 * @param {Thing} node
 */
export function sizeOf(node) {
  const size = { strong: 29, mid: 23, pale: 22 }[toneOf(node.kind)] * weightOf(node);
  return size * Math.max(1, 0.74 / (picture?.getScale() ?? 1));
}

/** @param {string} outline */
function pathOf(outline) {
  let path = paths.get(outline);
  if (!path) paths.set(outline, (path = new Path2D(outline)));
  return path;
}

/**
 * Draw a thing's shape. vis-network calls it with the place, and asks how large it is.
 * @param {Thing} node
 */
function renderer(node) {
  const outline = outlineOf(node.kind);
  const tone = toneOf(node.kind);
  const camp = node.camp ?? "other";
  /** @param {{ctx: CanvasRenderingContext2D, x: number, y: number}} place */
  return ({ ctx, x, y }) => {
    const size = sizeOf(node);
    return { drawNode: () => drawNode(ctx, x, y, size), nodeDimensions: { width: size + 4, height: size + 4 } };
  };
  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {number} x
   * @param {number} y
   * @param {number} size
   */
  function drawNode(ctx, x, y, size) {
    const selected = view.selection.select === node.id;
    ctx.save();
    if (view.near && !view.near.has(node.id)) ctx.globalAlpha = 0.28;
    ctx.translate(x, y);
    if (selected || view.hovered === node.id) {
      ctx.beginPath();
      ctx.arc(0, 0, size * 0.85, 0, 2 * Math.PI);
      ctx.fillStyle = selected ? colours.ground : colours.line;
      ctx.fill();
      if (selected) {
        ctx.lineWidth = size * 0.24;
        ctx.strokeStyle = colours.ink;
        ctx.stroke();
        ctx.lineWidth = size * 0.16;
        ctx.strokeStyle = colours.mark;
        ctx.stroke();
      }
    }
    ctx.scale(size / 24, size / 24);
    ctx.translate(-12, -12);
    const path = pathOf(outline);
    if (!selected) {
      ctx.lineWidth = 4;
      ctx.lineJoin = "round";
      ctx.strokeStyle = colours.ground;
      ctx.stroke(path);
    }
    ctx.fillStyle = measured.colour?.(node) ?? colours[tone === "strong" ? camp : `${camp}-${tone}`];
    ctx.fill(path, "evenodd");
    if (tone === "pale") {
      ctx.lineWidth = 1.6;
      ctx.strokeStyle = colours[camp];
      ctx.stroke(path);
    }
    const badge = camp === "challenger" ? CAMP_MARKS.challenger : camp === "incumbent" ? CAMP_MARKS.incumbent : null;
    if (badge) {
      ctx.translate(18, -3);
      ctx.scale(0.36, 0.36);
      ctx.lineWidth = 8;
      ctx.strokeStyle = colours.ground;
      ctx.stroke(pathOf(badge));
      ctx.fillStyle = colours[camp];
      ctx.fill(pathOf(badge));
    }
    ctx.restore();
  }
}

/** Lines side by side between two things bend apart, in the order of their identifiers. */
function bendLines() {
  /** @type {Map<string, number>} */
  const pairs = new Map();
  bends.clear();
  for (const edge of [...edges.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const pair = [edge.from, edge.to].sort().join(" ");
    const before = pairs.get(pair) ?? 0;
    pairs.set(pair, before + 1);
    const side = before % 2 ? -1 : 1;
    const turned = edge.from < edge.to ? 1 : -1;
    bends.set(edge.id, before === 0 ? 0 : side * turned * 0.16 * Math.ceil(before / 2));
  }
  keepClear(bends);
}

/** @param {string} id */
export const bendOf = (id) => bends.get(id) ?? 0;

/** @param {Thing} node */
function placeOf(node) {
  const moved = currentChanges().places[node.id];
  return moved ? { x: moved[0], y: moved[1] } : { x: node.x, y: node.y };
}

/** The things and lines that vis-network has been given, and how each was to look. @type {Map<string, string>} */
const given = new Map();

/**
 * Those of some looks that vis-network has not been told yet: what it is told, it works out anew.
 * @template {{id: string}} T
 * @param {T[]} looks
 */
function untold(looks) {
  return looks.filter((look) => {
    const told = JSON.stringify(look);
    const isNew = given.get(look.id) !== told;
    given.set(look.id, told);
    return isNew;
  });
}

/** @param {Thing} node */
const nodeLook = (node) => ({ id: node.id, ...placeOf(node), hidden: !inView(node), fixed: isPinned(node.id) });

/** Give vis-network what it lacks, and how each thing and line is to look now. */
function giveAll() {
  if (!drawnNodes || !drawnEdges) return;
  const fresh = [...nodes.values()].filter((node) => !given.has(node.id));
  const freshLines = [...edges.values()].filter((edge) => !given.has(edge.id));
  if (fresh.length || freshLines.length) bendLines();
  isDense = [...edges.values()].filter(lineInView).length > MOST_HEADS;
  const looks = untold([...nodes.values()].map(nodeLook));
  const lineLooks = untold([...edges.values()].map((edge) => ({ id: edge.id, ...edgeLook(edge) })));
  const isFresh = new Set([...fresh, ...freshLines].map(({ id }) => id));
  drawnNodes.add(fresh.map((node) => ({ ...nodeLook(node), shape: "custom", ctxRenderer: renderer(node) })));
  drawnEdges.add(freshLines.map((edge) => ({ id: edge.id, from: edge.from, to: edge.to, ...edgeLook(edge) })));
  drawnNodes.update(looks.filter(({ id }) => !isFresh.has(id)));
  drawnEdges.update(lineLooks.filter(({ id }) => !isFresh.has(id)));
}

/** Where the things in view stand, to place others beside them. @returns {Record<string, [number, number]>} */
export function placesInView() {
  return Object.fromEntries(shown().map((node) => {
    const { x, y } = picture ? picture.getPosition(node.id) : node;
    return [node.id, [Math.round(x), Math.round(y)]];
  }));
}

/** Whoever wants to know of a double press on a thing. @type {(iri: string, at: {x: number, y: number}) => void} */
let opened = () => {};
/** @param {(iri: string, at: {x: number, y: number}) => void} listener */
export const onDoublePress = (listener) => void (opened = listener);

export function draw() {
  const { DataSet, Network } = /** @type {Vis} */ (/** @type {any} */ (globalThis).visNetwork);
  drawnNodes = new DataSet();
  drawnEdges = new DataSet();
  giveAll();
  drawnAt = frameSize();
  picture = new Network(canvas, { nodes: drawnNodes, edges: drawnEdges }, {
    physics: false,
    autoResize: false,
    layout: { improvedLayout: false },
    interaction: { hover: true, hoverConnectedEdges: false, selectable: true, selectConnectedEdges: false, multiselect: false,
      dragNodes: true, keyboard: false, navigationButtons: false, zoomSpeed: 0.6 },
    nodes: { chosen: false },
    edges: { chosen: false, selectionWidth: 0, arrowStrikethrough: false },
    configure: { enabled: false },
  });
  canvas.querySelectorAll("[tabindex]").forEach((inner) => inner.setAttribute("tabindex", "-1"));
  picture.on("afterDrawing", drawLabels);
  picture.on("click", (/** @type {VisEvent} */ event) => {
    picture?.unselectAll();
    const iri = event.nodes[0] ?? labelAt(event.pointer.canvas);
    if (iri) {
      const { ctrlKey, metaKey, shiftKey } = event.event?.srcEvent ?? {};
      if (ctrlKey || metaKey || shiftKey) gather(iri);
      else go({ select: iri });
    } else if (event.edges.length) go({ edge: event.edges[0] });
    else go({});
  });
  picture.on("doubleClick", (/** @type {VisEvent} */ event) => {
    const iri = picture?.getNodeAt(event.pointer.DOM) ?? labelAt(event.pointer.canvas); // the first press has unselected it
    if (iri) opened(iri, event.pointer.DOM);
  });
  canvas.addEventListener("pointermove", ({ offsetX: x, offsetY: y }) => {
    canvas.classList.toggle("over-label", Boolean(picture && labelAt(picture.DOMtoCanvas({ x, y }))));
  });
  picture.on("hoverNode", (/** @type {{node: string}} */ event) => hover(event.node));
  picture.on("blurNode", () => hover(null));
  picture.on("hoverEdge", () => canvas.classList.add("over-edge"));
  picture.on("blurEdge", () => canvas.classList.remove("over-edge"));
  picture.on("zoom", () => touch());
  picture.on("dragStart", (/** @type {VisEvent} */ event) => event.nodes.length || touch());
  picture.on("dragging", (/** @type {VisEvent} */ event) => event.nodes.length && forgetLabels());
  picture.on("dragEnd", (/** @type {VisEvent} */ event) => {
    picture?.unselectAll();
    const [iri] = event.nodes;
    if (iri) keepPlace(iri);
    else touch();
  });
}

const frameSize = () => `${canvas.clientWidth} ${canvas.clientHeight} ${devicePixelRatio}`;
let drawnAt = "";

/**
 * Fill the frame anew, if it is another; what is in its middle stays there, and as large.
 * @returns {boolean} whether it was another
 */
export function resize() {
  const size = frameSize();
  if (!picture || size === drawnAt) return false;
  drawnAt = size;
  const position = picture.getViewPosition();
  const scale = picture.getScale();
  picture.setSize("100%", "100%");
  picture.moveTo({ position, scale, animation: false });
  picture.redraw();
  return true;
}

/** @param {string} iri */
function keepPlace(iri) {
  const place = picture?.getPosition(iri);
  if (place) change((draft) => void (draft.places[iri] = [Math.round(place.x), Math.round(place.y)]));
}

/** @param {string | null} iri */
export function hover(iri) {
  view.hovered = iri;
  forgetLabels();
  picture?.redraw();
}

/** Beyond so many lines in view heads of arrows only blacken the picture, and take a third of the time to draw. */
const MOST_HEADS = 800;
let isDense = false;

/** @param {Edge} edge */
function edgeLook(edge) {
  const chosen = view.selection.edge === edge.id;
  const away = view.near !== null && !view.near.has(edge.id);
  const bend = bendOf(edge.id);
  return {
    hidden: !lineInView(edge),
    arrows: { to: { enabled: !isDense || chosen || (view.near !== null && !away), scaleFactor: 0.45 } },
    color: {
      color: edge.modality === "disputed" ? colours.contradiction : chosen || (view.near && !away) ? colours.ink : colours.edge,
      opacity: away ? 0.15 : 1,
    },
    width: chosen ? 3 : view.near && !away ? 1.6 : 1,
    dashes: edge.modality === "asserted" ? false : edge.modality === "disputed" ? [2, 3] : [6, 4],
    smooth: bend ? { enabled: true, type: bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(bend) } : { enabled: false },
  };
}

/** Draw what is shown, as it is now. */
export function redraw() {
  giveAll();
  forgetLabels();
  picture?.redraw();
}
