// What this module knows: how the address carries what is selected, what a person has changed of the view, where it
// is looked at from, and the edition that it was made of. All of it is packed, so that a link can be mailed.

/** @import {Selection, Shape} from "./types.js" */
/** @import {Changes} from "./view.js" */
import { cameraNow, isTouched, onTouch } from "./camera.js";
import { currentChanges, isChanged, onChange, view } from "./view.js";

/** @typedef {{edition: string, changes: Partial<Changes>, camera: [number, number, number] | null,
 *   shape?: Shape}} Link */

const KEYS = /** @type {const} */ (["select", "edge", "statement", "paths", "connect", "passage"]);
const LONGEST = 200_000; // characters of a packed view, unpacked
const MOST = 2_000; // things that a link may name
const PAUSE_MS = 200;

/** The view as it stands in the address. */
let packed = "";

/** @param {Selection} to */
export function hashOf(to) {
  const parts = Object.entries(to).filter(([, value]) => value).map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return `#${parts.join("&")}`;
}

/** The whole address of a selection, the view with it. @param {Selection} to */
export function addressOf(to) {
  const hash = hashOf(to);
  return packed ? `${hash}${hash === "#" ? "" : "&"}view=${packed}` : hash;
}

/** @returns {Selection} */
export function selectionInHash() {
  const values = new URLSearchParams(location.hash.slice(1));
  /** @type {Selection} */
  const found = {};
  for (const key of KEYS) {
    const value = values.get(key);
    if (value) found[key] = value;
  }
  return found;
}

/** @param {ReadableStream<Uint8Array>} stream @param {number} limit */
async function readAll(stream, limit) {
  const reader = stream.getReader();
  /** @type {Uint8Array[]} */
  const parts = [];
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > limit) throw new RangeError("too long");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(/** @type {BlobPart[]} */ (parts)).arrayBuffer());
}

/** @param {unknown} value */
async function pack(value) {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = await readAll(stream, LONGEST);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {string} text */
async function unpack(text) {
  const bytes = Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(new TextDecoder().decode(await readAll(stream, LONGEST)));
}

/** @param {unknown} found @returns {string[]} */
const texts = (found) => (Array.isArray(found) ? found.filter((each) => typeof each === "string").slice(0, MOST) : []);
/** @param {unknown} value @returns {value is number} */
const isNumber = (value) => typeof value === "number" && Math.abs(value) < 1e7;

/**
 * The view that an address carries; null where it carries none, or none that can be read.
 * @returns {Promise<Link | null>}
 */
export async function viewInHash() {
  const text = new URLSearchParams(location.hash.slice(1)).get("view") ?? "";
  if (!text || text.length > LONGEST) return null;
  try {
    const found = await unpack(text);
    const { edition, camera, shape, changes = {} } = Object(found);
    /** @type {Record<string, [number, number]>} */
    const places = {};
    for (const [iri, at] of Object.entries(Object(changes.places)).slice(0, MOST)) {
      if (Array.isArray(at) && isNumber(at[0]) && isNumber(at[1])) places[iri] = [at[0], at[1]];
    }
    packed = text;
    return {
      edition: typeof edition === "string" && /^\d{1,12}$/.test(edition) ? edition : "",
      camera: Array.isArray(camera) && camera.length === 3 && camera.every(isNumber) && camera[2] > 0
        ? /** @type {[number, number, number]} */ (camera) : null,
      shape: shape === "tall" ? "tall" : "wide",
      changes: {
        on: texts(changes.on), off: texts(changes.off), camps: texts(changes.camps), lines: texts(changes.lines),
        added: texts(changes.added), hidden: texts(changes.hidden), pinned: texts(changes.pinned), places,
        parts: typeof changes.parts === "object" && changes.parts ? { ...changes.parts } : {},
      },
    };
  } catch {
    return null;
  }
}

/** Whether the view in the address is the one on the page. */
export const isOwnView = () => (new URLSearchParams(location.hash.slice(1)).get("view") ?? "") === packed;

/** The view as a link packs it: only what differs from the first view. */
function linked() {
  const changes = Object.fromEntries(Object.entries(currentChanges()).filter(([, part]) => Object.keys(part).length));
  const shape = view.shape === "wide" ? {} : { shape: view.shape };
  return { edition: view.edition, ...shape, changes, camera: isTouched() ? cameraNow() : null };
}

/** An address that gives this very view to whoever opens it, the edition and the frame with it. */
export async function wholeAddress() {
  const text = await pack({ ...linked(), camera: cameraNow() });
  const hash = hashOf(view.selection);
  return `${location.origin}${location.pathname}${location.search}${hash}${hash === "#" ? "" : "&"}view=${text}`;
}

let turn = 0;
/** Write the view into the address, without a step back of its own. */
export async function keepView() {
  const mine = ++turn;
  const text = isChanged() || isTouched() ? await pack(linked()) : "";
  if (mine !== turn) return;
  packed = text;
  const hash = addressOf(view.selection);
  history.replaceState(history.state, "", hash === "#" ? location.pathname + location.search : hash);
  keepInLinks();
}

/** The other languages lead to the same view. */
export function keepInLinks() {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".languages a"))) link.hash = location.hash;
}

let pause = 0;
/** Keep the view in the address, once a person has paused. */
function keepViewSoon() {
  clearTimeout(pause);
  pause = setTimeout(() => void keepView(), PAUSE_MS);
}
onChange(keepViewSoon);
onTouch(keepViewSoon);
