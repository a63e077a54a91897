/**
 * Keep the shell of the app, so that it opens without a network. It keeps nothing of the API: what people see of their
 * money offline comes from IndexedDB, where it can be told apart by who is signed in.
 */
declare const self: ServiceWorkerGlobalScope;

export type {};

const PATHS: string[] = JSON.parse("__PATHS__");
const CACHE = "shell-__VERSION__";
/** The server answers these by itself; a page of the app never has their names. */
const NOT_OURS = /^\/(v1|docs|openapi\.json|\.well-known|healthz|readyz)(\/|$)/;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(PATHS.map((path) => new Request(path, { cache: "no-cache" })));
    })(),
  );
});

/** A newer version waits until no page of the older one is open, or until somebody wants it. */
self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      // The version before stays: pages of it that are open still load parts of it. Caches are listed oldest first.
      const former = (await caches.keys()).filter((name) => name !== CACHE);
      for (const name of former.slice(0, -1)) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin || NOT_OURS.test(url.pathname)) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (PATHS.includes(url.pathname) || url.pathname.startsWith("/assets/")) event.respondWith(asset(event.request));
});

/** Answer from what is kept at once; a newer version comes with the next worker. */
async function page(request: Request): Promise<Response> {
  return (await kept("/")) ?? fetch(request);
}

/** What is named by its hash is the same in every version that has it. */
async function asset(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  return (await kept(pathname)) ?? (await caches.match(pathname)) ?? fetch(request);
}

async function kept(path: string): Promise<Response | undefined> {
  return caches.match(path, { cacheName: CACHE });
}
