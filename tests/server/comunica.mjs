// Asks a service by Comunica, a SPARQL engine in JavaScript, and writes what it got as JSON.
// node comunica.mjs ORIGIN TOKEN
import { QueryEngine } from "@comunica/query-sparql";

const [origin, token] = process.argv.slice(2);
const engine = new QueryEngine();
const endpoint = { type: "sparql", value: `${origin}/sparql` };
const context = { sources: [endpoint] };
const prefix = "PREFIX e: <http://e.example/>";

const solutions = await engine.queryBindings(
  `${prefix} SELECT ?o WHERE { e:a e:label ?o }`,
  context,
);
const labels = (await solutions.toArray()).map((solution) => {
  const { value, language } = solution.get("o");
  return { value, language };
});

const quads = await engine.queryQuads(
  `${prefix} CONSTRUCT { ?o e:of ?s } WHERE { ?s e:knows ?o }`,
  context,
);
const built = (await quads.toArray()).map((quad) =>
  [quad.subject, quad.predicate, quad.object].map((term) => term.value),
);

const asked = await engine.queryBoolean(`${prefix} ASK { e:a e:knows e:b }`, context);

// The endpoint and a document beside it: what Comunica joins, it asks for in parts.
const joined = await engine.queryBindings(
  `${prefix} SELECT DISTINCT ?n WHERE { ?s e:knows ?o . ?o e:n ?n FILTER(?n > 1) }`,
  { sources: [endpoint, { type: "file", value: `${origin}/store?default` }] },
);
const numbers = (await joined.toArray()).map((solution) => solution.get("n").value);

await engine.queryVoid(`${prefix} INSERT DATA { e:new e:p "釘" }`, {
  sources: [],
  destination: { type: "sparql", value: `${origin}/update` },
  fetch: (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("Authorization", `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  },
});
const written = await engine.queryBoolean(`${prefix} ASK { e:new e:p "釘" }`, {
  ...context,
  noCache: true,
});

console.log(JSON.stringify({ labels, built, asked, numbers, written }));
