#!/usr/bin/env bash
# graphql-ws 6.4.2: after a close with 4403 Forbidden, which many servers send for a bad token in connection_init, the client
# tries again, `retryAttempts` times; only after 4401 Unauthorized does it give up at once. Its own server sends 4403 where
# onConnect returns false, so a client with a stale token hammers it and its user waits instead of signing in.
#
# Seen: 4403 after 4 connections, 4401 after 1 connection (retryAttempts 3)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund graphql-ws@6.4.2 graphql@16.15.0 ws@8.23.0
cat >look.mjs <<'JS'
import { createClient } from "graphql-ws";
import WebSocket, { WebSocketServer } from "ws";

async function connections(code) {
  let count = 0;
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    count += 1;
    socket.on("message", () => socket.close(code, "the token is not good"));
  });
  await new Promise((done) => server.on("listening", done));
  const url = `ws://127.0.0.1:${server.address().port}`;
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 3, retryWait: async () => {} });
  const closed = await client.iterate({ query: "{ a }" }).next().catch((event) => event);
  server.close();
  console.log(closed.code, "after", count, "connections");
  return count;
}

process.exit((await connections(4403)) === 4 && (await connections(4401)) === 1 ? 0 : 1);
JS
node look.mjs
