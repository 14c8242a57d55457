import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";

const WORKER = "offline.js";
const WORKBENCH = "/src/pages/workbench/index.tsx";

function isWorkbench({ facadeModuleId }: { facadeModuleId: string | null }): boolean {
  return facadeModuleId?.endsWith(WORKBENCH) ?? false;
}

/** Writes into the service worker which files the workbench is made of. */
const shell: Plugin = {
  name: "shell",
  enforce: "post",
  generateBundle(_options, bundle) {
    const files = new Set<string>();
    const add = (file: string): void => {
      const chunk = bundle[file];
      if (files.has(file) || chunk?.type !== "chunk") return;
      files.add(file);
      const { importedCss, importedAssets } = chunk.viteMetadata ?? {};
      for (const each of [...(importedCss ?? []), ...(importedAssets ?? [])]) files.add(each);
      for (const each of chunk.imports) add(each);
      // What the workbench loads when it is asked for: the help, say, also offline.
      if (isWorkbench(chunk)) for (const each of chunk.dynamicImports) add(each);
    };
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk" || chunk.fileName === WORKER) continue;
      if (chunk.isEntry || isWorkbench(chunk)) add(chunk.fileName);
    }
    const paths = [...files].sort().map((file) => `/${file}`);
    const worker = bundle[WORKER];
    if (worker?.type !== "chunk" || paths.length < 4)
      throw new Error("The workbench's files are not where they were.");
    const name = createHash("sha256").update(paths.join()).digest("hex").slice(0, 16);
    worker.code = `const SHELL=${JSON.stringify({ name, files: paths })};\n${worker.code}`;
  },
};

export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [shell],
  // The host stays as the browser sent it, so that the server's origin check agrees.
  server: {
    proxy: {
      "/api": { target: process.env.BOXWRIGHT_API ?? "http://127.0.0.1:8000", changeOrigin: false },
    },
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: "index.html", offline: "src/offlineWorker.ts" },
      output: {
        // A service worker's address is for ever.
        entryFileNames: ({ name }) => (name === "offline" ? WORKER : "assets/[name]-[hash].js"),
      },
    },
  },
});
