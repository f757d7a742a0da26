import { defineConfig } from "vite";

/** The server is asked through ours, so that page and API have one origin (without: JXC_CORS_ORIGINS). */
const proxy = { "/graphql": { target: process.env.JXC_URL ?? "http://127.0.0.1:8000", ws: true } };

export default defineConfig({
  server: { proxy },
  preview: { proxy },
  build: { rolldownOptions: { input: ["index.html"] } },
});
