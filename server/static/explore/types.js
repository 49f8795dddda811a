// The shapes of what the pages' interface answers, and of what vis-network takes: types alone.

/**
 * @typedef {{type: "iri", iri: string, label: string, path?: string}
 *   | {type: "literal", value: string, text: string, language?: string | null, datatype?: string | null}} Term
 * @typedef {{iri: string, label: string, kind?: string}} Named
 * @typedef {{id: string, label: string, class: string, className: string, kind: string, camp: string | null,
 *   x: number, y: number, shown: boolean, date?: string | null, number?: number | null, degree: number}} Thing
 * @typedef {{id: string, from: string, to: string, predicate: string, label: string, modality: string,
 *   statements: string[]}} Edge
 * @typedef {{class: string, kind: string, label: string, count: number, shown: boolean}} Kind
 * @typedef {{language: string, edition?: string, nodes: Thing[], edges: Edge[], classes: Kind[], camps?: Record<string, string>,
 *   total?: {things: number, shown: number}}} NetworkData
 * @typedef {"wide" | "tall"} Shape
 * @typedef {{source: string, language: string, start: number, end: number, exact: string}} Passage
 * @typedef {{iri: string, path?: string, text: string, paraphrase?: string | null, article?: string, articleTitle?: string,
 *   modality?: Named | null, by?: Term | null, passages?: Passage[], original?: {start: number, end: number}[],
 *   implied?: Term[], contradicts?: string[], oddities?: string[], premises?: string[], rule?: Named | string | null,
 *   subject?: Term, predicate?: Named, object?: Term}} Statement
 * @typedef {{subject: Term, predicate: Named, object: Term, direction: "in" | "out", asserted: boolean,
 *   modality?: Named | null, statements: string[],
 *   inferred?: null | {iri: string, rule?: Named | string | null, premises?: string[]}}} Fact
 * @typedef {{iri: string, metric: Term | null, about?: Term | null, text: string, number?: string | null, unit?: Named | string | null,
 *   precision?: Named | string | null, modality?: Named | string | null, period?: string | null, rate?: string | null,
 *   per?: Term | null, shareOf?: Term | null, reportedBy?: Term | null, statements: string[]}} Figure
 * @typedef {{iri: string, label: string, path?: string, class?: Named | null, description?: string | null,
 *   names?: {language: string, text: string, preferred: boolean}[], links?: Named[], facts: Fact[], figures?: Figure[],
 *   statements: Record<string, Statement>, definitions: Record<string, string>}} Facts
 * @typedef {{slug: string, title: string, path: string, language: string, source: string, translations?: string[],
 *   original?: {sha256: string, length: number, language?: string} | null,
 *   blocks: {level: number, start: number, end: number, text: string}[],
 *   passages: {start: number, end: number, statements: string[]}[], statements?: Record<string, Statement>}} Article
 * What is selected; `paths` and `connect` are IRIs with spaces between them, `passage` is a text's language and a
 * stretch of it: zh-Hant:120,180.
 * @typedef {{select?: string, edge?: string, statement?: string, paths?: string, connect?: string, passage?: string}} Selection
 * @typedef {{start: number, end: number}} Span
 * @typedef {{x: number, y: number}} Point
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 */

/**
 * What may be fetched of a thing's links.
 * @typedef {{predicate: string, label: string, direction: "in" | "out", count: number}} Group
 * @typedef {{iri: string, label: string, total: number, groups: Group[]}} Connections
 * @typedef {"degree" | "date" | "label"} Order
 * @typedef {{iri: string, predicate?: string, direction?: "in" | "out", order?: Order, limit?: number,
 *   exclude?: string[], places?: Record<string, [number, number]>}} NeighbourRequest
 * @typedef {{nodes: Thing[], edges: Edge[], total: number, remaining: number, order: string}} Neighbours
 * @typedef {{paths: {things: string[], edges: string[]}[], nodes: Thing[], edges: Edge[], more: boolean, truncated: boolean}} Paths
 * @typedef {{things: {iri: string, label: string, linked: string[]}[], nodes: Thing[], edges: Edge[], total: number}} Connecting
 */

/**
 * The part of vis-network that is used here.
 * @typedef {{add: (items: object[]) => void, update: (items: object[]) => void}} VisData
 * @typedef {{nodes: string[], edges: string[], pointer: {DOM: Point, canvas: Point},
 *   event?: {srcEvent?: {ctrlKey?: boolean, metaKey?: boolean, shiftKey?: boolean}}}} VisEvent
 * @typedef {{on: (name: string, listener: (argument: any) => void) => void, DOMtoCanvas: (at: Point) => Point, getNodeAt: (point: Point) => string | undefined, redraw: () => void,
 *   setSize: (width: string, height: string) => void, getScale: () => number,
 *   getViewPosition: () => Point, moveTo: (options: object) => void, getPosition: (id: string) => Point,
 *   canvasToDOM: (point: Point) => Point, unselectAll: () => void}} VisNetwork
 * @typedef {{DataSet: new () => VisData, Network: new (element: HTMLElement, data: object, options: object) => VisNetwork}} Vis
 */

export {};
