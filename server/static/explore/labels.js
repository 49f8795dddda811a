// What this module knows: where labels may stand so that they keep clear of each other.

/** @import {Box, Edge, Point, Thing} from "./types.js" */
import RBush from "rbush";
import { STRONG, toneOf } from "./glyphs.js";
import { language } from "./page.js";
import { bendOf, colours, picture, sizeOf } from "./picture.js";
import { sharedLabels, shown, shownLines, unseen, view } from "./view.js";

/** How far a label may well reach beyond all shapes, in pixels: a narrow frame cuts what reaches further. */
const OVERHANG = 60;

/** Who the story is about is named before others. @type {Map<string, number>} */
const LEADING = new Map([["Attempt", 400], ["Person", 500]]);
/** The part of a label, or of what it lies on, that may be covered; more for who and what the story is about, where there is no other place. */
const MOST_COVERED = 0.08;
const MOST_COVERED_BY_LEADING = 0.16;
/** How far a label had better stand from the shapes of others, in pixels: it would seem to be theirs. */
const CLEARANCE = 6;

/** In so many orders labels look for their places, and at so many spots around each shape, where things are few. */
const ORDERS = 6;
const SPOTS_OF_MANY = 8;
const FEW = 100;

/** @typedef {{text: string[], x: number, y: number, width: number, height: number, share: number, cost: number}} Spot */
/** @typedef {{id?: string, text: string[], x: number, y: number, angle: number, size: number, bold: boolean, colour: string, alpha: number, halo: number}} Label */
/** @type {{scale: number, labels: Label[]} | null} */
let layout = null;
export const forgetLabels = () => (layout = null);
/** @type {Map<string, number>} */
const widths = new Map();
const ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/**
 * Width of a text at a size of 1.
 * @param {string} text
 * @param {boolean} bold
 */
export function widthOf(text, bold) {
  const key = `${bold}${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    ruler.font = `${bold ? "bold " : ""}100px ${colours.font}`;
    widths.set(key, (width = ruler.measureText(text).width / 100));
  }
  return width;
}

/** How many times its height a line of a label may be wide: usually, and where that finds no room. */
const ROOMS = [9, 5];

/**
 * Break a label into lines: at spaces, or within a long run of Chinese.
 * @param {string} text
 * @param {number} room
 */
function linesOf(text, room) {
  if (widthOf(text, false) <= room) return [text];
  const words = text.includes(" ") ? text.split(/\s+/) : text.match(/[\p{ASCII}\p{Script=Latin}]+|./gsu) ?? [];
  const glue = text.includes(" ") ? " " : "";
  /** @type {string[]} */
  const lines = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last + glue + word, false) <= room) lines[lines.length - 1] = last + glue + word;
    else lines.push(word);
  }
  if (lines.length <= 3) return lines;
  const rest = Array.from(lines.slice(2).join(glue)).slice(0, 2 * room);
  while (rest.length > 1 && widthOf(`${rest.join("")}…`, false) > room) rest.pop();
  return [...lines.slice(0, 2), `${rest.join("").trimEnd()}…`];
}

/** @param {Box} a @param {Box} b */
export function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * Boxes, found by where they lie.
 * @extends {RBush<Box>}
 */
class Boxes extends RBush {
  /** @override @param {Box} box */
  toBBox({ x, y, width, height }) {
    return { minX: x, minY: y, maxX: x + width, maxY: y + height };
  }

  /** @override @param {Box} a @param {Box} b */
  compareMinX(a, b) {
    return a.x - b.x;
  }

  /** @override @param {Box} a @param {Box} b */
  compareMinY(a, b) {
    return a.y - b.y;
  }

  /** @param {Box} box */
  under(box) {
    return this.search(this.toBBox(box)).filter((other) => overlap(box, other) > 0);
  }
}

/** @typedef {{select?: string, edge?: string, near: Set<string> | null, hovered: string | null}} Lit what is brought out */
/** @type {Lit} */
export const UNLIT = { near: null, hovered: null };
/** @returns {Lit} */
const litNow = () => ({ select: view.selection.select, edge: view.selection.edge, near: view.near, hovered: view.hovered });

/**
 * The place of each label at this scale: beside its shape, where it covers least; along its line, where it covers nothing.
 * @param {number} scale
 * @param {Lit} [lit]
 * @param {number} [orders] in how many orders they look for them at most
 * @returns {Label[]}
 */
export function layLabels(scale, lit = litNow(), orders = ORDERS) {
  if (!picture) return [];
  const point = 1 / scale;
  const seen = shown();
  const shared = sharedLabels(seen);
  const isNear = (/** @type {string} */ id) => lit.near === null || lit.near.has(id);
  /** @type {Map<string, Point>} */
  const places = new Map();
  let taken = new Boxes();
  /** @type {Map<string, Box>} */
  const around = new Map();
  /** @type {Label[]} */
  const labels = [];
  for (const node of seen) places.set(node.id, picture.getPosition(node.id));
  const across = [...places.values()].map(({ x }) => x);
  const inside = { from: Math.min(...across) - OVERHANG * point, to: Math.max(...across) + OVERHANG * point };
  const weight = (/** @type {Thing} */ node) => (lit.select === node.id ? 1e6 : 0) +
    { strong: 200, mid: 100, pale: 0 }[toneOf(node.kind)] + (LEADING.get(node.kind) ?? 0) + node.degree;
  seen.sort((a, b) => weight(b) - weight(a));

  /** @param {Thing[]} some */
  const placeNodes = (some) => {
    for (const node of some) {
      const place = /** @type {Point} */ (places.get(node.id));
      const half = sizeOf(node) / 2 + 1;
      taken.insert({ x: place.x - half, y: place.y - half, width: 2 * half, height: 2 * half });
      const far = half + CLEARANCE * point;
      if (seen.length <= FEW) around.set(node.id, { x: place.x - far, y: place.y - far, width: 2 * far, height: 2 * far });
    }
    let order = some;
    /** @type {{taken: Boxes, labels: Label[], lacking: number} | null} */
    let best = null;
    for (let round = 0; round < orders; round += 1) {
      const boxes = new Boxes();
      boxes.load(taken.all());
      /** @type {Set<Thing>} */
      const lacking = new Set();
      const found = order.flatMap((node) => {
        const label = labelOf(node, /** @type {Point} */ (places.get(node.id)), scale, boxes, around, inside, shared.has(node.label), lit);
        if (!label) lacking.add(node);
        return label ?? [];
      });
      const price = [...lacking].reduce((sum, node) => sum + weight(node), 0);
      if (!best || price < best.lacking) best = { taken: boxes, labels: found, lacking: price };
      if (!lacking.size || seen.length > FEW) break;
      // What found no room had better choose first.
      order = [...order.filter((node) => lacking.has(node)), ...order.filter((node) => !lacking.has(node))];
    }
    taken = best?.taken ?? taken;
    labels.push(...(best?.labels ?? []));
  };
  placeNodes(seen.filter((node) => isNear(node.id)));
  const lines = shownLines().filter((edge) => isNear(edge.id) && edge.from !== edge.to);
  lines.sort((a, b) => Number(b.id === lit.edge) - Number(a.id === lit.edge));
  for (const edge of lines) {
    const a = /** @type {Point} */ (places.get(edge.from));
    const b = /** @type {Point} */ (places.get(edge.to));
    const size = Math.min(Math.max(10.5 * scale, lit.near ? 11 : 10), 14) * point;
    const width = widthOf(edge.label, false) * size + 4 * point;
    const spot = besideLine(a, b, bendOf(edge.id), width, size * 1.25, taken, edge.id === lit.edge);
    if (!spot) continue;
    taken.load(spot.boxes);
    const colour = edge.modality === "disputed" ? colours.contradiction : lit.near ? colours.ink : colours.muted;
    labels.push({ text: [edge.label], x: spot.x, y: spot.y, angle: spot.angle, size, bold: false, colour, alpha: 1, halo: 3.5 * point });
  }
  placeNodes(seen.filter((node) => !isNear(node.id)));
  return labels;
}

/**
 * Where the middle of a label may stand around its shape, the usual first.
 * @param {number} right beside it
 * @param {number} down below it
 * @param {number} gap
 */
function spotsAround(right, down, gap) {
  const [near, low] = [right - gap / 2, down - gap / 2];
  return [[0, down], [0, -down], [right, 0], [-right, 0], [near, low], [-near, low], [near, -low], [-near, -low],
    [near / 2, down], [-near / 2, down], [near / 2, -down], [-near / 2, -down], [right, low / 2], [-right, low / 2], [right, -low / 2], [-right, -low / 2]];
}

/**
 * The label of a thing, at the free place nearest to the usual one; null where it would cover too much.
 * @param {Thing} node
 * @param {Point} place
 * @param {number} scale
 * @param {Boxes} taken boxes in use; the label's own is added
 * @param {Map<string, Box>} around the surroundings of shapes, which only their own labels should stand in; none where things are many
 * @param {{from: number, to: number}} inside how far labels had better reach
 * @param {boolean} isShared whether another thing has the same
 * @param {Lit} lit
 * @returns {Label | null}
 */
function labelOf(node, place, scale, taken, around, inside, isShared, lit) {
  const point = 1 / scale;
  const selected = lit.select === node.id;
  const bold = STRONG.has(node.kind) || selected;
  const size = Math.min(Math.max((bold ? 14 : 12.5) * scale, bold ? 12.5 : 11.5), 19) * point;
  /** @type {Spot | null} */
  let best = null;
  let before = 0;
  const isOneOfFew = around.size > 0;
  for (const room of isOneOfFew ? ROOMS : ROOMS.slice(0, 1)) {
    const text = linesOf(node.label, room);
    if (text.length === before) break;
    before = text.length;
    if (isShared && node.className) text.push(language === "en" ? `(${node.className})` : `（${node.className}）`);
    if (node.kind === "Attempt" && node.date) text.push(node.date);
    const more = selected || lit.hovered === node.id ? unseen(node) : 0;
    if (more) text.push(`+${more}`);
    const width = Math.max(...text.map((line) => widthOf(line, bold))) * size;
    const height = text.length * size * 1.2;
    const gap = sizeOf(node) * (selected ? 0.95 : 0.5) + 2 * point;
    const right = gap + width / 2;
    const down = gap + height / 2;
    // Only what is near can be covered.
    const reach = { x: place.x - right - width / 2, y: place.y - down - height / 2, width: 2 * right + width, height: 2 * down + height };
    const near = taken.under(reach);
    const others = [...around].flatMap(([id, other]) => (id !== node.id && overlap(reach, other) > 0 ? [other] : []));
    for (const [x, y] of spotsAround(right, down, gap).slice(0, isOneOfFew ? undefined : SPOTS_OF_MANY)) {
      const box = { x: place.x + x - width / 2, y: place.y + y - height / 2, width, height };
      let [cover, share] = [0, 0];
      for (const other of near) {
        const area = overlap(box, other);
        cover += area;
        share = Math.max(share, area / Math.min(width * height, other.width * other.height));
      }
      let strange = 0;
      for (const other of others) strange += overlap(box, other);
      const cost = cover + strange / 2 + height * (Math.max(0, inside.from - box.x) + Math.max(0, box.x + width - inside.to));
      if (!best || cost < best.cost) best = { text, x, y, width, height, share, cost };
      if (cost === 0) break;
    }
    if (best?.cost === 0) break;
  }
  if (!best) return null;
  const { text, width, height } = best;
  const away = lit.near !== null && !lit.near.has(node.id);
  if (!selected && lit.hovered !== node.id && best.share > (away ? 0.02 : LEADING.has(node.kind) ? MOST_COVERED_BY_LEADING : MOST_COVERED)) return null;
  const x = place.x + best.x;
  const y = place.y + best.y;
  taken.insert({ x: x - width / 2, y: y - height / 2, width, height });
  return { id: node.id, text, x, y, angle: 0, size, bold, colour: colours.ink, alpha: away ? 0.4 : 1, halo: 3.5 * point };
}

/**
 * A free place for a label of this width on the line from a to b, or null.
 * @param {Point} a
 * @param {Point} b
 * @param {number} bend
 * @param {number} width
 * @param {number} height
 * @param {Boxes} taken
 * @param {boolean} needed
 */
function besideLine(a, b, bend, width, height, taken, needed) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = Math.hypot(dx, dy);
  if (length < 1 || (length < width + 24 && !needed)) return null;
  let angle = Math.atan2(dy, dx);
  if (angle > Math.PI / 2 || angle <= -Math.PI / 2) angle += Math.PI;
  const steps = Math.max(2, Math.ceil(width / height));
  for (const t of [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73]) {
    if (!needed && Math.min(t, 1 - t) * length < width / 2 + 8) continue;
    // vis-network bends a line as a quadratic curve, its control point beside the middle.
    const lift = 2 * t * (1 - t) * bend;
    const x = a.x + t * dx + lift * dy;
    const y = a.y + t * dy - lift * dx;
    const boxes = Array.from({ length: steps }, (_, i) => {
      const along = ((i + 0.5) / steps - 0.5) * width;
      const reach = Math.max(width / steps * Math.abs(Math.cos(angle)), height * 0.8);
      const rise = Math.max(width / steps * Math.abs(Math.sin(angle)), height * 0.8);
      return { x: x + along * Math.cos(angle) - reach / 2, y: y + along * Math.sin(angle) - rise / 2, width: reach, height: rise };
    });
    if (needed || !boxes.some((box) => taken.under(box).length)) return { x, y, angle, boxes };
  }
  return null;
}

/** @param {CanvasRenderingContext2D} ctx */
export function drawLabels(ctx) {
  const scale = picture?.getScale() ?? 1;
  if (!layout || Math.abs(layout.scale / scale - 1) > 0.001) layout = { scale, labels: layLabels(scale) };
  ctx.save();
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (const label of layout.labels) {
    ctx.save();
    ctx.globalAlpha = label.alpha;
    ctx.translate(label.x, label.y);
    ctx.rotate(label.angle);
    ctx.font = `${label.bold ? "bold " : ""}${label.size}px ${colours.font}`;
    ctx.lineWidth = label.halo;
    ctx.strokeStyle = colours.ground;
    ctx.fillStyle = label.colour;
    label.text.forEach((line, index) => {
      const y = (index - (label.text.length - 1) / 2) * label.size * 1.2;
      ctx.strokeText(line, 0, y);
      ctx.fillText(line, 0, y);
    });
    ctx.restore();
  }
  ctx.restore();
}

/**
 * Whose label is at a point of the picture.
 * @param {Point} at
 * @returns {string | undefined}
 */
export function labelAt({ x, y }) {
  return layout?.labels.find(({ id, text, size, bold, ...at }) => {
    if (id === undefined) return false;
    const wide = Math.max(...text.map((line) => widthOf(line, bold))) * size;
    return Math.abs(x - at.x) <= wide / 2 && Math.abs(y - at.y) <= text.length * size * 0.6;
  })?.id;
}
