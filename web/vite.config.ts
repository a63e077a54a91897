import { createHash } from "node:crypto";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vite";

/** Tell the service worker which files there are, and give them one version: the hash of their names. */
function precache(): Plugin {
  return {
    name: "precache",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["sw.js"];
      if (worker?.type !== "chunk") throw new Error("There is no service worker to tell.");
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const paths = ["/", "/manifest.webmanifest", "/icon.svg", ...files.map((name) => `/${name}`)].sort();
      const version = createHash("sha256").update(paths.join("\n")).digest("hex").slice(0, 12);
      worker.code = worker.code.replace(/(["'`])__PATHS__\1/, () => JSON.stringify(JSON.stringify(paths)));
      worker.code = worker.code.replace(/__VERSION__/g, version);
    },
  };
}

export default defineConfig({
  plugins: [react(), tailwindcss(), precache()],
  build: {
    outDir: "../src/allsquare/webapp",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { main: "index.html", sw: "src/sw/service-worker.ts" },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8000" } },
});
