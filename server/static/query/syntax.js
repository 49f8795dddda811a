// What this module knows: the terminals of SPARQL, and where in a query a place is: what may stand there,
// of which subject and predicate. It reads a query that is being written, so it never complains.

/**
 * @typedef {"comment" | "iri" | "string" | "variable" | "name" | "blank" | "language" | "number" | "word" | "sign"} Kind
 * @typedef {{kind: Kind, text: string, start: number, end: number}} Token
 * @typedef {{subject: string, predicate: string, object: string}} Triple
 * @typedef {"prologue" | "select" | "subject" | "predicate" | "object" | "after" | "expression" | "data" | "list" | "tail"} Place
 * @typedef {{place: Place, subject: string | null, predicate: string | null, triples: Triple[],
 *   types: Map<string, string>}} Context
 */

const TERMINAL = new RegExp(
  [
    "(?<comment>#[^\\n]*)",
    "(?<iri><[^\\s<>\"{}|^`\\\\]*>)",
    "(?<string>\"\"\"[^]*?(?:\"\"\"|$)|'''[^]*?(?:'''|$)|\"(?:[^\"\\\\\\n]|\\\\.)*\"?|'(?:[^'\\\\\\n]|\\\\.)*'?)",
    "(?<variable>[?$][\\p{L}\\p{N}_]+)",
    "(?<blank>_:[\\p{L}\\p{N}_](?:[\\p{L}\\p{N}_.-]*[\\p{L}\\p{N}_-])?)",
    "(?<name>(?:\\p{L}(?:[\\p{L}\\p{N}_.-]*[\\p{L}\\p{N}_-])?)?:(?:(?:[\\p{L}\\p{N}_:]|%[0-9A-Fa-f]{2}|\\\\.)(?:(?:[\\p{L}\\p{N}_:.-]|%[0-9A-Fa-f]{2}|\\\\.)*(?:[\\p{L}\\p{N}_:-]|%[0-9A-Fa-f]{2}|\\\\.))?)?)",
    "(?<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)",
    "(?<number>[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)",
    "(?<word>[\\p{L}_][\\p{L}\\p{N}_]*)",
    "(?<sign>\\^\\^|&&|\\|\\||!=|<=|>=|<<|>>|[^\\s])",
  ].join("|"),
  "gu",
);

/**
 * The terminals of a text; comments are left out.
 * @param {string} text
 * @returns {Token[]}
 */
export function tokens(text) {
  /** @type {Token[]} */
  const found = [];
  for (const match of text.matchAll(TERMINAL)) {
    const kind = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0];
    if (kind && kind !== "comment") {
      found.push({ kind: /** @type {Kind} */ (kind), text: match[0], start: match.index, end: match.index + match[0].length });
    }
  }
  return found;
}

/** Whether a place lies in a comment or a string. @param {string} text @param {number} at */
export function isQuoted(text, at) {
  for (const match of text.matchAll(TERMINAL)) {
    if (match.index >= at) return false;
    const end = match.index + match[0].length;
    if (match.groups?.comment && at <= end) return true;
    if (match.groups?.string && at < end) return true;
    if (match.groups?.string && at === end && !/^("""[^]*"""|'''[^]*'''|"[^]*"|'[^]*')$/.test(match[0])) return true;
  }
  return false;
}

const TERMS = new Set(["iri", "string", "variable", "name", "blank", "number"]);
const TAIL_WORDS = new Set(["ORDER", "GROUP", "LIMIT", "OFFSET"]);

/**
 * What may stand at the end of a text that begins a query.
 * @param {string} text
 * @returns {Context}
 */
export function contextAfter(text) {
  /** What an open bracket ends, and where we are again when it does.
   * @typedef {{place: Place, subject: string | null, predicate: string | null, closes: string, term: boolean}} Frame */
  /** @type {Frame[]} */
  const frames = [];
  /** @type {Place} */
  let place = "prologue";
  /** @type {string | null} */
  let subject = null;
  /** @type {string | null} */
  let predicate = null;
  /** @type {Triple[]} */
  const triples = [];
  /** @type {Map<string, string>} */
  const types = new Map();
  let named = false; // the term after GRAPH or SERVICE is no subject
  let data = false; // the next brace holds data
  let condition = false; // the next bracket holds all of an expression
  let path = 0; // parentheses open in a property path
  let declares = 0; // terms that PREFIX or BASE takes

  /** @param {Place} next @param {string} closes @param {boolean} [term] whether it stands for a term */
  const open = (next, closes, term = false) => {
    frames.push({ place, subject, predicate, closes, term });
    place = next;
  };
  /** @param {string} closes */
  const close = (closes) => {
    while (frames.length && frames.at(-1)?.closes !== closes) frames.pop();
    const frame = frames.pop();
    if (!frame) return;
    ({ place, subject, predicate } = frame);
    if (closes === "}" && place !== "expression") [place, subject, predicate] = [frames.length ? "subject" : "tail", null, null];
    if (frame.term) read("[]");
  };
  /** @param {string} term */
  const read = (term) => {
    if (place === "subject" || place === "after") [place, subject, predicate] = ["predicate", term, null];
    else if (place === "predicate") {
      predicate = `${predicate ?? ""}${term}`;
      if (path === 0) place = "object";
    } else if (place === "object") {
      if (subject !== null && predicate !== null) {
        triples.push({ subject, predicate, object: term });
        if (predicate === "a" || predicate === "rdf:type") types.set(subject, term);
      }
      place = "after";
    }
  };

  for (const token of tokens(text)) {
    const word = token.kind === "word" ? token.text.toUpperCase() : "";
    if (declares > 0 && (token.kind === "iri" || token.kind === "name")) {
      declares = token.kind === "iri" ? 0 : declares - 1;
    } else if (token.text === "{") {
      if (condition) place = frames.length ? "subject" : "tail";
      open(data ? "data" : "subject", "}");
      [subject, predicate, data, condition, named, path] = [null, null, false, false, false, 0];
    } else if (token.text === "[") {
      open("predicate", "]", true);
      [subject, predicate] = ["[]", null];
    } else if (token.text === "(") {
      if (condition) {
        place = frames.length ? "subject" : "tail";
        open("expression", ")");
        condition = false;
      } else if (place === "predicate") path += 1;
      else if (place === "subject" || place === "object") open("list", ")", !data);
      else open("expression", ")");
    } else if (token.text === ")" && place === "predicate" && path > 0) {
      path -= 1;
      if (path === 0) place = "object";
    } else if (token.text === "}" || token.text === "]" || token.text === ")") close(token.text);
    else if (token.text === ".") {
      if (["after", "object", "predicate"].includes(place)) [place, subject, predicate] = ["subject", null, null];
    } else if (token.text === ";") {
      if (["after", "object", "predicate"].includes(place)) [place, predicate] = ["predicate", null];
    } else if (token.text === ",") {
      if (/** @type {string} */ (place) === "after") place = "object";
    } else if (token.text === "/" || token.text === "|") {
      if (place === "object" && predicate !== null) [place, predicate] = ["predicate", `${predicate}${token.text}`];
    } else if (token.text === "^") {
      if (place === "predicate") predicate = `${predicate ?? ""}^`;
    } else if (word === "PREFIX" || word === "BASE") [place, declares] = ["prologue", word === "PREFIX" ? 2 : 1];
    else if (word === "SELECT" || word === "DESCRIBE") place = "select";
    else if (word === "CONSTRUCT" || word === "ASK") place = "prologue";
    else if (place === "predicate" && token.text === "a") read("a");
    else if (word === "FILTER" || word === "BIND" || word === "HAVING") [place, condition] = ["expression", true];
    else if (word === "VALUES") data = true;
    else if (word === "GRAPH" || word === "SERVICE") named = true;
    else if (TAIL_WORDS.has(word) && !frames.length) place = "tail";
    else if (TERMS.has(token.kind) || word === "TRUE" || word === "FALSE") {
      if (named) named = false;
      else if (place !== "expression" && !data) read(token.text);
    }
  }
  return { place, subject, predicate, triples, types };
}

/**
 * The prefixes that a query declares, and where the last declaration ends.
 * @param {string} text
 * @returns {{prefixes: Map<string, string>, end: number}}
 */
export function declarations(text) {
  const found = tokens(text);
  const prefixes = new Map();
  let end = 0;
  for (let index = 0; index + 2 < found.length; index += 1) {
    const [word, name, iri] = found.slice(index, index + 3);
    if (word.text.toUpperCase() === "PREFIX" && name.kind === "name" && iri.kind === "iri") {
      prefixes.set(name.text.slice(0, -1), iri.text.slice(1, -1));
      end = iri.end;
    }
  }
  return { prefixes, end };
}

/**
 * The IRI that a term of a query means; null for variables, paths and unknown prefixes.
 * @param {string | null} term
 * @param {Map<string, string>} prefixes
 */
export function iriOf(term, prefixes) {
  if (!term) return null;
  if (term === "a") return "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
  if (term.startsWith("<")) return term.slice(1, -1);
  const [whole] = tokens(term);
  if (!whole || whole.kind !== "name" || whole.end !== term.length) return null;
  const colon = term.indexOf(":");
  const namespace = prefixes.get(term.slice(0, colon));
  return namespace === undefined ? null : namespace + term.slice(colon + 1).replace(/\\(.)/g, "$1");
}

/** The variables of a query, in order. @param {string} text */
export const variables = (text) => [
  ...new Set(tokens(text).filter((token) => token.kind === "variable").map((token) => `?${token.text.slice(1)}`)),
];

/**
 * The outermost LIMIT of a query.
 * @param {string} text
 * @returns {number | null}
 */
export function limitOf(text) {
  let depth = 0;
  let limit = null;
  const found = tokens(text);
  found.forEach((token, index) => {
    if (token.text === "{") depth += 1;
    else if (token.text === "}") depth -= 1;
    else if (depth === 0 && token.text.toUpperCase() === "LIMIT") limit = Number(found[index + 1]?.text);
  });
  return Number.isFinite(limit) ? limit : null;
}
