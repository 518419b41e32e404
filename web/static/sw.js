// Keeps the console's own files for the next start and for being offline.
// Calls, the gate's pages and everything else go to the network untouched.
"use strict";

const prefix = "outdial-shell-";
const cacheName = prefix + "{{.Version}}";
const files = {{.Precache}};
const shell = "/";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(cacheName);
    // A file under /web/ is named after its content: the one that the browser
    // has already is the right one.
    await cache.addAll(files.map((file) => new Request(file, { cache: file.startsWith("/web/") ? "default" : "no-cache", redirect: "error" })));
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const key of await caches.keys()) {
      if (key.startsWith(prefix) && key !== cacheName) await caches.delete(key);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/web/")) {
    event.respondWith((async () => (await caches.match(request)) ?? fetch(request))());
    return;
  }
  // The network first: only there does the gate say that the session has
  // ended. The kept shell is for being offline.
  if (request.mode === "navigate" && {{.Routes}}.includes(url.pathname)) {
    event.respondWith((async () => {
      try {
        return await fetch(request);
      } catch {
        return (await caches.match(shell)) ?? Response.error();
      }
    })());
  }
});
