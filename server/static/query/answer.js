// What this module knows: an answer of a SPARQL endpoint, its rows and terms, where each stands in the raw
// text, and what shape it has: which columns hold things, numbers, dates.

/**
 * @typedef {{type: "uri" | "literal" | "bnode" | "triple", value: string, language?: string, datatype?: string}} Term
 * @typedef {Record<string, Term>} Row
 * @typedef {{start: number, end: number}} Span
 * @typedef {{kind: "solutions" | "boolean" | "graph", variables: string[], rows: Row[], boolean?: boolean, raw: string,
 *   spans: () => Span[], seconds: number, edition: string, query: string, size: number}} Answer
 * @typedef {{name: string, things: number, numbers: number, dates: number, filled: number, distinct: number}} Column
 */

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMERIC = new Set(["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger",
  "positiveInteger", "negativeInteger", "nonPositiveInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"].map((name) => XSD + name));
const DATED = new Set(["date", "dateTime", "gYear", "gYearMonth", "dateTimeStamp"].map((name) => XSD + name));
/** What a graph's three columns are called. */
const GRAPH_COLUMNS = ["subject", "predicate", "object"];

/**
 * @param {any} term as SPARQL 1.1 Query Results JSON writes it
 * @returns {Term}
 */
function termOf(term) {
  if (typeof term.value !== "string") {
    const { subject, predicate, object } = term.value ?? {};
    const parts = [subject, predicate, object].map((part) => (part ? textOf(termOf(part)) : ""));
    return { type: "triple", value: `<< ${parts.join(" ")} >>` };
  }
  const type = term.type === "typed-literal" ? "literal" : term.type;
  return { type, value: term.value, language: term["xml:lang"], datatype: term.datatype };
}

/** @param {Term} term */
export const textOf = (term) => (term.type === "bnode" ? `_:${term.value}` : term.value);

/**
 * Read the JSON of solutions or of a truth value.
 * @param {string} raw
 */
export function readJson(raw) {
  const document = JSON.parse(raw);
  if (typeof document.boolean === "boolean") {
    return { kind: /** @type {const} */ ("boolean"), variables: [], rows: [], boolean: document.boolean, raw, spans: () => [] };
  }
  /** @type {string[]} */
  const variables = document.head.vars ?? [];
  /** @type {Row[]} */
  const rows = document.results.bindings.map((/** @type {Record<string, any>} */ binding) =>
    Object.fromEntries(Object.entries(binding).map(([name, term]) => [name, termOf(term)])));
  return { kind: /** @type {const} */ ("solutions"), variables, rows, raw, spans: once(() => bindingSpans(raw)) };
}

/**
 * @template T
 * @param {() => T} make
 */
function once(make) {
  /** @type {T | undefined} */
  let made;
  return () => (made ??= make());
}

/**
 * Where each binding stands in the JSON: the objects that the array of `bindings` holds.
 * @param {string} raw
 * @returns {Span[]}
 */
function bindingSpans(raw) {
  /** @type {Span[]} */
  const found = [];
  const opening = /"bindings"\s*:\s*\[/.exec(raw);
  if (!opening) return found;
  let depth = 0;
  let start = 0;
  const sign = /["{}\]]/g;
  sign.lastIndex = opening.index + opening[0].length;
  for (let match = sign.exec(raw); match; match = sign.exec(raw)) {
    if (match[0] === '"') sign.lastIndex = endOfString(raw, match.index);
    else if (match[0] === "{") {
      if (depth === 0) start = match.index;
      depth += 1;
    } else if (match[0] === "}") {
      depth -= 1;
      if (depth === 0) found.push({ start, end: match.index + 1 });
    } else if (depth === 0) break;
  }
  return found;
}

/** @param {string} raw @param {number} at the opening quotation mark */
function endOfString(raw, at) {
  let end = raw.indexOf('"', at + 1);
  for (; end > 0; end = raw.indexOf('"', end + 1)) {
    let slashes = 0;
    while (raw[end - 1 - slashes] === "\\") slashes += 1;
    if (slashes % 2 === 0) return end + 1;
  }
  return raw.length;
}

const N_TRIPLE = /^(<[^>]*>|_:\S+)\s+(<[^>]*>)\s+(<[^>]*>|_:\S+|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[A-Za-z0-9-]+)?|<<.*>>)\s*\.\s*$/;

/**
 * Read N-Triples, a line a triple.
 * @param {string} raw
 */
export function readNTriples(raw) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {Span[]} */
  const spans = [];
  let start = 0;
  for (const line of raw.split("\n")) {
    const match = N_TRIPLE.exec(line);
    if (match) {
      const [subject, predicate, object] = match.slice(1, 4).map(parsed);
      rows.push({ subject, predicate, object });
      spans.push({ start, end: start + line.length });
    }
    start += line.length + 1;
  }
  return { kind: /** @type {const} */ ("graph"), variables: GRAPH_COLUMNS, rows, raw, spans: () => spans };
}

/** @param {string} text @returns {Term} */
function parsed(text) {
  if (text.startsWith("<<")) return { type: "triple", value: text };
  if (text.startsWith("<")) return { type: "uri", value: unescaped(text.slice(1, -1)) };
  if (text.startsWith("_:")) return { type: "bnode", value: text.slice(2) };
  const end = endOfString(text, 0);
  const tail = text.slice(end);
  return {
    type: "literal", value: unescaped(text.slice(1, end - 1)),
    language: tail.startsWith("@") ? tail.slice(1) : undefined,
    datatype: tail.startsWith("^^") ? tail.slice(3, -1) : undefined,
  };
}

/** @type {Record<string, string>} */
const ESCAPES = { t: "\t", b: "\b", n: "\n", r: "\r", f: "\f" };
/** @param {string} text */
const unescaped = (text) => text.replace(/\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/g, (_, short, long, one) =>
  short || long ? String.fromCodePoint(parseInt(short ?? long, 16)) : ESCAPES[one] ?? one);

/** @param {Term | undefined} term */
export const isNumber = (term) => term?.type === "literal" && (NUMERIC.has(term.datatype ?? "")
  || (!term.datatype && !term.language && /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(term.value))) && Number.isFinite(Number(term.value));

/** @param {Term | undefined} term */
export const isDate = (term) => term?.type === "literal" && (DATED.has(term.datatype ?? "")
  || (!term.language && /^\d{4}-\d{2}(-\d{2}(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?)?$/.test(term.value))) && dateOf(term) !== null;

/**
 * When a date begins and ends: a year is as long as a year.
 * @param {Term} term
 * @returns {{start: Date, end: Date, precise: boolean} | null}
 */
export function dateOf(term) {
  const match = /^(-?\d{4,})(?:-(\d\d)(?:-(\d\d)(T\S+)?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(term.value);
  if (!match) return null;
  const [, year, month, day, time] = match;
  if (time) {
    const at = new Date(term.value);
    return Number.isNaN(at.getTime()) ? null : { start: at, end: at, precise: true };
  }
  /** @param {number} y @param {number} m @param {number} d */
  const at = (y, m, d) => {
    const made = new Date(Date.UTC(2000, m, d));
    made.setUTCFullYear(y, m, d);
    return made;
  };
  const y = Number(year);
  const m = Number(month ?? 1) - 1;
  const d = Number(day ?? 1);
  if (m > 11 || d > 31) return null;
  const end = day ? at(y, m, d + 1) : month ? at(y, m + 1, 1) : at(y + 1, 0, 1);
  return { start: at(y, m, d), end, precise: Boolean(day) };
}

/**
 * What each column holds.
 * @param {Answer} answer
 * @returns {Column[]}
 */
export function columnsOf(answer) {
  const rows = answer.rows.slice(0, 5000);
  return answer.variables.map((name) => {
    const terms = rows.map((row) => row[name]).filter(Boolean);
    return {
      name,
      filled: terms.length,
      things: terms.filter((term) => term.type === "uri" || term.type === "bnode").length,
      numbers: terms.filter(isNumber).length,
      dates: terms.filter((term) => isDate(term) && !(isNumber(term) && term.datatype !== `${XSD}gYear`)).length,
      distinct: new Set(terms.map((term) => term.value)).size,
    };
  });
}

/** @param {Column} column @param {"things" | "numbers" | "dates"} what */
export const mostly = (column, what) => column.filled > 0 && column[what] >= column.filled * 0.8;

/**
 * The views that an answer can be seen in, the plain one first.
 * @param {Answer} answer
 */
export function viewsOf(answer) {
  if (answer.kind === "boolean") return ["table", "raw"];
  const columns = columnsOf(answer);
  const things = columns.filter((column) => mostly(column, "things"));
  const numbers = columns.filter((column) => mostly(column, "numbers"));
  return [
    "table",
    ...(answer.rows.length && (answer.kind === "graph" || things.length >= 2) ? ["network"] : []),
    ...(columns.some((column) => mostly(column, "dates")) ? ["timeline"] : []),
    ...(answer.kind !== "graph" && numbers.length && answer.rows.length > 1 && columns.length > 1 ? ["chart"] : []),
    "raw",
  ];
}
