// What this module knows: which part of the picture is in the frame, and how large.

/** @import {Box, Point, Thing, VisNetwork} from "./types.js" */
import { find } from "./page.js";
import { UNLIT, forgetLabels, layLabels, overlap, widthOf } from "./labels.js";
import { canvas, picture } from "./picture.js";
import { nodes, shown } from "./view.js";

/** Whether a person has moved the view: then it stays as it is. */
let touched = false;
export const isTouched = () => touched;
/** Leave the view as a person has put it. */
export function touch() {
  touched = true;
  for (const listener of listeners) listener();
}
/** @type {(() => void)[]} */
const listeners = [];
/**
 * Call back whenever a person moves the view.
 * @param {() => void} listener
 */
export const onTouch = (listener) => void listeners.push(listener);

/**
 * The middle of the frame and the scale, in the figures of a link; the frame takes them itself, so that whoever opens
 * the link sees the same to the pixel.
 * @returns {[number, number, number] | null}
 */
export function cameraNow() {
  if (!picture) return null;
  const place = picture.getViewPosition();
  const [x, y, scale] = [place.x, place.y, picture.getScale() * 1000].map((figure) => Math.round(figure * 100) / 100);
  picture.moveTo({ position: { x, y }, scale: scale / 1000, animation: false });
  return [x, y, scale / 1000];
}

/** @param {[number, number, number]} camera */
export function aim([x, y, scale]) {
  picture?.moveTo({ position: { x, y }, scale, animation: false });
  touch();
}

/** Below this scale labels would cover each other: the page then opens on the busiest part. */
const LEAST_SCALE = 0.25;
const LEAST_ZOOM = 0.05; // whoever zooms may go so far
const NARROW = 1750; // pixels at which the least scale is 1: a narrow screen shows the whole, if small

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
export function fit(least = LEAST_SCALE) {
  const frame = canvas.getBoundingClientRect();
  const seen = shown();
  if (!picture || frame.width === 0 || seen.length === 0) return;
  // On a narrow screen the buttons stand in a row below: labels keep clear of them.
  const row = find(".zoom").getBoundingClientRect();
  if (row.width < row.height) {
    fitAbove(0, frame, seen, least);
  } else {
    const { middle, scale, boxes } = fitAbove(0, frame, seen, least);
    const corner = {
      x: middle.x + (row.left - frame.left - frame.width / 2) / scale, y: middle.y + (row.top - frame.top - frame.height / 2) / scale,
      width: row.width / scale, height: row.height / scale,
    };
    if (boxes.some((box) => overlap(box, corner) > 0)) fitAbove(row.height, frame, seen, least);
  }
  forgetLabels();
  picture.redraw();
}

/**
 * Fit some things and their labels into the frame, but for its foot.
 * @param {number} foot pixels
 * @param {DOMRect} frame
 * @param {Thing[]} seen
 * @param {number} least
 * @returns {{middle: Point, scale: number, boxes: Box[]}} the boxes of what was fitted
 */
function fitAbove(foot, frame, seen, least) {
  const network = /** @type {VisNetwork} */ (picture);
  const places = seen.map((node) => network.getPosition(node.id));
  /** @type {Box[]} */
  let boxes = places.map(({ x, y }) => ({ x: x - 20, y: y - 20, width: 40, height: 40 }));
  let middle = { x: 0, y: 0 };
  let scale = 1;
  let before = 0;
  // The same frame whatever is selected. Labels keep their size on the screen, so how far they reach depends on the scale: look again.
  for (let round = 0; round < 4; round++) {
    const left = Math.min(...boxes.map((box) => box.x));
    const top = Math.min(...boxes.map((box) => box.y));
    const width = Math.max(...boxes.map((box) => box.x + box.width)) - left;
    const height = Math.max(...boxes.map((box) => box.y + box.height)) - top;
    const whole = Math.min((frame.width - 24) / width, (frame.height - 24 - foot) / height, 1.4);
    const lowest = Math.min(least, frame.width / NARROW);
    scale = Math.max(whole, lowest);
    middle = whole < lowest ? busiest(seen) : { x: left + width / 2, y: top + (height + foot / scale) / 2 };
    network.moveTo({ position: middle, scale, animation: false });
    if (Math.abs(scale / before - 1) < 0.002) break;
    before = scale;
    const labels = layLabels(scale, UNLIT, 1).filter((label) => label.angle === 0);
    boxes = [...boxes.slice(0, places.length), ...labels.map((label) => {
      const wide = Math.max(...label.text.map((line) => widthOf(line, label.bold))) * label.size;
      const high = label.text.length * label.size * 1.2;
      return { x: label.x - wide / 2, y: label.y - high / 2, width: wide, height: high };
    })];
  }
  return { middle, scale, boxes };
}

/** @param {number} factor */
export function zoom(factor) {
  if (!picture) return;
  picture.moveTo({ position: picture.getViewPosition(), scale: Math.min(Math.max(picture.getScale() * factor, LEAST_ZOOM), 6), animation: false });
  touch();
}

/** @param {number} right @param {number} down in pixels */
export function pan(right, down) {
  if (!picture) return;
  const { x, y } = picture.getViewPosition();
  const scale = picture.getScale();
  picture.moveTo({ position: { x: x + right / scale, y: y + down / scale }, scale, animation: false });
  touch();
}

const EDGE_PX = { side: 30, foot: 40 }; // room that a shape and its label want
const LEAST_ROOM_PX = 40;

/** What is to be in the frame once there is one. @type {string[]} */
let wanted = [];

/**
 * Bring things into the frame, if one is out of it: as large as now, or smaller where they need the room. Where another
 * pane is shown, that waits.
 * @param {string[]} iris
 */
export function bringIn(iris) {
  wanted = iris;
  bringWanted();
}

export function bringWanted() {
  const frame = canvas.getBoundingClientRect();
  const network = picture;
  if (!network || frame.width === 0) return;
  const places = wanted.filter((iri) => nodes.has(iri)).map((iri) => network.getPosition(iri));
  wanted = [];
  const isIn = places.every((place) => {
    const { x, y } = network.canvasToDOM(place);
    return x > EDGE_PX.side && y > EDGE_PX.side && x < frame.width - EDGE_PX.side && y < frame.height - EDGE_PX.foot;
  });
  if (isIn) return;
  const [left, right] = [Math.min(...places.map(({ x }) => x)), Math.max(...places.map(({ x }) => x))];
  const [top, bottom] = [Math.min(...places.map(({ y }) => y)), Math.max(...places.map(({ y }) => y))];
  const room = { width: Math.max(frame.width - 2 * EDGE_PX.side, LEAST_ROOM_PX), height: Math.max(frame.height - 2 * EDGE_PX.foot, LEAST_ROOM_PX) };
  const scale = Math.max(LEAST_ZOOM, Math.min(network.getScale(), room.width / (right - left || 1), room.height / (bottom - top || 1)));
  network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 }, scale, animation: false });
}
