// The findings of graphql-cop, which no registry has, looked for one by one on a server as `jxc serve` starts it.
import assert from "node:assert/strict";
import { authorization, check, url } from "./check.mjs";

const headers = { authorization, accept: "application/graphql-response+json", "content-type": "application/json" };

async function post(body, more = {}) {
  const response = await fetch(url, { method: "POST", headers: { ...headers, ...more }, body: typeof body === "string" ? body : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, text, json: () => JSON.parse(text) };
}

const code = async (query) => (await post({ query })).json().errors?.[0].extensions.code;
const times = (count, text) => Array.from({ length: count }, (_, index) => text(index)).join(" ");

await check("alias overloading: 101 aliases are refused", async () => {
  assert.equal(await code(`{ ${times(101, (index) => `a${index}: __typename`)} }`), "LIMIT_EXCEEDED");
});

await check("array-based batching is refused", async () => {
  assert.equal((await post(Array(10).fill({ query: "{ __typename }" }))).status, 400);
});

await check("directive overloading: 30 directives are refused", async () => {
  const refused = await code(`{ __typename ${times(30, (index) => `@a${index}`)} }`);
  assert.ok(["LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"].includes(refused), refused);
});

await check("circular introspection is refused", async () => {
  const deep = "fields { type { ".repeat(8) + "name" + " } }".repeat(8);
  assert.ok(await code(`{ __schema { types { ${deep} } } }`));
});

await check("field duplication: 5,000 repetitions are refused", async () => {
  assert.equal(await code(`{ ${times(5000, () => "__typename")} }`), "LIMIT_EXCEEDED");
});

await check("introspection is off", async () => {
  assert.ok(await code("{ __schema { queryType { name } } }"));
  assert.ok(await code('{ __type(name: "Query") { name } }'));
});

await check("nothing is suggested to who misspells a field", async () => {
  const { text } = await post({ query: "{ viewr { locale } wearhouses { nodes { id } } }" });
  assert.doesNotMatch(text, /did you mean/i);
  assert.doesNotMatch(text, /"viewer|warehouses/);
});

await check("there is no explorer", async () => {
  const response = await fetch(url, { headers: { ...headers, accept: "text/html" } });
  assert.doesNotMatch(await response.text(), /<html|graphiql/i);
});

await check("mutations are not taken by GET", async () => {
  const response = await fetch(`${url}?query=${encodeURIComponent("mutation { logout { user { id } } }")}`, { headers });
  assert.equal(response.status, 405);
});

await check("a form cannot post: urlencoded, multipart and text/plain are refused", async () => {
  for (const type of ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]) {
    assert.equal((await post("query={__typename}", { "content-type": type })).status, 415, type);
  }
});

await check("there is no tracing", async () => {
  const { text } = await post({ query: "{ __typename }" }, { "x-apollo-tracing": "1" });
  assert.doesNotMatch(text, /tracing/);
});

await check("an error shows nothing of the inside", async () => {
  for (const body of ['{"query":', "[]", "{}", '{"query": 1}', '{"query": "{ x "}', '{"query": "{ __typename }", "variables": 1}']) {
    const { status, text } = await post(body);
    assert.ok(status >= 400 && status < 500, `${status} for ${body}`);
    assert.doesNotMatch(text, /Traceback|File "|\.py|strawberry|graphql-core|sqlite|asyncpg/i);
  }
});

