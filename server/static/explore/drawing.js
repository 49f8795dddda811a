// What this module knows: the picture as it stands, drawn in SVG: shapes as paths, labels as text, nothing from outside.

/** @import {Edge, Point, Thing} from "./types.js" */
import { CAMP_MARKS, outlineOf, toneOf } from "./glyphs.js";
import { layLabels } from "./labels.js";
import { measuredColour } from "./measures.js";
import { language } from "./page.js";
import { bendOf, canvas, colours, picture, sizeOf } from "./picture.js";
import { nodes, shown, shownLines, view } from "./view.js";

const SVG = "http://www.w3.org/2000/svg";
const ASIDE = { width: 1200, height: 800 }; // pixels, where the picture is not on the screen
const DIGITS = 2;

/** What XML cannot hold (XML 1.0, 2.2). */
const UNSPEAKABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/** @param {string} text */
const speakable = (text) => text.replace(UNSPEAKABLE, "\uFFFD");
/** @param {number} value */
const round = (value) => String(Number(value.toFixed(DIGITS)));

/**
 * @param {string} name
 * @param {Record<string, string | number | null>} attributes
 * @param {...(Node | string)} children
 */
function shape(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null) made.setAttribute(key, typeof value === "number" ? round(value) : speakable(value));
  }
  made.append(...children.map((child) => (typeof child === "string" ? speakable(child) : child)));
  return made;
}

/** The part of the picture that is in the frame, and the frame's size; all of it where there is no frame. */
function frameNow() {
  const box = canvas.getBoundingClientRect();
  const scale = picture?.getScale() ?? 1;
  if (box.width && picture) {
    const middle = picture.getViewPosition();
    const [width, height] = [box.width / scale, box.height / scale];
    return { x: middle.x - width / 2, y: middle.y - height / 2, width, height, scale, pixels: { width: box.width, height: box.height } };
  }
  const places = shown().map(placeOf);
  const left = Math.min(...places.map((at) => at.x), 0) - 60;
  const top = Math.min(...places.map((at) => at.y), 0) - 60;
  const width = Math.max(...places.map((at) => at.x), 0) + 60 - left;
  const height = Math.max(...places.map((at) => at.y), 0) + 60 - top;
  return { x: left, y: top, width, height, scale: Math.min(ASIDE.width / width, ASIDE.height / height), pixels: ASIDE };
}

/** @param {Thing} thing @returns {Point} */
const placeOf = (thing) => picture?.getPosition(thing.id) ?? thing;

/**
 * The view as an SVG element.
 * @param {string} title
 */
export function drawSvg(title) {
  const { x, y, width, height, scale, pixels } = frameNow();
  const made = shape("svg", { xmlns: SVG, width: pixels.width, height: pixels.height, viewBox: [x, y, width, height].map(round).join(" "), lang: language, role: "img" },
    shape("title", {}, title),
    shape("rect", { x, y, width, height, fill: colours.ground }),
    shape("g", { fill: "none" }, ...shownLines().map(lineShape)),
    shape("g", { "fill-rule": "evenodd", "stroke-linejoin": "round" }, ...shown().map(thingShape)),
    shape("g", { "font-family": colours.font, "text-anchor": "middle", "dominant-baseline": "central", "stroke-linejoin": "round" }, ...labelShapes(scale)));
  return /** @type {SVGSVGElement} */ (made);
}

/** @param {Edge} edge */
function lineShape(edge) {
  const from = placeOf(/** @type {Thing} */ (nodes.get(edge.from)));
  const target = /** @type {Thing} */ (nodes.get(edge.to));
  const to = placeOf(target);
  const bend = bendOf(edge.id);
  // vis-network bends a line as a quadratic curve, its control point beside the middle.
  const control = { x: (from.x + to.x) / 2 + bend * (to.y - from.y), y: (from.y + to.y) / 2 - bend * (to.x - from.x) };
  const chosen = view.selection.edge === edge.id;
  const away = view.near !== null && !view.near.has(edge.id);
  const stroke = edge.modality === "disputed" ? colours.contradiction : chosen || (view.near && !away) ? colours.ink : colours.edge;
  const wide = chosen ? 3 : view.near && !away ? 1.6 : 1;
  const length = Math.hypot(to.x - control.x, to.y - control.y) || 1;
  const [dx, dy] = [(to.x - control.x) / length, (to.y - control.y) / length];
  const gap = Math.min(sizeOf(target) / 2 + 3, length);
  const head = 6.5 + 2.5 * wide;
  const tip = { x: to.x - dx * gap, y: to.y - dy * gap };
  const back = { x: tip.x - dx * head, y: tip.y - dy * head };
  const half = head * 0.4;
  const corners = [tip, { x: back.x - dy * half, y: back.y + dx * half }, { x: back.x + dy * half, y: back.y - dx * half }];
  const path = `M${round(from.x)} ${round(from.y)}${bend ? `Q${round(control.x)} ${round(control.y)} ` : "L"}${round(back.x)} ${round(back.y)}`;
  return shape("g", { opacity: away ? 0.15 : null },
    shape("path", { d: path, stroke, "stroke-width": wide, "stroke-dasharray": edge.modality === "asserted" ? null : edge.modality === "disputed" ? "2 3" : "6 4" }),
    shape("path", { d: `M${corners.map((corner) => `${round(corner.x)} ${round(corner.y)}`).join("L")}z`, fill: stroke }));
}

/** @param {Thing} thing */
function thingShape(thing) {
  const at = placeOf(thing);
  const size = sizeOf(thing);
  const tone = toneOf(thing.kind);
  const camp = thing.camp ?? "other";
  const d = outlineOf(thing.kind);
  const selected = view.selection.select === thing.id;
  const fill = measuredColour(thing) ?? colours[tone === "strong" ? camp : `${camp}-${tone}`];
  const badge = camp === "challenger" || camp === "incumbent" ? CAMP_MARKS[camp] : null;
  return shape("g", { opacity: view.near && !view.near.has(thing.id) ? 0.28 : null, transform: `translate(${round(at.x)} ${round(at.y)})` },
    shape("title", {}, `${thing.label}${thing.className ? ` (${thing.className})` : ""}`),
    ...(selected ? [shape("circle", { r: size * 0.85, fill: colours.ground, stroke: colours.ink, "stroke-width": size * 0.24 }), shape("circle", { r: size * 0.85, fill: "none", stroke: colours.mark, "stroke-width": size * 0.16 })] : []),
    shape("g", { transform: `scale(${round(size / 24)}) translate(-12 -12)` },
      shape("path", { d, fill: colours.ground, stroke: colours.ground, "stroke-width": selected ? 0 : 4 }),
      shape("path", { d, fill, stroke: tone === "pale" ? colours[camp] : null, "stroke-width": tone === "pale" ? 1.6 : null }),
      ...(badge ? [shape("g", { transform: "translate(18 -3) scale(.36)" }, shape("path", { d: badge, stroke: colours.ground, "stroke-width": 8 }), shape("path", { d: badge, fill: colours[camp] }))] : [])));
}

/** @param {number} scale */
function labelShapes(scale) {
  return layLabels(scale).flatMap((label) => label.text.map((line, index) => {
    const turned = label.angle ? `rotate(${round((label.angle * 180) / Math.PI)} ${round(label.x)} ${round(label.y)})` : null;
    return shape("text", { x: label.x, y: label.y + (index - (label.text.length - 1) / 2) * label.size * 1.2, transform: turned, "font-size": label.size,
      "font-weight": label.bold ? "bold" : null, fill: label.colour, stroke: colours.ground, "stroke-width": label.halo, "paint-order": "stroke", opacity: label.alpha < 1 ? label.alpha : null }, line);
  }));
}

/** @param {string} title @returns {Blob} */
export function svgFile(title) {
  return new Blob(['<?xml version="1.0" encoding="UTF-8"?>\n', new XMLSerializer().serializeToString(drawSvg(title)), "\n"], { type: "image/svg+xml" });
}

/**
 * The same as a PNG, with two dots for each pixel of the screen.
 * @param {string} title
 * @returns {Promise<Blob>}
 */
export async function pngFile(title) {
  const url = URL.createObjectURL(svgFile(title));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const sheet = document.createElement("canvas");
    sheet.width = 2 * image.width;
    sheet.height = 2 * image.height;
    sheet.getContext("2d")?.drawImage(image, 0, 0, sheet.width, sheet.height);
    return await new Promise((resolve, reject) => sheet.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("PNG"))), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
