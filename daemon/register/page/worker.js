// Keeps the page for use without a network.  The page's own files come from the store; issuers and
// lists come from the network first, so that a cancellation is seen as soon as there is one.

/* global VERSION, FILES */
importScripts("files.js");

const STORE = `page-${VERSION}`;

self.addEventListener("install", (event) => {
  const fresh = FILES.map((name) => new Request(name, { cache: "reload" }));
  event.waitUntil(
    caches.open(STORE).then((store) => store.addAll(fresh)).then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== STORE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

async function networkFirst(request) {
  const store = await caches.open(STORE);
  try {
    // a network that is there and does not answer is none
    const response = await fetch(request, { signal: AbortSignal.timeout(5000) });
    if (response.ok) await store.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await store.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

async function storeFirst(request) {
  const store = await caches.open(STORE);
  return (await store.match(request, { ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  const data = address.pathname.includes("/data/");
  event.respondWith(data ? networkFirst(event.request) : storeFirst(event.request));
});
