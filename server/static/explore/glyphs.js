// What this module knows: one shape for each kind of thing, and how it is coloured.

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
export const outlineOf = (kind) => (Object.hasOwn(GLYPHS, kind) ? GLYPHS[kind] : PLAIN);
export const STRONG = new Set(["Person", "Company", "Organization", "GovernmentOrganization", "Attempt"]);
const PALE = new Set(["Market", "Circumstance", "Audience", "Metric", "Agent", "Observation"]);
export const CAMP_MARKS = { challenger: "M12 3L22 21H2z", incumbent: ring(12, 12, 9.5) };

/** @param {string} kind */
export const toneOf = (kind) => (STRONG.has(kind) ? "strong" : PALE.has(kind) ? "pale" : "mid");

/**
 * @param {string} outline
 * @param {string | null} [camp]
 */
export function drawing(outline, camp = null) {
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
export const glyphOf = (node) => drawing(outlineOf(node.kind), node.camp);
