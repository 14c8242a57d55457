import { defineConfig } from "vite";

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The host stays as the browser sent it, so that the server's origin check agrees.
  server: {
    proxy: {
      "/api": { target: process.env.BOXWRIGHT_API ?? "http://127.0.0.1:8000", changeOrigin: false },
    },
  },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
