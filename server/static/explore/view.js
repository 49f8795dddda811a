// What this module knows: which things and lines are on the page, and what a person has changed of the first view.
// Every change can be taken back, and all changes together are what a link carries.

/** @import {Thing, Edge, Kind, Selection, Article, NetworkData, Shape} from "./types.js" */

/**
 * What a person has changed. `parts` belongs to panels: what they filter by, or draw by.
 * @typedef {{on: string[], off: string[], camps: string[], lines: string[], added: string[], hidden: string[],
 *   pinned: string[], places: Record<string, [number, number]>, parts: Record<string, unknown>}} Changes
 */

/** All things that have been fetched, in view or not. @type {Map<string, Thing>} */
export const nodes = new Map();
/** @type {Map<string, Edge>} */
export const edges = new Map();
/** The lines at each thing. @type {Map<string, Set<string>>} */
const linesAt = new Map();
/** Things shown although filters hide them, because they are selected. @type {Set<string>} */
export const revealed = new Set();
/** Things of the first view's network. @type {Set<string>} */
const base = new Set();

export const view = {
  /** @type {Kind[]} */
  kinds: [],
  /** Who heads each camp, as the data have it. @type {Record<string, string>} */
  campNames: {},
  /** How many things there are in all, where the network leaves some out. */
  total: 0,
  edition: "",
  /** What the picture is laid out for. @type {Shape} */
  shape: "wide",
  /** @type {Selection} */
  selection: {},
  /** Things and lines near the selection; null where nothing is selected. @type {Set<string> | null} */
  near: null,
  /** @type {string | null} */
  hovered: null,
  /** @type {Article | null} */
  article: null,
  /** Things gathered to compare, by their IRIs. @type {string[]} */
  gathered: [],
};

/** @returns {Changes} */
const none = () => ({ on: [], off: [], camps: [], lines: [], added: [], hidden: [], pinned: [], places: {}, parts: {} });

let changes = none();
/** @type {Changes[]} */
let done = [];
/** @type {Changes[]} */
let undone = [];
const KEPT = 200;
/** The same as sets, for the eyes of `inView`. */
let sets = derive();

function derive() {
  return {
    kindsOn: new Set(view.kinds.filter((kind) => (kind.shown || changes.on.includes(kind.class)) && !changes.off.includes(kind.class)).map((kind) => kind.class)),
    campsOff: new Set(changes.camps),
    linesOff: new Set(changes.lines),
    added: new Set(changes.added),
    hidden: new Set(changes.hidden),
    pinned: new Set(changes.pinned),
  };
}

/* ---------------------------------------------------------------- who wants to know */

/** @type {(() => void)[]} */
const listeners = [];

/**
 * Call back after every change of what is shown, or how.
 * @param {() => void} listener
 */
export const onChange = (listener) => void listeners.push(listener);

export function changed() {
  sets = derive();
  for (const listener of listeners) listener();
}

/* ---------------------------------------------------------------- what is shown */

/** A panel's say on which things are shown, by the panel's name. @type {Map<string, (thing: Thing) => boolean>} */
const filters = new Map();

/**
 * Let a panel hide things: those that its test refuses. It reads its own part of the changes.
 * @param {string} name
 * @param {((thing: Thing) => boolean) | null} test
 */
export function filterBy(name, test) {
  if (test) filters.set(name, test);
  else filters.delete(name);
}

/** @param {Thing} node */
export const inView = (node) => revealed.has(node.id) || isShown(node);

/**
 * Whether a thing is in view, selected or not.
 * @param {Thing} node
 */
function isShown(node) {
  if (sets.pinned.has(node.id)) return true;
  if (sets.hidden.has(node.id) || sets.campsOff.has(node.camp ?? "none")) return false;
  if (!sets.added.has(node.id) && !(base.has(node.id) && sets.kindsOn.has(node.class))) return false;
  for (const test of filters.values()) if (!test(node)) return false;
  return true;
}

/** @param {Edge} edge */
export function lineInView(edge) {
  const from = nodes.get(edge.from);
  const to = nodes.get(edge.to);
  return Boolean(from && to && !sets.linesOff.has(edge.predicate) && inView(from) && inView(to));
}

/** The things in view. */
export const shown = () => [...nodes.values()].filter(inView);
/**
 * The labels that several things in view have: their class tells them apart.
 * @param {Thing[]} seen
 */
export function sharedLabels(seen) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { label } of seen) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Set([...counts].flatMap(([label, count]) => (count > 1 ? [label] : [])));
}
/** The lines in view. */
export const shownLines = () => [...edges.values()].filter(lineInView);
/** @param {string} kind */
export const isKindOn = (kind) => sets.kindsOn.has(kind);
/** @param {string} camp */
export const isCampOn = (camp) => !sets.campsOff.has(camp);
/** @param {string} predicate */
export const isLineOn = (predicate) => !sets.linesOff.has(predicate);
/**
 * How many things of each camp there are among the kinds that are shown; what has none counts as "none".
 * @returns {Record<string, number>}
 */
export function campCounts() {
  /** @type {Record<string, number>} */
  const counts = { challenger: 0, incumbent: 0, none: 0 };
  for (const node of nodes.values()) {
    if (sets.added.has(node.id) || (base.has(node.id) && sets.kindsOn.has(node.class))) counts[node.camp ?? "none"] += 1;
  }
  return counts;
}
/** @param {string} iri */
export const isPinned = (iri) => sets.pinned.has(iri);

/**
 * The lines at a thing that are known here.
 * @param {string} iri
 */
export const linesOf = (iri) => [...(linesAt.get(iri) ?? [])].flatMap((id) => edges.get(id) ?? []);

/**
 * How many of a thing's links are not to be seen.
 * @param {Thing} node
 */
export function unseen(node) {
  return Math.max(0, node.degree - linesOf(node.id).filter(lineInView).length);
}

/* ---------------------------------------------------------------- what is known */

/**
 * Take in things and lines; what is known already stays as it is.
 * @param {Thing[]} things
 * @param {Edge[]} lines
 */
export function learn(things, lines) {
  for (const node of things) {
    if (nodes.has(node.id)) continue;
    const camp = node.camp === "challenger" || node.camp === "incumbent" ? node.camp : null;
    nodes.set(node.id, { ...node, camp });
    if (!view.kinds.some((kind) => kind.class === node.class)) {
      view.kinds.push({ class: node.class, kind: node.kind, label: node.className || "—", count: 0, shown: false });
    }
  }
  for (const edge of lines) {
    if (edges.has(edge.id) || !nodes.has(edge.from) || !nodes.has(edge.to)) continue;
    edges.set(edge.id, edge);
    for (const end of [edge.from, edge.to]) linesAt.set(end, (linesAt.get(end) ?? new Set()).add(edge.id));
  }
  for (const kind of view.kinds) kind.count = Math.max(kind.count, [...nodes.values()].filter((node) => node.class === kind.class).length);
}

/** @param {NetworkData} data */
export function begin(data) {
  view.kinds = data.classes.map((kind) => ({ ...kind }));
  view.campNames = data.camps ?? {};
  view.edition = data.edition ?? "";
  view.total = data.total?.things ?? data.nodes.length;
  for (const node of data.nodes) base.add(node.id);
  learn(data.nodes, data.edges);
  sets = derive();
}

/* ---------------------------------------------------------------- changes, which can be taken back */

/**
 * Change the view by an act on a copy of the changes.
 * @param {(draft: Changes) => void} act
 */
export function change(act) {
  const draft = structuredClone(changes);
  act(draft);
  if (JSON.stringify(draft) === JSON.stringify(changes)) return;
  done = [...done.slice(-KEPT), changes];
  undone = [];
  changes = draft;
  changed();
}

export function undo() {
  const before = done.pop();
  if (!before) return;
  undone.push(changes);
  changes = before;
  changed();
}

export function redo() {
  const after = undone.pop();
  if (!after) return;
  done.push(changes);
  changes = after;
  changed();
}

export const canUndo = () => done.length > 0;
export const canRedo = () => undone.length > 0;
/** What has been changed of the first view; not to be written to. */
export const currentChanges = () => changes;
/** Whether anything has been. */
export const isChanged = () => JSON.stringify(changes) !== JSON.stringify(none());

/**
 * Begin from the changes that a link carries.
 * @param {Partial<Changes>} found
 */
export function restore(found) {
  changes = { ...none(), ...found };
  done = [];
  undone = [];
  changed();
}

/**
 * A panel's part of the changes.
 * @template T
 * @param {string} name
 * @param {T} fallback
 * @returns {T}
 */
export const partOf = (name, fallback) => /** @type {T} */ (changes.parts[name] ?? fallback);

/**
 * Put things on the page, each at a place of its own.
 * @param {Thing[]} things
 */
export function show(things) {
  change((draft) => {
    for (const { id, x, y } of things) {
      draft.hidden = draft.hidden.filter((iri) => iri !== id);
      const node = /** @type {Thing} */ (nodes.get(id));
      if (isShown(node)) continue;
      if (!draft.added.includes(id)) draft.added.push(id);
      if (!base.has(id)) draft.places[id] = [Math.round(x), Math.round(y)];
    }
  });
}

/** @param {string[]} iris */
export function hide(iris) {
  change((draft) => {
    draft.added = draft.added.filter((iri) => !iris.includes(iri));
    draft.pinned = draft.pinned.filter((iri) => !iris.includes(iri));
    draft.hidden = [...new Set([...draft.hidden, ...iris])];
  });
}

/** @param {string} iri */
export function pin(iri) {
  change((draft) => {
    draft.pinned = draft.pinned.includes(iri) ? draft.pinned.filter((other) => other !== iri) : [...draft.pinned, iri];
  });
}

/** Who was brought by following whom. @type {Map<string, Set<string>>} */
const brought = new Map();

/**
 * Bring things onto the page by following another, until that is collapsed.
 * @param {string} iri who was followed
 * @param {Thing[]} things
 */
export function bring(iri, things) {
  const node = nodes.get(iri);
  const own = brought.get(iri) ?? new Set();
  for (const { id } of things) own.add(id);
  brought.set(iri, own);
  show(node && !inView(node) ? [node, ...things] : things);
}

/**
 * What hangs on a thing: what was brought by following it, and its neighbours in view that nothing else in view is linked to.
 * @param {string} iri
 */
export function hangingOn(iri) {
  const near = new Set(linesOf(iri).filter(lineInView).flatMap((edge) => [edge.from, edge.to]));
  near.delete(iri);
  const alone = [...near].filter((other) => linesOf(other).filter(lineInView).every((edge) => edge.from === iri || edge.to === iri));
  const added = [...(brought.get(iri) ?? [])].filter((other) => sets.added.has(other) && !sets.pinned.has(other) && other !== iri);
  return [...new Set([...alone, ...added])];
}

/**
 * Switch a class, a camp or a kind of line.
 * @param {"class" | "camp" | "line"} what
 * @param {string} key
 * @param {boolean} on
 */
export function toggle(what, key, on) {
  change((draft) => {
    if (what === "class") {
      draft.on = draft.on.filter((other) => other !== key);
      draft.off = draft.off.filter((other) => other !== key);
      const normal = view.kinds.find((kind) => kind.class === key)?.shown ?? false;
      if (on !== normal) (on ? draft.on : draft.off).push(key);
      const ofKind = (/** @type {string} */ iri) => nodes.get(iri)?.class === key;
      if (on) {
        draft.hidden = draft.hidden.filter((iri) => !ofKind(iri));
        for (const node of nodes.values()) if (node.class === key && !base.has(node.id) && !draft.added.includes(node.id) && draft.places[node.id]) draft.added.push(node.id);
      } else draft.added = draft.added.filter((iri) => !ofKind(iri));
    } else {
      const list = what === "camp" ? draft.camps : draft.lines;
      const at = list.indexOf(key);
      if (on && at >= 0) list.splice(at, 1);
      if (!on && at < 0) list.push(key);
    }
  });
}
