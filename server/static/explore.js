// What this module knows: how to draw a network of things, show the facts of one of them, and mark the
// passages that say so. It knows the JSON of the pages' interface, and nothing of where it comes from:
// URLs and words stand in the document. Every label is written as text, never as markup.

/**
 * @typedef {{type: "iri", iri: string, label: string, path?: string}
 *   | {type: "literal", value: string, text: string, language?: string | null, datatype?: string | null}} Term
 * @typedef {{iri: string, label: string, kind?: string}} Named
 * @typedef {{id: string, label: string, class: string, className: string, kind: string, camp: string | null,
 *   x: number, y: number, shown: boolean, date?: string | null, degree: number}} Thing
 * @typedef {{id: string, from: string, to: string, predicate: string, label: string, modality: string,
 *   statements: string[]}} Edge
 * @typedef {{class: string, kind: string, label: string, count: number, shown: boolean}} Kind
 * @typedef {{language: string, nodes: Thing[], edges: Edge[], classes: Kind[], camps?: Record<string, string>}} NetworkData
 * @typedef {{source: string, language: string, start: number, end: number, exact: string}} Passage
 * @typedef {{iri: string, path?: string, text: string, paraphrase?: string | null, article?: string, articleTitle?: string,
 *   modality?: Named | null, by?: Term | null, passages?: Passage[], original?: {start: number, end: number}[],
 *   implied?: Term[], contradicts?: string[], oddities?: string[], premises?: string[], rule?: Named | string | null,
 *   subject?: Term, predicate?: Named, object?: Term}} Statement
 * @typedef {{subject: Term, predicate: Named, object: Term, direction: "in" | "out", asserted: boolean,
 *   modality?: Named | null, statements: string[],
 *   inferred?: null | {iri: string, rule?: Named | string | null, premises?: string[]}}} Fact
 * @typedef {{iri: string, metric: Term, about?: Term | null, text: string, number?: string | null, unit?: Named | string | null,
 *   precision?: Named | string | null, modality?: Named | string | null, period?: string | null, rate?: string | null,
 *   per?: Term | null, shareOf?: Term | null, reportedBy?: Term | null, statements: string[]}} Figure
 * @typedef {{iri: string, label: string, path?: string, class?: Named | null, description?: string | null,
 *   names?: {language: string, text: string, preferred: boolean}[], links?: Named[], facts: Fact[], figures?: Figure[],
 *   statements: Record<string, Statement>}} Facts
 * @typedef {{slug: string, title: string, path: string, language: string, source: string, translations?: string[],
 *   blocks: {level: number, start: number, end: number, text: string}[],
 *   passages: {start: number, end: number, statements: string[]}[], statements?: Record<string, Statement>}} Article
 * @typedef {{select?: string, edge?: string, statement?: string}} Selection
 * @typedef {{start: number, end: number}} Span
 * @typedef {{x: number, y: number}} Point
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 */

/**
 * The part of vis-network that is used here.
 * @typedef {{add: (items: object[]) => void, update: (items: object[]) => void}} VisData
 * @typedef {{nodes: string[], edges: string[], pointer: {DOM: Point}}} VisEvent
 * @typedef {{on: (name: string, listener: (argument: any) => void) => void, redraw: () => void, getScale: () => number,
 *   getViewPosition: () => Point, moveTo: (options: object) => void, getPosition: (id: string) => Point,
 *   canvasToDOM: (point: Point) => Point, unselectAll: () => void}} VisNetwork
 * @typedef {{DataSet: new () => VisData, Network: new (element: HTMLElement, data: object, options: object) => VisNetwork}} Vis
 */

/* ---------------------------------------------------------------- words and elements */

/**
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 */
function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/**
 * Make an element; attributes that are null or false are left out, children that are strings become text.
 * @param {string} name
 * @param {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} attributes
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/** @type {Record<string, string>} */
const MESSAGES = JSON.parse(find("#shuangma-messages").textContent || "{}");

/**
 * The words for a key, with its braces filled in.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
function say(key, values = {}) {
  const words = MESSAGES[`explore.${key}`] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** @param {Term | Named | string | null | undefined} term */
const wording = (term) => (!term ? "" : typeof term === "string" ? term : "label" in term ? term.label : term.text);

const page = find("main.explore");
const language = page.dataset.language || "zh-Hant";

/* ---------------------------------------------------------------- where the data come from */

const embedded = document.getElementById("shuangma-data");
/**
 * A picture that was saved as one file carries everything; its statements stand once, for all facts and texts.
 * @type {{network: NetworkData, facts: Record<string, Facts>, statements?: Record<string, Statement>,
 *   articles: Record<string, Article>} | null}
 */
const saved = embedded ? JSON.parse(embedded.textContent || "null") : null;
if (saved) {
  for (const document of [...Object.values(saved.facts), ...Object.values(saved.articles)]) document.statements ??= saved.statements ?? {};
}

/**
 * @param {string | undefined} url
 * @param {Record<string, string>} values
 */
async function load(url, values) {
  const address = new URL(url || "", location.href);
  for (const [key, value] of Object.entries({ lang: language, ...values })) address.searchParams.set(key, value);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

/** @returns {Promise<NetworkData>} */
const loadNetwork = async () => saved?.network ?? load(page.dataset.network, {});

/** @type {Map<string, Promise<Facts>>} */
const factsByIri = new Map();

/**
 * @param {string} iri
 * @returns {Promise<Facts>}
 */
function loadFacts(iri) {
  let facts = factsByIri.get(iri);
  if (!facts) {
    facts = saved
      ? Promise.resolve(saved.facts[iri] ?? { iri, label: nodes.get(iri)?.label ?? iri, facts: [], statements: {} })
      : load(page.dataset.facts, { iri });
    facts.catch(() => factsByIri.delete(iri));
    factsByIri.set(iri, facts);
  }
  return facts;
}

/**
 * @param {string | null} text the language wanted, or null for the article's own
 * @returns {Promise<Article | null>}
 */
async function loadArticle(text) {
  if (saved) return saved.articles[text ?? ""] ?? Object.values(saved.articles)[0] ?? null;
  return page.dataset.article ? load(page.dataset.article, text ? { text } : {}) : null;
}

/* ---------------------------------------------------------------- glyphs: one shape a kind */

/**
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
const ring = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const EVENT = "M12 .5L23.5 12L12 23.5L.5 12z";

/**
 * Outlines in a box of 24 by 24, filled by the even-odd rule. An event is a diamond, its kind cut out of it.
 * @type {Record<string, string>}
 */
const GLYPHS = {
  Person: `${ring(12, 7, 5.5)}M1.5 23c0-6 4.7-9 10.5-9s10.5 3 10.5 9z`,
  Company: "M3 1h18v22H3zM7 5v3.5h3.5V5zM13.5 5v3.5H17V5zM7 11.5V15h3.5v-3.5zM13.5 11.5V15H17v-3.5zM10 18.5V23h4v-4.5z",
  Organization: "M2 7h20v14H2zM8 2h8v5h-2.5V4.5h-3V7H8z",
  GovernmentOrganization: "M12 .5l11 6.5v2.5H1V7zM3 11h3.5v8H3zM10.2 11h3.6v8h-3.6zM17.5 11H21v8h-3.5zM1 20.5h22V23.5H1z",
  Agent: "M2 3h20v14.5H12l-6 5v-5H2z",
  SoftwareApplication: "M7 1.5h10a5.5 5.5 0 0 1 5.5 5.5v10a5.5 5.5 0 0 1-5.5 5.5H7A5.5 5.5 0 0 1 1.5 17V7A5.5 5.5 0 0 1 7 1.5z",
  Platform: "M12 .5l10.5 5.750v11.5L12 23.5L1.5 17.750V6.250z",
  AppStore: `M12 .5l10.5 5.750v11.5L12 23.5L1.5 17.750V6.250zM10.5 6.5v5.5H7l5 5.5l5-5.5h-3.5V6.5z`,
  Feature: `${ring(12, 12, 10.5)}${ring(12, 12, 5)}`,
  Group: `${ring(8, 12, 7.5)}${ring(16, 12, 7.5)}`,
  Audience: `${ring(12, 6, 5)}${ring(6, 17, 5)}${ring(18, 17, 5)}`,
  Market: "M12 4.5c6.9 0 11.5 3.4 11.5 7.5s-4.6 7.5-11.5 7.5S.5 16.1.5 12S5.1 4.5 12 4.5z",
  Circumstance: "M6 4.5h17.5l-5.5 15H.5z",
  Metric: "M2 13h5v9H2zM9.5 7.5h5V22h-5zM17 2h5v20h-5z",
  Observation: "M2 13h5v9H2zM9.5 7.5h5V22h-5zM17 2h5v20h-5z",
  Attempt: "M12 .5l3.5 7.5l8 .9l-6 5.6l1.7 8.2L12 18.6l-7.2 4.1l1.7-8.2l-6-5.6l8-.9z",
  Event: EVENT,
  Launch: `${EVENT}M12 6l5.5 9h-11z`,
  TestRelease: `${EVENT}M12 5.5l4.8 7.5H7.2zM7.5 14.5h9v2h-9z`,
  ProductMerger: `${EVENT}M7 6.5h3.2L12 9.5l1.8-3H17l-3.6 6v5.5h-2.8v-5.5z`,
  Closure: `${EVENT}M7.5 9.5l2-2L12 10l2.5-2.5l2 2L14 12l2.5 2.5l-2 2L12 14l-2.5 2.5l-2-2L10 12z`,
  Decline: `${EVENT}M12 18l5.5-9h-11z`,
  Investment: `${EVENT}M10.6 6.5h2.8v4.1h4.1v2.8h-4.1v4.1h-2.8v-4.1H6.5v-2.8h4.1z`,
  Divestment: `${EVENT}M6.5 10.5h11v3h-11z`,
  Incubation: `${EVENT}M12 5.5c2.7 0 4.5 3.6 4.5 6.7a4.5 4.5 0 0 1-9 0c0-3.1 1.8-6.7 4.5-6.7z`,
  Outage: `${EVENT}M13.8 4.5L7.8 13h3.4l-1 6.5l6-8.5h-3.4z`,
  Regulation: `${EVENT}M6.5 8.5h11v2.6h-11zM6.5 13h11v2.6h-11z`,
  Ranking: `${EVENT}M6.5 12.5h3v4h-3zM10.5 7h3v9.5h-3zM14.5 11h3v5.5h-3z`,
  Promotion: `${EVENT}${ring(9, 9, 2.2)}${ring(15, 15, 2.2)}M14.5 7.5l2 2l-7 7l-2-2z`,
  Rupture: `${EVENT}M10.8 4h2.4v16h-2.4z`,
  Expansion: `${EVENT}M6.5 7.5l5 4.5l-5 4.5zM12.5 7.5l5 4.5l-5 4.5z`,
  Outbreak: `${EVENT}${ring(12, 12, 2.4)}${ring(12, 6.5, 1.5)}${ring(12, 17.5, 1.5)}${ring(6.5, 12, 1.5)}${ring(17.5, 12, 1.5)}`,
};
const PLAIN = ring(12, 12, 9);
/** @param {string} kind */
const outlineOf = (kind) => (Object.hasOwn(GLYPHS, kind) ? GLYPHS[kind] : PLAIN);
const STRONG = new Set(["Person", "Company", "Organization", "GovernmentOrganization", "Attempt"]);
const PALE = new Set(["Market", "Circumstance", "Audience", "Metric", "Agent", "Observation"]);
const CAMP_MARKS = { challenger: "M12 3L22 21H2z", incumbent: ring(12, 12, 9.5) };

/** @param {string} kind */
const toneOf = (kind) => (STRONG.has(kind) ? "strong" : PALE.has(kind) ? "pale" : "mid");

/**
 * @param {string} outline
 * @param {string | null} [camp]
 */
function drawing(outline, camp = null) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `glyph ${camp ?? ""}`);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", outline);
  svg.append(path);
  return svg;
}

/** @param {{kind: string, camp: string | null}} node */
const glyphOf = (node) => drawing(outlineOf(node.kind), node.camp);

/* ---------------------------------------------------------------- state */

/** @type {Map<string, Thing>} */
const nodes = new Map();
/** @type {Map<string, Edge>} */
const edges = new Map();
/** @type {Kind[]} */
let kinds = [];
/** @type {Set<string>} */
const kindsOn = new Set();
/** @type {Record<string, string>} who heads each camp, as the data have it */
let campNames = {};
const campsOn = new Set(["challenger", "incumbent", "none"]);
/** Things shown although the legend hides their kind, because they are selected. @type {Set<string>} */
const revealed = new Set();
/** @type {Selection} */
let selection = {};
/** @type {Article | null} */
let article = null;

/** @param {Thing} node */
const inView = (node) => revealed.has(node.id) || (kindsOn.has(node.class) && campsOn.has(node.camp ?? "none"));

/* ---------------------------------------------------------------- the text */

const story = find(".story");
const textScroll = find(".pane.text .scroll");
/** Code points of each block. @type {string[][]} */
let letters = [];
/** Passage pieces that belong to what is selected. @type {Span[]} */
let faint = [];
/** @type {Span | null} */
let marked = null;

/** @param {Span} a @param {Span} b */
const overlap = (a, b) => a.start < b.end && b.start < a.end;

function showArticle() {
  if (!article) return;
  const { blocks, passages } = article;
  letters = blocks.map((block) => Array.from(block.text));
  story.lang = article.language;
  story.replaceChildren(
    ...blocks.map((block, index) => {
      const name = block.level ? `h${Math.min(block.level + 1, 6)}` : "p";
      return element(name, { class: block.level === 1 ? "headline" : null, "data-block": index });
    }),
  );
  blocks.forEach((_, index) => showBlock(index));
  const first = story.querySelector(".passage");
  if (first instanceof HTMLElement) first.tabIndex = 0;
  const choices = find(".pane.text .texts");
  choices.replaceChildren();
  const texts = article.translations ?? [];
  if (texts.length > 1) {
    for (const text of texts) {
      choices.append(
        element(
          "button",
          { type: "button", "aria-pressed": String(text === article.language), click: () => switchText(text) },
          say(`text.${text}`),
        ),
      );
    }
  }
  if (passages.length === 0) story.classList.add("uncited");
}

/** @param {string} text */
async function switchText(text) {
  article = await loadArticle(text);
  showArticle();
  await open(selection, { scroll: true });
}

/**
 * Write one block: pieces cut where passages begin and end, the marked passage in a mark of its own.
 * @param {number} index
 */
function showBlock(index) {
  if (!article) return;
  const block = article.blocks[index];
  const here = article.passages.filter((passage) => overlap(passage, block));
  const cuts = new Set([block.start, block.end]);
  const spans = marked ? [...here, marked] : here;
  for (const span of spans) for (const at of [span.start, span.end]) if (at > block.start && at < block.end) cuts.add(at);
  const places = [...cuts].sort((a, b) => a - b);
  const target = find(`[data-block="${index}"]`, story);
  const focused = document.activeElement instanceof HTMLElement && target.contains(document.activeElement)
    ? document.activeElement.dataset.start : null;
  target.replaceChildren();
  /** @type {HTMLElement | null} */
  let mark = null;
  for (let i = 0; i + 1 < places.length; i++) {
    const span = { start: places[i], end: places[i + 1] };
    const words = letters[index].slice(span.start - block.start, span.end - block.start).join("");
    const cited = here.filter((passage) => overlap(passage, span));
    const piece = cited.length && words.trim()
      ? element(
          "a",
          {
            class: faint.some((other) => overlap(other, span)) ? "passage of-thing" : "passage",
            href: hashOf({ statement: shortest(cited).statements[0] }),
            tabindex: -1,
            "data-start": span.start,
            click: (/** @type {MouseEvent} */ event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              go({ statement: shortest(cited).statements[0] });
            },
          },
          words,
        )
      : document.createTextNode(words);
    if (marked && overlap(marked, span)) {
      if (!mark) target.append((mark = element("mark")));
      mark.append(piece);
    } else {
      mark = null;
      target.append(piece);
    }
  }
  if (focused) target.querySelector(`[data-start="${focused}"]`)?.dispatchEvent(new CustomEvent("refocus", { bubbles: true }));
}

/**
 * The narrowest of some passages: where they overlap, a press means it.
 * @template {Span} T
 * @param {T[]} passages
 */
function shortest(passages) {
  return passages.reduce((best, passage) => (passage.end - passage.start < best.end - best.start ? passage : best));
}

/**
 * @param {Span | null} current
 * @param {Span[]} others
 * @param {boolean} scroll
 */
function markText(current, others, scroll) {
  if (!article) return;
  marked = current;
  faint = others;
  const roving = story.querySelector('.passage[tabindex="0"]');
  const start = roving instanceof HTMLElement ? roving.dataset.start : null;
  article.blocks.forEach((_, index) => showBlock(index));
  const mark = story.querySelector("mark");
  const stop = mark?.querySelector(".passage") ?? story.querySelector(`.passage[data-start="${start}"]`) ?? story.querySelector(".passage");
  if (stop instanceof HTMLElement) stop.tabIndex = 0;
  if (scroll) scrollToMark();
}

function scrollToMark() {
  const target = story.querySelector("mark") ?? story.querySelector(".of-thing");
  if (!target || textScroll.clientHeight === 0) return;
  const box = target.getBoundingClientRect();
  const frame = textScroll.getBoundingClientRect();
  if (box.top >= frame.top + 24 && box.bottom <= frame.bottom - 24) return;
  textScroll.scrollTop += box.top - frame.top - frame.height / 3;
}

story.addEventListener("refocus", (event) => {
  if (event.target instanceof HTMLElement) event.target.focus({ preventScroll: true });
});
story.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step || !(event.target instanceof HTMLElement) || !event.target.matches(".passage")) return;
  const all = /** @type {HTMLElement[]} */ ([...story.querySelectorAll(".passage")]);
  const next = all[all.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

/* ---------------------------------------------------------------- the picture */

/** @type {Record<string, string>} */
let colours = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["ground", "sheet", "ink", "muted", "line", "edge", "mark", "contradiction",
    "challenger", "challenger-mid", "challenger-pale", "incumbent", "incumbent-mid", "incumbent-pale", "other", "other-mid", "other-pale"]) {
    colours[name] = style.getPropertyValue(`--${name}`).trim();
  }
  colours.font = style.getPropertyValue("--sans").trim();
}

/** @type {VisNetwork | null} */
let picture = null;
/** @type {VisData | null} */
let drawnNodes = null;
/** @type {VisData | null} */
let drawnEdges = null;
const canvas = find(".canvas");
/** Things and edges near the selection; null where nothing is selected. @type {Set<string> | null} */
let near = null;
/** @type {string | null} */
let hovered = null;
/** How an edge bends, so that two between the same things lie apart. @type {Map<string, number>} */
const bends = new Map();
/** @type {Map<string, Path2D>} */
const paths = new Map();

/**
 * Width of a thing's shape, in units of the picture: when the view is small, shapes stay large enough to be told apart.
 * @param {Thing} node
 */
function sizeOf(node) {
  const size = { strong: 29, mid: 23, pale: 22 }[toneOf(node.kind)];
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
    const selected = selection.select === node.id;
    ctx.save();
    if (near && !near.has(node.id)) ctx.globalAlpha = 0.28;
    ctx.translate(x, y);
    if (selected || hovered === node.id) {
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
    ctx.fillStyle = colours[tone === "strong" ? camp : `${camp}-${tone}`];
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

/** @param {NetworkData} data */
function draw(data) {
  const vis = /** @type {Vis} */ (/** @type {any} */ (globalThis).vis);
  drawnNodes = new vis.DataSet();
  drawnEdges = new vis.DataSet();
  /** @type {Map<string, number>} */
  const pairs = new Map();
  for (const edge of data.edges) {
    const pair = [edge.from, edge.to].sort().join(" ");
    const before = pairs.get(pair) ?? 0;
    pairs.set(pair, before + 1);
    const side = before % 2 ? -1 : 1;
    const turned = edge.from < edge.to ? 1 : -1;
    bends.set(edge.id, before === 0 ? 0 : side * turned * 0.16 * Math.ceil(before / 2));
  }
  drawnNodes.add(
    data.nodes.map((node) => ({ id: node.id, x: node.x, y: node.y, hidden: !inView(node), shape: "custom", ctxRenderer: renderer(node) })),
  );
  drawnEdges.add(data.edges.map((edge) => ({ id: edge.id, from: edge.from, to: edge.to, ...edgeLook(edge) })));
  picture = new vis.Network(canvas, { nodes: drawnNodes, edges: drawnEdges }, {
    physics: false,
    layout: { improvedLayout: false },
    interaction: { hover: true, hoverConnectedEdges: false, selectable: true, selectConnectedEdges: false, multiselect: false,
      dragNodes: true, keyboard: false, navigationButtons: false, zoomSpeed: 0.6 },
    nodes: { chosen: false },
    edges: { chosen: false, selectionWidth: 0, arrows: { to: { enabled: true, scaleFactor: 0.45 } }, arrowStrikethrough: false },
    configure: { enabled: false },
  });
  canvas.querySelectorAll("[tabindex]").forEach((inner) => inner.setAttribute("tabindex", "-1"));
  picture.on("afterDrawing", drawLabels);
  picture.on("click", (/** @type {VisEvent} */ event) => {
    picture?.unselectAll();
    if (event.nodes.length) go({ select: event.nodes[0] });
    else if (event.edges.length) go({ edge: event.edges[0] });
    else go({});
  });
  picture.on("hoverNode", (/** @type {{node: string}} */ event) => hover(event.node));
  picture.on("blurNode", () => hover(null));
  picture.on("hoverEdge", () => canvas.classList.add("over-edge"));
  picture.on("blurEdge", () => canvas.classList.remove("over-edge"));
  picture.on("zoom", () => (touched = true));
  picture.on("dragStart", () => (touched = true));
  picture.on("dragging", (/** @type {VisEvent} */ event) => event.nodes.length && forgetLabels());
}

/** @param {string | null} iri */
function hover(iri) {
  hovered = iri;
  forgetLabels();
  picture?.redraw();
}

/** @param {Edge} edge */
function edgeLook(edge) {
  const from = nodes.get(edge.from);
  const to = nodes.get(edge.to);
  const chosen = selection.edge === edge.id;
  const away = near !== null && !near.has(edge.id);
  const bend = bends.get(edge.id) ?? 0;
  return {
    hidden: !from || !to || !inView(from) || !inView(to),
    color: {
      color: edge.modality === "disputed" ? colours.contradiction : chosen || (near && !away) ? colours.ink : colours.edge,
      opacity: away ? 0.15 : 1,
    },
    width: chosen ? 3 : near && !away ? 1.6 : 1,
    dashes: edge.modality === "asserted" ? false : edge.modality === "disputed" ? [2, 3] : [6, 4],
    smooth: bend ? { enabled: true, type: bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(bend) } : { enabled: false },
  };
}

function redraw() {
  if (!drawnNodes || !drawnEdges) return;
  drawnNodes.update([...nodes.values()].map((node) => ({ id: node.id, hidden: !inView(node) })));
  drawnEdges.update([...edges.values()].map((edge) => ({ id: edge.id, ...edgeLook(edge) })));
  forgetLabels();
  picture?.redraw();
}

/* ---------------------------------------------------------------- labels that keep clear of each other */

/** @typedef {{text: string[], x: number, y: number, angle: number, size: number, bold: boolean, colour: string, alpha: number, halo: number}} Label */
/** @type {{scale: number, labels: Label[]} | null} */
let layout = null;
const forgetLabels = () => (layout = null);
/** @type {Map<string, number>} */
const widths = new Map();
const ruler = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));

/**
 * Width of a text at a size of 1.
 * @param {string} text
 * @param {boolean} bold
 */
function widthOf(text, bold) {
  const key = `${bold}${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    ruler.font = `${bold ? "bold " : ""}100px ${colours.font}`;
    widths.set(key, (width = ruler.measureText(text).width / 100));
  }
  return width;
}

/**
 * Break a label into lines: at spaces, or within a long run of Chinese.
 * @param {string} text
 */
function linesOf(text) {
  const room = 9;
  if (widthOf(text, false) <= room) return [text];
  const words = text.includes(" ") ? text.split(/\s+/) : Array.from(text);
  const glue = text.includes(" ") ? " " : "";
  /** @type {string[]} */
  const lines = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last + glue + word, false) <= room) lines[lines.length - 1] = last + glue + word;
    else lines.push(word);
  }
  return lines.length <= 3 ? lines : [...lines.slice(0, 2), `${lines.slice(2).join(glue).slice(0, 14)}…`];
}

/** @param {Box} a @param {Box} b */
function shared(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/**
 * The place of each label at this scale: beside its shape, where it covers least; along its line, where it covers nothing.
 * @param {number} scale
 * @returns {Label[]}
 */
function layLabels(scale) {
  if (!picture) return [];
  const point = 1 / scale;
  const seen = [...nodes.values()].filter(inView);
  const isNear = (/** @type {string} */ id) => near === null || near.has(id);
  /** @type {Map<string, Point>} */
  const places = new Map();
  /** @type {Box[]} */
  const taken = [];
  /** @type {Label[]} */
  const labels = [];
  for (const node of seen) places.set(node.id, picture.getPosition(node.id));
  const weight = (/** @type {Thing} */ node) => (selection.select === node.id ? 1e6 : 0) +
    { strong: 200, mid: 100, pale: 0 }[toneOf(node.kind)] + node.degree;
  seen.sort((a, b) => weight(b) - weight(a));

  /** @param {Thing[]} some */
  const placeNodes = (some) => {
    for (const node of some) {
      const place = /** @type {Point} */ (places.get(node.id));
      const half = sizeOf(node) / 2 + 1;
      taken.push({ x: place.x - half, y: place.y - half, width: 2 * half, height: 2 * half });
    }
    for (const node of some) {
      const label = labelOf(node, /** @type {Point} */ (places.get(node.id)), scale, taken);
      if (label) labels.push(label);
    }
  };
  placeNodes(seen.filter((node) => isNear(node.id)));
  const lines = [...edges.values()].filter((edge) => places.has(edge.from) && places.has(edge.to) && isNear(edge.id) && edge.from !== edge.to);
  lines.sort((a, b) => Number(b.id === selection.edge) - Number(a.id === selection.edge));
  for (const edge of lines) {
    const a = /** @type {Point} */ (places.get(edge.from));
    const b = /** @type {Point} */ (places.get(edge.to));
    const size = Math.min(Math.max(10.5 * scale, near ? 11 : 10), 14) * point;
    const width = widthOf(edge.label, false) * size + 4 * point;
    const spot = besideLine(a, b, bends.get(edge.id) ?? 0, width, size * 1.25, taken, edge.id === selection.edge);
    if (!spot) continue;
    taken.push(...spot.boxes);
    const colour = edge.modality === "disputed" ? colours.contradiction : near ? colours.ink : colours.muted;
    labels.push({ text: [edge.label], x: spot.x, y: spot.y, angle: spot.angle, size, bold: false, colour, alpha: 1, halo: 3.5 * point });
  }
  placeNodes(seen.filter((node) => !isNear(node.id)));
  return labels;
}

/**
 * The label of a thing, at the free place nearest to the usual one; null where it would cover too much.
 * @param {Thing} node
 * @param {Point} place
 * @param {number} scale
 * @param {Box[]} taken boxes in use; the label's own is added
 * @returns {Label | null}
 */
function labelOf(node, place, scale, taken) {
  const point = 1 / scale;
  const selected = selection.select === node.id;
  const bold = STRONG.has(node.kind) || selected;
  const size = Math.min(Math.max((bold ? 14 : 12.5) * scale, bold ? 13 : 11.5), 19) * point;
  const text = linesOf(node.label);
  const width = Math.max(...text.map((line) => widthOf(line, bold))) * size;
  const height = text.length * size * 1.2;
  const gap = sizeOf(node) * (selected ? 0.95 : 0.5) + 2 * point;
  const right = gap + width / 2;
  const down = gap + height / 2;
  const spots = [[0, down], [0, -down], [right, 0], [-right, 0],
    [right - gap / 2, down - gap / 2], [gap / 2 - right, down - gap / 2], [right - gap / 2, gap / 2 - down], [gap / 2 - right, gap / 2 - down]];
  let best = { x: 0, y: down, cover: Infinity };
  for (const [x, y] of spots) {
    const box = { x: place.x + x - width / 2, y: place.y + y - height / 2, width, height };
    const cover = taken.reduce((sum, other) => sum + shared(box, other), 0);
    if (cover < best.cover) best = { x, y, cover };
    if (cover === 0) break;
  }
  const away = near !== null && !near.has(node.id);
  if (!selected && hovered !== node.id && best.cover > width * height * (away ? 0.02 : STRONG.has(node.kind) ? 0.3 : 0.06)) return null;
  const x = place.x + best.x;
  const y = place.y + best.y;
  taken.push({ x: x - width / 2, y: y - height / 2, width, height });
  return { text, x, y, angle: 0, size, bold, colour: colours.ink, alpha: away ? 0.4 : 1, halo: 3.5 * point };
}

/**
 * A free place for a label of this width on the line from a to b, or null.
 * @param {Point} a
 * @param {Point} b
 * @param {number} bend
 * @param {number} width
 * @param {number} height
 * @param {Box[]} taken
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
    if (needed || !boxes.some((box) => taken.some((other) => shared(box, other) > 0))) return { x, y, angle, boxes };
  }
  return null;
}

/** @param {CanvasRenderingContext2D} ctx */
function drawLabels(ctx) {
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

/* ---------------------------------------------------------------- the view */

/** Whether a person has moved the view: then it stays as it is. */
let touched = false;

/** Below this scale labels would cover each other: the page then opens on the busiest part. */
const LEAST_SCALE = 0.25;

/**
 * The middle of some things, by their links.
 * @param {Thing[]} some
 * @returns {Point}
 */
function busiest(some) {
  const sum = { x: 0, y: 0, links: 0 };
  for (const node of some) {
    const { x, y } = /** @type {VisNetwork} */ (picture).getPosition(node.id);
    sum.x += x * node.degree;
    sum.y += y * node.degree;
    sum.links += node.degree;
  }
  return sum.links ? { x: sum.x / sum.links, y: sum.y / sum.links } : { x: 0, y: 0 };
}

/** @param {number} [least] the least scale */
function fit(least = LEAST_SCALE) {
  const frame = canvas.getBoundingClientRect();
  const seen = [...nodes.values()].filter(inView);
  if (!picture || frame.width === 0 || seen.length === 0) return;
  const places = seen.map((node) => /** @type {VisNetwork} */ (picture).getPosition(node.id));
  /** @type {Box[]} */
  let boxes = places.map(({ x, y }) => ({ x: x - 20, y: y - 20, width: 40, height: 40 }));
  // Labels keep their size on the screen, so how far they reach depends on the scale: look twice.
  for (let round = 0; round < 3; round++) {
    const left = Math.min(...boxes.map((box) => box.x));
    const top = Math.min(...boxes.map((box) => box.y));
    const width = Math.max(...boxes.map((box) => box.x + box.width)) - left;
    const height = Math.max(...boxes.map((box) => box.y + box.height)) - top;
    const whole = Math.min((frame.width - 24) / width, (frame.height - 24) / height, 1.4);
    const scale = Math.max(whole, least);
    const middle = whole < least ? busiest(seen) : { x: left + width / 2, y: top + height / 2 };
    picture.moveTo({ position: middle, scale, animation: false });
    const labels = layLabels(scale).filter((label) => label.angle === 0);
    boxes = [...boxes.slice(0, places.length), ...labels.map((label) => {
      const wide = Math.max(...label.text.map((line) => widthOf(line, label.bold))) * label.size;
      const high = label.text.length * label.size * 1.2;
      return { x: label.x - wide / 2, y: label.y - high / 2, width: wide, height: high };
    })];
  }
  forgetLabels();
  picture.redraw();
}

/** @param {number} factor */
function zoom(factor) {
  if (!picture) return;
  touched = true;
  picture.moveTo({ position: picture.getViewPosition(), scale: Math.min(Math.max(picture.getScale() * factor, 0.05), 6), animation: false });
}

/** @param {number} right @param {number} down in pixels */
function pan(right, down) {
  if (!picture) return;
  touched = true;
  const { x, y } = picture.getViewPosition();
  const scale = picture.getScale();
  picture.moveTo({ position: { x: x + right / scale, y: y + down / scale }, scale, animation: false });
}

/**
 * Bring a thing into the frame, if it is out of it.
 * @param {string} iri
 */
function bringIn(iri) {
  const frame = canvas.getBoundingClientRect();
  if (!picture || frame.width === 0 || !nodes.has(iri)) return;
  const place = picture.getPosition(iri);
  const at = picture.canvasToDOM(place);
  if (at.x > 30 && at.y > 30 && at.x < frame.width - 30 && at.y < frame.height - 40) return;
  picture.moveTo({ position: place, scale: picture.getScale(), animation: false });
}

canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  /** @type {Record<string, () => void>} */
  const acts = {
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), "0": () => fit(0),
    ArrowLeft: () => pan(-60, 0), ArrowRight: () => pan(60, 0), ArrowUp: () => pan(0, -60), ArrowDown: () => pan(0, 60),
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
for (const button of document.querySelectorAll("[data-zoom]")) {
  const what = button.getAttribute("data-zoom");
  button.addEventListener("click", () => {
    if (what === "fit") {
      touched = true;
      fit(0);
    } else zoom(what === "in" ? 1.25 : 0.8);
  });
}
new ResizeObserver(() => {
  if (!touched) requestAnimationFrame(() => fit());
}).observe(canvas);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  readColours();
  redraw();
});

/* ---------------------------------------------------------------- legend and list */

const state = find(".state");

function showLegend() {
  const camps = find(".legend .camps ul");
  /** @type {Record<string, number>} */
  const counts = { challenger: 0, incumbent: 0, none: 0 };
  for (const node of nodes.values()) counts[node.camp ?? "none"] += 1;
  const camped = counts.challenger + counts.incumbent > 0;
  find(".legend .camps").hidden = !camped;
  for (const camp of /** @type {("challenger" | "incumbent" | "none")[]} */ (["challenger", "incumbent", "none"])) {
    const glyph = camp === "none" ? drawing("M3 10h18v4H3z") : drawing(CAMP_MARKS[camp], camp);
    camps.append(chip(glyph, say(`camp.${camp}`, { name: campNames[camp] ?? "" }), counts[camp], true, (on) => toggle(campsOn, camp, on)));
  }
  const list = find(".legend .classes ul");
  for (const kind of kinds) {
    list.append(chip(drawing(outlineOf(kind.kind)), kind.label, kind.count, kind.shown, (on) => toggle(kindsOn, kind.class, on)));
  }
}

/**
 * @param {SVGElement} glyph
 * @param {string} name
 * @param {number} count
 * @param {boolean} on
 * @param {(on: boolean) => void} act
 */
function chip(glyph, name, count, on, act) {
  const box = /** @type {HTMLInputElement} */ (
    element("input", { type: "checkbox", change: (/** @type {Event} */ event) => act(/** @type {HTMLInputElement} */ (event.target).checked) })
  );
  box.checked = on;
  return element("li", {}, element("label", { class: "chip" }, box, glyph, element("span", { class: "chip-name" }, name), " ",
    element("span", { class: "count" }, String(count))));
}

/**
 * @param {Set<string>} set
 * @param {string} key
 * @param {boolean} on
 */
function toggle(set, key, on) {
  if (on) set.add(key);
  else set.delete(key);
  if (on && !touched) fit();
  redraw();
  showList();
}

function showList() {
  const order = new Map(kinds.map((kind, index) => [kind.class, index]));
  const seen = [...nodes.values()].filter(inView);
  seen.sort((a, b) => (order.get(a.class) ?? 99) - (order.get(b.class) ?? 99) || a.label.localeCompare(b.label, language));
  const list = find(".index ul");
  const focused = document.activeElement instanceof HTMLElement && list.contains(document.activeElement) ? document.activeElement.dataset.iri : null;
  list.replaceChildren(
    ...seen.map((node) =>
      element("li", {},
        element("button", { type: "button", "data-iri": node.id, "aria-pressed": String(selection.select === node.id), click: () => go({ select: node.id }, { focus: true }) },
          glyphOf(node), node.label),
        element("span", { class: "hidden-text kind" }, ` ${node.className}`))),
  );
  if (focused) list.querySelectorAll("button").forEach((button) => button.dataset.iri === focused && button.focus());
  find(".index .shown").textContent = say("shown", { shown: seen.length, all: nodes.size });
  state.textContent = seen.length ? "" : say("nothing");
  state.hidden = seen.length > 0;
}

/* ---------------------------------------------------------------- facts */

const factsBody = find(".facts-body");
const factsScroll = find(".pane.facts .scroll");
/** Numbers of the sources shown, in order. @type {string[]} */
let cited = [];

/** @param {Selection} to */
function hashOf(to) {
  const parts = Object.entries(to).filter(([, value]) => value).map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return `#${parts.join("&")}`;
}

/** @returns {Selection} */
function selectionInHash() {
  const values = new URLSearchParams(location.hash.slice(1));
  /** @type {Selection} */
  const found = {};
  for (const key of /** @type {("select" | "edge" | "statement")[]} */ (["select", "edge", "statement"])) {
    const value = values.get(key);
    if (value) found[key] = value;
  }
  return found;
}

/**
 * A term as a link that selects it, or as text.
 * @param {Term} term
 */
function termElement(term) {
  if (term.type === "literal") return element("span", { class: "object", lang: term.language ?? null }, durationWords(term.text));
  const node = nodes.get(term.iri);
  if (!node && saved && !saved.facts[term.iri]) return element("span", { class: "object" }, term.label);
  return element("a", { class: "object", href: hashOf({ select: term.iri }) }, term.label);
}

/** @param {{modality?: Named | null, by?: Term | null}} said */
function modalityTag(said) {
  const kind = said.modality ? (said.modality.kind ?? said.modality.iri.split("#").pop() ?? "").toLowerCase() : "asserted";
  if (kind === "asserted") return null;
  const words = MESSAGES[`explore.modality.${kind}`] ?? said.modality?.label ?? kind;
  const text = said.by ? say("by", { modality: words, name: wording(said.by) }) : words;
  return element("span", { class: kind === "disputed" ? "tag disputed" : "tag opinion" }, text);
}

/** @param {Statement | undefined} statement */
const isOdd = (statement) => Boolean(statement && ((statement.oddities?.length ?? 0) > 0 || (statement.contradicts?.length ?? 0) > 0));

/** What pressing a citation mark does, by its button. @type {WeakMap<HTMLElement, () => void>} */
const openers = new WeakMap();

/**
 * The marks that cite a fact, and the place below it where they show their evidence.
 * @param {string[]} iris
 * @param {Record<string, Statement>} statements
 * @param {string[]} [also] statements that the first mark stands for as well
 * @returns {{marks: HTMLElement[], below: HTMLElement}}
 */
function citations(iris, statements, also = []) {
  const below = element("div", { class: "cited" });
  const marks = iris.map((iri, index) => {
    const button = citation(iri, statements[iri]);
    if (index === 0) button.dataset.also = also.join(" ");
    openers.set(button, () => {
      closeEvidence();
      button.setAttribute("aria-expanded", "true");
      below.append(evidenceOf(statements[iri], statements, "oddities"));
      markText(spanOf(statements[iri]), faint, true);
    });
    button.addEventListener("click", () => {
      const opened = button.getAttribute("aria-expanded") === "true";
      remember({ ...selection, statement: opened ? undefined : iri });
      if (opened) closeEvidence();
      else openers.get(button)?.();
    });
    return button;
  });
  return { marks, below };
}

/**
 * @param {string} iri
 * @param {Statement | undefined} statement
 */
function citation(iri, statement) {
  const number = cited.push(iri);
  return element("button", {
    type: "button", class: isOdd(statement) ? "cite odd" : "cite", "aria-expanded": "false", "data-statement": iri,
    "aria-label": say("cite", { number, text: statement?.text ?? iri }),
  }, String(number));
}

function closeEvidence() {
  factsBody.querySelectorAll('.cite[aria-expanded="true"]').forEach((button) => button.setAttribute("aria-expanded", "false"));
  factsBody.querySelectorAll(".cited > .evidence").forEach((shown) => shown.remove());
  markText(null, faint, false);
}

/**
 * The mark of a statement among those shown, to open its evidence.
 * @param {string | undefined} iri
 */
function markOf(iri) {
  const marks = /** @type {HTMLElement[]} */ ([...factsBody.querySelectorAll(".cite")]);
  return marks.find((mark) => mark.dataset.statement === iri) ?? marks.find((mark) => iri && mark.dataset.also?.split(" ").includes(iri));
}

/**
 * Where a statement stands in the text that is shown.
 * @param {Statement | undefined} statement
 * @returns {Span | null}
 */
function spanOf(statement) {
  return statement?.passages?.find((passage) => passage.source === article?.source) ?? null;
}

/**
 * @param {Statement | undefined} statement
 * @param {Record<string, Statement>} statements
 * @param {"" | "passage" | "oddities"} [elsewhere] what need not be said here, since it stands beside it
 */
function evidenceOf(statement, statements, elsewhere = "") {
  const box = element("div", { class: "evidence" });
  if (!statement) {
    box.append(element("p", {}, say("no_evidence")));
    return box;
  }
  const all = statement.passages ?? [];
  const here = all.filter((passage) => passage.source === article?.source);
  const passages = here.length ? here : all.filter((passage) => passage.language === language).concat(all).slice(0, 1);
  if (elsewhere !== "passage") {
    for (const passage of passages) {
      box.append(element("blockquote", { lang: passage.language }, element("mark", {}, passage.exact)));
    }
    if (!passages.length && !statement.premises?.length) box.append(element("p", {}, say("no_evidence")));
  }
  const tag = modalityTag(statement);
  if (tag) box.append(element("p", {}, tag));
  const reading = statement.paraphrase || statement.text;
  if (reading && passages.length && !passages.some((passage) => passage.exact === reading)) box.append(element("p", { class: "small" }, say("reading", { text: reading })));
  if (statement.implied?.length) box.append(element("p", { class: "small" }, say("implied", { names: statement.implied.map(wording).join(language === "en" ? ", " : "、") })));
  if (elsewhere !== "oddities") for (const text of statement.oddities ?? []) box.append(element("p", { class: "oddity" }, text));
  for (const other of statement.contradicts ?? []) {
    box.append(element("p", { class: "oddity" }, element("a", { href: hashOf({ ...selectOf(statements[other]), statement: other }) },
      say("contradicts", { text: statements[other]?.text ?? other }))));
  }
  if (statement.premises?.length) {
    box.append(element("p", { class: "small" }, statement.rule ? say("inferred", { rule: wording(statement.rule) }) : say("inferred.from")));
    box.append(element("ul", {}, ...statement.premises.map((premise) => premiseItem(premise, statements))));
  }
  if (elsewhere !== "passage" && passages.length) {
    const foot = element("p", { class: "small" });
    const links = [];
    if (!saved && statement.article && article) {
      links.push(element("a", { href: `${addressOf(passages[0].source, article.path)}#char=${passages[0].start},${passages[0].end}` }, say("reader")));
    }
    if (statement.original?.length) {
      links.push(element("span", {}, say("original", { spans: statement.original.map((span) => `${span.start}–${span.end}`).join(", ") })));
    }
    if (here.length) foot.append(element("button", { type: "button", class: "to-text to-text-narrow", click: () => showTab("text", true) }, say("to_text")), " ");
    links.forEach((link, index) => foot.append(index ? " · " : "", link));
    if (foot.childNodes.length) box.append(foot);
  }
  return box;
}

/**
 * The address of a text, from its IRI: a translation lies below the article's own path.
 * @param {string} source
 * @param {string} path
 */
function addressOf(source, path) {
  const at = source.indexOf(path);
  return at < 0 ? path : source.slice(at);
}

/** @param {Statement | undefined} statement @returns {Selection} */
function selectOf(statement) {
  return statement?.subject?.type === "iri" ? { select: statement.subject.iri } : {};
}

/**
 * A premise opens within the evidence of what follows from it, on its own.
 * @param {string} iri
 * @param {Record<string, Statement>} statements
 */
function premiseItem(iri, statements) {
  const premise = statements[iri];
  const below = element("div");
  const button = citation(iri, premise);
  button.addEventListener("click", () => {
    const opened = below.childNodes.length > 0;
    button.setAttribute("aria-expanded", String(!opened));
    below.replaceChildren(...(opened ? [] : [evidenceOf(premise, statements)]));
    markText(opened ? null : spanOf(premise), faint, !opened);
  });
  return element("li", {}, premise?.text ?? iri, button, below);
}

/**
 * A fact with its marks; `bare` leaves out the thing it is about, where a heading says it.
 * @param {Fact} fact
 * @param {Facts} facts
 * @param {boolean} [bare]
 */
function factElement(fact, facts, bare = false) {
  const sources = fact.inferred && !fact.statements.length ? [fact.inferred.iri] : fact.statements;
  const { inferred } = fact;
  const statements = { ...facts.statements };
  if (inferred && !statements[inferred.iri]) {
    const text = `${wording(fact.subject)} ${fact.predicate.label} ${wording(fact.object)}`;
    statements[inferred.iri] = { iri: inferred.iri, text, premises: inferred.premises, rule: inferred.rule };
  }
  const quoted = !fact.asserted;
  const line = element("div", { class: quoted ? "fact quoted" : "fact" });
  if (bare) line.append(element("span", { class: "verb" }, say("cited")));
  else if (fact.direction === "in") {
    line.append(termElement(fact.subject), " ", element("span", { class: "verb" }, fact.predicate.label), " ", element("span", { class: "self" }, wording(fact.object)));
  } else line.append(termElement(fact.object));
  const first = fact.statements.map((iri) => facts.statements[iri]).find(Boolean);
  const tag = modalityTag({ modality: fact.modality ?? first?.modality, by: first?.by });
  if (tag) line.append(" ", tag);
  if (inferred) line.append(" ", element("span", { class: "tag inferred" }, say("inference")));
  const { marks, below } = citations(sources, statements);
  line.append(...marks);
  for (const iri of fact.statements) {
    for (const text of facts.statements[iri]?.oddities ?? []) line.append(element("p", { class: "oddity" }, text));
  }
  if (!sources.length) line.append(" ", element("span", { class: "muted small" }, say("no_evidence")));
  line.append(below);
  return line;
}

/**
 * A duration such as P3M (ISO 8601) in words.
 * @param {string} duration
 */
function durationWords(duration) {
  const found = /^P(\d+)([YMWD])$/.exec(duration);
  return found ? say(`rate.${found[2]}`, { count: found[1] }) : duration;
}

/**
 * One statement for each passage that is cited: several may rest on the same words.
 * @param {string[]} iris
 * @param {Record<string, Statement>} statements
 */
function oneEach(iris, statements) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const iri of iris) {
    const key = (statements[iri]?.passages ?? []).map((passage) => `${passage.source} ${passage.start} ${passage.end}`).join() || iri;
    if (!found.has(key) || isOdd(statements[iri])) found.set(key, iri);
  }
  return [...found.values()];
}

/**
 * @param {Figure} figure
 * @param {Facts} facts
 */
function figureElement(figure, facts) {
  const line = element("div", { class: "fact" }, element("span", { class: "figure-value" }, figure.text));
  if (figure.modality) line.append(" ", element("span", { class: "tag opinion" }, wording(figure.modality)));
  const { marks, below } = citations(oneEach(figure.statements, facts.statements), facts.statements, figure.statements);
  line.append(...marks);
  const notes = [];
  const unit = wording(figure.unit);
  if (figure.about && !(figure.about.type === "iri" && figure.about.iri === facts.iri)) notes.push(wording(figure.about));
  if (figure.number && figure.number !== figure.text) notes.push(say("number", { number: figure.number, unit }).trim());
  else if (unit) notes.push(unit);
  if (figure.precision) notes.push(wording(figure.precision));
  if (figure.period) notes.push(figure.period);
  if (figure.rate) notes.push(durationWords(figure.rate));
  if (figure.per) notes.push(say("per", { name: wording(figure.per) }));
  if (figure.shareOf) notes.push(say("share", { name: wording(figure.shareOf) }));
  if (figure.reportedBy) notes.push(say("reported", { name: wording(figure.reportedBy) }));
  if (notes.length) line.append(element("span", { class: "figure-notes" }, notes.join(" · ")));
  for (const iri of figure.statements) {
    for (const text of facts.statements[iri]?.oddities ?? []) line.append(element("p", { class: "oddity" }, text));
  }
  line.append(below);
  return line;
}

/**
 * Facts under their predicate, those told as fact first, inferences last.
 * @param {Fact[]} some
 * @param {Facts} facts
 */
function groups(some, facts) {
  /** @type {Map<string, Fact[]>} */
  const byPredicate = new Map();
  for (const fact of some) byPredicate.set(fact.predicate.iri, [...(byPredicate.get(fact.predicate.iri) ?? []), fact]);
  const rank = (/** @type {Fact} */ fact) => (fact.inferred ? 2 : fact.asserted ? 0 : 1);
  const lists = [...byPredicate.values()].sort((a, b) => Number(a.every((fact) => fact.inferred)) - Number(b.every((fact) => fact.inferred)));
  return lists.map((list) =>
    element("div", { class: "group" }, element("h4", {}, list[0].predicate.label),
      element("div", {}, ...[...list].sort((a, b) => rank(a) - rank(b)).map((fact) => factElement(fact, facts)))));
}

const closeButton = () => element("button", { type: "button", class: "close", "aria-label": say("close"), click: () => go({}) }, "×");

/** @param {Facts} facts */
function showThing(facts) {
  const node = nodes.get(facts.iri);
  const kind = facts.class?.label ?? node?.className;
  const names = (facts.names ?? []).filter((name, index, all) =>
    name.text !== facts.label && all.findIndex((other) => other.text === name.text) === index);
  const parts = [
    closeButton(),
    element("h3", { class: "subject", tabindex: -1 }, facts.label),
    element("p", { class: "kind-line" }, node ? glyphOf(node) : null, kind ?? "",
      node?.camp ? element("span", {}, `· ${say(`camp.${node.camp}`, { name: campNames[node.camp] ?? "" })}`) : null),
    facts.description ? element("p", { class: "about" }, facts.description) : null,
    names.length
      ? element("p", { class: "small muted" }, `${say("names")}${language === "en" ? ": " : "："}`,
          ...names.flatMap((name, index) => [index ? " · " : "", element("span", { lang: name.language }, name.text)]))
      : null,
    element("p", { class: "small" },
      facts.path && !saved ? element("a", { href: facts.path }, say("page")) : null,
      ...(facts.links ?? []).flatMap((link, index) => [index || (facts.path && !saved) ? " · " : "", safeLink(link)])),
  ];
  const own = facts.facts.filter((fact) => fact.direction === "out");
  const others = facts.facts.filter((fact) => fact.direction === "in");
  if (own.length) parts.push(element("h3", { class: "part" }, say("about")), ...groups(own, facts));
  if (facts.figures?.length) {
    parts.push(element("h3", { class: "part" }, say("figures")));
    /** @type {Map<string, Figure[]>} */
    const byMetric = new Map();
    for (const figure of facts.figures) byMetric.set(wording(figure.metric), [...(byMetric.get(wording(figure.metric)) ?? []), figure]);
    for (const [metric, list] of byMetric) {
      parts.push(element("div", { class: "group" }, element("h4", {}, metric), element("div", {}, ...list.map((figure) => figureElement(figure, facts)))));
    }
  }
  if (others.length) parts.push(element("h3", { class: "part" }, say("incoming")), ...groups(others, facts));
  if (!own.length && !others.length && !facts.figures?.length) parts.push(element("p", { class: "muted" }, say("unevidenced")));
  factsBody.replaceChildren(...parts.filter((part) => part !== null));
}

/** @param {Named} link */
function safeLink(link) {
  return /^https?:/i.test(link.iri) ? element("a", { href: link.iri, rel: "noreferrer" }, link.label) : element("span", {}, link.label);
}

/**
 * @param {Edge} edge
 * @param {Facts} facts
 */
function showEdge(edge, facts) {
  /** @type {(iri: string) => Term} */
  const term = (iri) => ({ type: "iri", iri, label: nodes.get(iri)?.label ?? iri });
  const known = facts.facts.filter((fact) => fact.direction === "out" && fact.predicate.iri === edge.predicate &&
    fact.object.type === "iri" && fact.object.iri === edge.to);
  const list = known.length ? known : [/** @type {Fact} */ ({ subject: term(edge.from), predicate: { iri: edge.predicate, label: edge.label },
    object: term(edge.to), direction: "out", asserted: edge.modality === "asserted", statements: edge.statements })];
  factsBody.replaceChildren(
    closeButton(),
    element("p", { class: "kind-line" }, say("edge")),
    element("h3", { class: "subject", tabindex: -1 }, termElement(term(edge.from)), " ", element("span", { class: "verb" }, edge.label), " ", termElement(term(edge.to))),
    element("h3", { class: "part" }, say("says")),
    ...list.map((fact) => factElement(fact, facts, true)),
  );
}

/**
 * @param {Statement[]} list
 * @returns {Statement[][]}
 */
function bySubject(list) {
  /** @type {Map<string, Statement[]>} */
  const found = new Map();
  for (const statement of list) {
    const key = wording(statement.subject) || statement.iri;
    found.set(key, [...(found.get(key) ?? []), statement]);
  }
  return [...found.values()];
}

/**
 * One statement of a passage, and what qualifies it.
 * @param {Statement} statement
 * @param {Record<string, Statement>} statements
 * @param {boolean} whole whether to name its subject
 */
function saidElement(statement, statements, whole) {
  const { subject, predicate, object } = statement;
  const words = subject && predicate && object
    ? [whole && termElement(subject), " ", element("span", { class: "verb" }, predicate.label), " ", termElement(object)]
    : [statement.text];
  return element("div", { class: "fact" }, ...words, evidenceOf(statement, statements, "passage"));
}

/**
 * Several statements about the same thing: its name once, above them.
 * @param {Statement[]} group
 * @param {Record<string, Statement>} statements
 */
function aboutOne(group, statements) {
  const subject = group[0].subject;
  return element("div", { class: "about-one" }, subject ? element("div", { class: "fact" }, termElement(subject)) : null,
    ...group.map((statement) => saidElement(statement, statements, false)));
}

/**
 * @param {Statement[]} list
 * @param {Record<string, Statement>} statements
 */
function showPassage(list, statements) {
  const passages = list.flatMap((statement) => statement.passages ?? []);
  const here = passages.find((passage) => passage.source === article?.source) ?? passages[0];
  factsBody.replaceChildren(
    closeButton(),
    element("h3", { class: "part subject-line", tabindex: -1 }, say("passage")),
    element("div", { class: "evidence" }, element("blockquote", { lang: here?.language ?? null }, element("mark", {}, here?.exact ?? ""))),
    element("h3", { class: "part" }, `${say("here_says")} · ${say("statements", { count: list.length })}`),
    ...bySubject(list).flatMap((group) => group.length > 1 ? [aboutOne(group, statements)] : group.map((statement) => saidElement(statement, statements, true))),
  );
  for (const box of factsBody.querySelectorAll(".fact > .evidence")) if (!box.childNodes.length) box.remove();
}

function showGuide() {
  /** @param {string} name */
  const line = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 12");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M0 6h24");
    path.setAttribute("class", `line-sample ${name}`);
    svg.append(path);
    return svg;
  };
  factsBody.replaceChildren(
    element("div", { class: "guide" }, element("p", {}, say("guide")),
      element("ul", { "aria-label": say("guide.lines") }, element("li", {}, line(""), " ", say("guide.asserted")), element("li", {}, line("dashed"), " ", say("guide.quoted"))),
      element("p", {}, say("guide.keys"))),
  );
}

/* ---------------------------------------------------------------- selection */

/**
 * Write a selection into the address, so that the link and the way back lead to it.
 * @param {Selection} to
 */
function remember(to) {
  selection = Object.fromEntries(Object.entries(to).filter(([, value]) => value));
  const hash = hashOf(selection);
  if (hash !== (location.hash || "#")) history.pushState(null, "", hash === "#" ? location.pathname + location.search : hash);
  keepInLinks();
}

function keepInLinks() {
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll(".languages a"))) link.hash = location.hash;
}

/**
 * Select because a person asked for it.
 * @param {Selection} to
 * @param {{focus?: boolean}} [how]
 */
function go(to, how = {}) {
  remember(to);
  if (Object.keys(to).length) showTab("facts", false);
  return open(to, { scroll: true, focus: how.focus });
}

let turn = 0;

/**
 * Show a selection in all three panes.
 * @param {Selection} to
 * @param {{scroll?: boolean, focus?: boolean}} how
 */
async function open(to, how) {
  const mine = ++turn;
  selection = to;
  cited = [];
  revealed.clear();
  const edge = to.edge ? edges.get(to.edge) : undefined;
  if (to.select) revealed.add(to.select);
  if (edge) [edge.from, edge.to].forEach((iri) => revealed.add(iri));
  near = null;
  if (edge) near = new Set([edge.id, edge.from, edge.to]);
  else if (to.select && nodes.has(to.select)) near = around([to.select]);
  try {
    if (edge) {
      const facts = await loadFacts(edge.from);
      if (mine !== turn) return;
      faint = spansOf(edge.statements.map((iri) => facts.statements[iri]));
      markText(null, faint, false);
      showEdge(edge, facts);
      const mark = markOf(to.statement) ?? factsBody.querySelector(".cite");
      if (mark instanceof HTMLElement) openers.get(mark)?.();
    } else if (to.select) {
      const facts = await loadFacts(to.select);
      if (mine !== turn) return;
      showThing(facts);
      const own = new Set([...facts.facts.flatMap((fact) => fact.statements), ...(facts.figures ?? []).flatMap((figure) => figure.statements)]);
      faint = spansOf([...own].map((iri) => facts.statements[iri]));
      markText(null, faint, Boolean(how.scroll) && !to.statement);
      const mark = markOf(to.statement);
      if (mark) {
        openers.get(mark)?.();
        mark.scrollIntoView({ block: "nearest" });
      } else factsScroll.scrollTop = 0;
      bringIn(to.select);
    } else if (to.statement) {
      await openPassage(to.statement, mine, Boolean(how.scroll));
    } else {
      markText(null, [], false);
      showGuide();
    }
  } catch (error) {
    if (mine !== turn) return;
    factsBody.replaceChildren(closeButton(), element("p", { class: "problem" }, say("failed", { reason: error instanceof Error ? error.message : String(error) })));
  }
  redraw();
  showList();
  if (how.focus) {
    const heading = factsBody.querySelector(".subject");
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
  }
}

/**
 * @param {string} iri a statement
 * @param {number} mine
 * @param {boolean} scroll
 */
async function openPassage(iri, mine, scroll) {
  /** @type {Record<string, Statement>} */
  let statements = article?.statements ?? {};
  const touching = [...edges.values()].filter((edge) => edge.statements.includes(iri));
  if (!statements[iri]) {
    const from = touching[0]?.from;
    statements = (await loadFacts(from ?? iri)).statements;
    if (mine !== turn) return;
  }
  const passage = article?.passages.filter((span) => span.statements.includes(iri));
  const place = spanOf(statements[iri]) ?? (passage?.length ? shortest(passage) : null);
  const together = place && article
    ? article.passages.filter((span) => span.start === place.start && span.end === place.end).flatMap((span) => span.statements)
    : [iri];
  const list = [...new Set([iri, ...together])].map((each) => statements[each]).filter(Boolean);
  const things = list.flatMap((statement) => [statement.subject, statement.object]).flatMap((term) => (term?.type === "iri" ? [term.iri] : []));
  const lines = [...edges.values()].filter((edge) => edge.statements.some((each) => together.includes(each)));
  const all = new Set([...things, ...lines.flatMap((edge) => [edge.from, edge.to])].filter((each) => nodes.has(each)));
  all.forEach((each) => revealed.add(each));
  near = new Set([...all, ...lines.map((edge) => edge.id)]);
  showPassage(list, statements);
  markText(place, [], scroll);
}

/**
 * @param {string[]} iris
 * @returns {Set<string>}
 */
function around(iris) {
  const found = new Set(iris);
  for (const edge of edges.values()) {
    if (iris.includes(edge.from) || iris.includes(edge.to)) {
      found.add(edge.id);
      found.add(edge.from);
      found.add(edge.to);
    }
  }
  return found;
}

/** @param {(Statement | undefined)[]} statements */
function spansOf(statements) {
  return statements.flatMap((statement) => {
    const span = spanOf(statement);
    return span ? [span] : [];
  });
}

addEventListener("hashchange", () => {
  keepInLinks();
  const to = selectionInHash();
  showTab(Object.keys(to).length ? "facts" : "graph", false);
  void open(to, { scroll: true, focus: true });
});
addEventListener("popstate", () => keepInLinks());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const opened = factsBody.querySelector('.cite[aria-expanded="true"]');
  if (opened instanceof HTMLElement && selection.select) {
    opened.click();
    opened.focus();
  } else if (Object.keys(selection).length) {
    const iri = selection.select;
    void go({}).then(() => {
      showTab("graph", false);
      const back = [...document.querySelectorAll(".index button")].find((button) => button instanceof HTMLElement && button.dataset.iri === iri);
      if (back instanceof HTMLElement && factsBody.contains(document.activeElement) === false && document.activeElement === document.body) back.focus();
    });
  } else showTab("graph", false);
});

/* ---------------------------------------------------------------- tabs of a narrow screen */

const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[role="tab"]')]);

/**
 * @param {"text" | "graph" | "facts"} name
 * @param {boolean} focus
 */
function showTab(name, focus) {
  page.dataset.tab = name;
  for (const tab of tabs) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    if (chosen && focus) tab.focus();
  }
  if (name === "text") scrollToMark();
}
tabs.forEach((tab, index) => {
  tab.addEventListener("click", () => showTab(/** @type {"text" | "graph" | "facts"} */ (tab.id.replace("tab-", "")), false));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(index + step + tabs.length) % tabs.length];
    next.click();
    next.focus();
  });
});

/* ---------------------------------------------------------------- start */

async function start() {
  readColours();
  showGuide();
  try {
    const wanted = loadArticle(language === "en" ? "en" : null).catch(() => null);
    const data = await loadNetwork();
    for (const node of data.nodes) nodes.set(node.id, { ...node, camp: Object.hasOwn(CAMP_MARKS, node.camp ?? "") ? node.camp : null });
    for (const edge of data.edges) if (nodes.has(edge.from) && nodes.has(edge.to)) edges.set(edge.id, edge);
    kinds = data.classes;
    campNames = data.camps ?? {};
    for (const kind of kinds) if (kind.shown) kindsOn.add(kind.class);
    draw({ ...data, edges: [...edges.values()] });
    showLegend();
    showList();
    fit();
    article = await wanted;
  } catch (error) {
    state.hidden = false;
    state.textContent = say("failed", { reason: error instanceof Error ? error.message : String(error) });
    return;
  }
  if (article) showArticle();
  else {
    find(".pane.text").hidden = true;
    find("#tab-text").hidden = true;
    page.classList.add("without-text");
  }
  page.dataset.ready = "true";
  const to = selectionInHash();
  if (Object.keys(to).length) {
    showTab("facts", false);
    await open(to, { scroll: true });
    keepInLinks();
  }
}

void start();

export {};
