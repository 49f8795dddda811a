// What this module knows: how far a straight line bends, so that it does not run through a third thing's shape and
// make that look linked. By the places of the first view, so that the same lines bend the same way for everybody.

/** @import {Edge, Thing} from "./types.js" */
import { edges, nodes } from "./view.js";

/** The least first. */
const DETOURS = [0, 0.1, -0.1, 0.18, -0.18];
const LEAST_APART = 0.07;
const CLEAR = 17; // units from the middle of a thing: half its shape and some room
const MOST_LOOKED_AT = 20_000; // lines times things; a picture with more hides any single line

/**
 * Bend those lines of the first view that would run through a third thing.
 * @param {Map<string, number>} bends by line; filled in
 */
export function keepClear(bends) {
  const first = [...nodes.values()].filter((node) => node.shown);
  const ids = new Set(first.map((node) => node.id));
  const lines = [...edges.values()].filter((edge) => edge.from !== edge.to && ids.has(edge.from) && ids.has(edge.to));
  if (lines.length * first.length > MOST_LOOKED_AT) return;
  /** @type {Map<string, Edge[]>} */
  const pairs = new Map();
  for (const edge of lines) pairs.set(pairOf(edge), [...(pairs.get(pairOf(edge)) ?? []), edge]);
  const straight = lines.filter((edge) => !bends.get(edge.id));
  for (const edge of straight) {
    const { from, to } = edge;
    const [a, b] = [from, to].map((id) => /** @type {Thing} */ (nodes.get(id)));
    const others = first.filter((node) => node.id !== from && node.id !== to);
    const touched = (/** @type {number} */ bend) => others.filter((node) => isOnLine(node, a, b, bend)).length;
    if (!touched(0)) continue;
    // Another line between the two may bend that way already.
    const beside = (pairs.get(pairOf(edge)) ?? []).filter((other) => other !== edge);
    const bent = beside.map((other) => (bends.get(other.id) ?? 0) * (other.from === from ? 1 : -1));
    const free = DETOURS.filter((bend) => !bent.some((each) => Math.abs(each - bend) < LEAST_APART));
    const counts = free.map(touched);
    bends.set(edge.id, free[counts.indexOf(Math.min(...counts))] ?? 0);
  }
}

/** @param {Edge} edge */
const pairOf = ({ from, to }) => (from < to ? `${from} ${to}` : `${to} ${from}`);

/**
 * Whether a thing's shape lies on a line.
 * @param {Thing} node
 * @param {Thing} a
 * @param {Thing} b
 * @param {number} bend
 */
function isOnLine(node, a, b, bend) {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const long = Math.hypot(dx, dy);
  const reach = CLEAR + Math.abs(bend) * long;
  if (node.x < Math.min(a.x, b.x) - reach || node.x > Math.max(a.x, b.x) + reach
    || node.y < Math.min(a.y, b.y) - reach || node.y > Math.max(a.y, b.y) + reach) return false;
  const steps = Math.ceil(long / CLEAR) * 2;
  for (let step = 0; step < steps; step += 1) {
    const t = step / steps;
    const lift = 2 * t * (1 - t) * bend; // as in `besideLine`
    if (Math.hypot(a.x + t * dx + lift * dy - node.x, a.y + t * dy - lift * dx - node.y) < CLEAR) return true;
  }
  return false;
}
