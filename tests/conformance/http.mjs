// The audits of npm's graphql-http, which are the GraphQL-over-HTTP specification in executable form.
import assert from "node:assert/strict";
import { serverAudits } from "graphql-http";
import { authorization, check, url } from "./check.mjs";

const fetchFn = (input, init) => fetch(input, { ...init, headers: { ...init?.headers, authorization } });

for (const audit of serverAudits({ url, fetchFn })) {
  await check(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    assert.equal(result.status, "ok", result.reason);
  });
}
