// The desk's one script: what is live, what a key does, where the mark is.  Without it the forms
// still work; nothing is kept, and nothing comes from elsewhere.
"use strict";
(() => {
  const body = document.body, request = body.dataset.request || "";
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const line = one("#line");
  let socket = null, waiting = -1, ready = false, at = 0, left = false, told = 0;

  // -- sound -------------------------------------------------------------------------------
  function beep() {
    try {
      const audio = new AudioContext(), tone = audio.createOscillator(), loud = audio.createGain();
      loud.gain.value = 0.15;
      tone.frequency.value = 880;
      tone.connect(loud).connect(audio.destination);
      tone.onended = () => audio.close();
      tone.start();
      tone.stop(audio.currentTime + 0.25);
    } catch { /* a browser without sound still shows the request */ }
  }

  // -- the line ----------------------------------------------------------------------------
  function say(what) {
    if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
  }

  function connect() {
    socket = new WebSocket(`wss://${location.host}${body.dataset.live}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { line.hidden = true; };
    socket.onmessage = (event) => typeof event.data === "string" ? text(JSON.parse(event.data)) : picture(event.data);
    socket.onclose = () => {
      if (left) return;
      line.hidden = false;
      setTimeout(connect, 1000);
    };
  }

  function text(news) {
    if (news.away) { left = true; location.replace("/enter"); return; }
    if (news.over) { left = true; over(news.over); return; }
    for (const [id, html] of Object.entries(news.parts || {})) replace(one(`#${id}`), html);
    if (waiting >= 0 && news.waiting > waiting) beep();
    waiting = news.waiting;
    document.title = document.title.replace(/^\(\d+\) /, "");
    if (waiting) document.title = `(${waiting}) ${document.title}`;
    if (!request) return first();
    for (const n of news.pages || []) {
      const image = one(`figure[data-page="${n}"] img`);
      if (image && !image.getAttribute("src")) image.src = image.dataset.src;
    }
    ready = Boolean(news.ready);
    enable();
  }

  function over(sentence) {
    const main = one("main"), head = document.createElement("h1"), back = document.createElement("a");
    head.textContent = sentence;
    head.setAttribute("role", "alert");
    back.href = "/";
    back.className = "button go";
    back.textContent = "←";
    back.setAttribute("aria-label", "/");
    main.replaceChildren(head, back);
    back.focus();
    if (!document.hidden) setTimeout(() => location.replace("/"), 4000);
  }

  // A part is drawn anew without losing what was typed, the focus, or the pictures.
  function replace(place, html) {
    if (!place) return;
    const focus = document.activeElement && place.contains(document.activeElement) ? document.activeElement.id : "";
    const typed = all("[data-keep]").map((field) => [field.id, field.value]);
    const pictures = all("img[data-thumb]").map((image) => [image.dataset.thumb, image.src]);
    place.innerHTML = html;
    for (const [id, value] of typed) { const field = document.getElementById(id); if (field) field.value = value; }
    for (const [kiosk, src] of pictures) { const image = one(`img[data-thumb="${kiosk}"]`); if (image && src) image.src = src; }
    if (focus) document.getElementById(focus)?.focus();
  }

  function first() {
    const here = document.activeElement;
    if (!here || here === body || here.id === "main") one("[data-open]")?.focus();
  }

  function picture(data) {
    const kiosk = new TextDecoder().decode(new Uint8Array(data, 0, 32)).replace(/\0+$/, "");
    const image = request ? one("#live") : one(`img[data-thumb="${kiosk}"]`);
    if (!image) return say({ drawn: kiosk });
    if (data.byteLength <= 32) { image.removeAttribute("src"); return say({ drawn: kiosk }); }
    const next = URL.createObjectURL(new Blob([new Uint8Array(data, 32)], { type: "image/jpeg" }));
    const before = image.src;
    image.onload = image.onerror = () => {
      if (before.startsWith("blob:")) URL.revokeObjectURL(before);
      image.dataset.drawn = String(Number(image.dataset.drawn || 0) + 1);
      say({ drawn: kiosk });
    };
    image.src = next;
  }

  // -- a request ---------------------------------------------------------------------------
  const count = Number(body.dataset.count || 0);

  function turn(to) {
    at = Math.max(0, Math.min(count - 1, to));
    for (const figure of all("figure[data-page]")) figure.hidden = Number(figure.dataset.page) !== at;
    const label = one("#at");
    label.textContent = label.dataset.say.replace("{n}", at + 1);
    one("#relay-page").value = at;
    one("#relay-box").value = "";
    mark();
  }

  function zoom() {
    const on = one("#frame").classList.toggle("zoomed");
    one('[data-do="zoom"]').setAttribute("aria-pressed", String(on));
    if (on) one("#frame").focus();
  }

  function enable() {
    const go = one("#go");
    if (go) go.disabled = !(ready && one("#checked").checked);
  }

  function mark() {
    all(".mark").forEach((one) => { one.hidden = true; });
    const cell = one("#relay-cell")?.value, drawn = one("#relay-box")?.value;
    const place = one(`figure[data-page="${at}"] .mark`);
    if (!place || !one("#relay").open || !(cell || drawn)) return;
    const n = Number(cell) - 1;
    const [x, y, w, h] = drawn ? drawn.split(",").map(Number) : [(n % 3) / 3, (2 - Math.floor(n / 3)) / 3, 1 / 3, 1 / 3];
    place.style.left = `${x * 100}%`;
    place.style.top = `${y * 100}%`;
    place.style.width = `${w * 100}%`;
    place.style.height = `${h * 100}%`;
    place.hidden = false;
  }

  function drawing() {
    let from = null;
    const spot = (event, figure) => {
      const box = figure.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((v) => Math.min(1, Math.max(0, v)));
    };
    for (const figure of all("figure[data-page]")) {
      figure.addEventListener("pointerdown", (event) => { from = spot(event, figure); });
      figure.addEventListener("pointerup", (event) => {
        if (!from) return;
        const to = spot(event, figure), w = Math.abs(to[0] - from[0]), h = Math.abs(to[1] - from[1]);
        if (w >= 0.02 && h >= 0.02) {
          one("#relay-box").value = [Math.min(from[0], to[0]), Math.min(from[1], to[1]), w, h].map((v) => v.toFixed(4)).join(",");
          show("relay");
        }
        from = null;
      });
    }
  }

  function show(name) {
    one(`#${name}`).showModal();
    mark();
  }

  function key(event) {
    if (Date.now() - told > 15000) { told = Date.now(); say({ here: true }); }
    if (!request || !("keys" in body.dataset) || event.ctrlKey || event.altKey || event.metaKey) return;
    const dialog = one("dialog[open]");
    if (dialog) {
      if (dialog.id === "relay" && /^[1-9]$/.test(event.key)) {
        one("#relay-cell").value = event.key;
        one("#relay-box").value = "";
        mark();
        event.preventDefault();
      }
      return;
    }
    const acts = {
      c: () => { const box = one("#checked"); box.checked = !box.checked; enable(); },
      a: () => { if (!one("#go").disabled) one("#accept").requestSubmit(); },
      r: () => show("refuse"), l: () => show("relay"), h: () => show("hand"),
      q: () => one("#counter").requestSubmit(),
      n: () => turn(at + 1), p: () => turn(at - 1), z: zoom,
      Escape: () => one("#close").requestSubmit(),
    };
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act) { event.preventDefault(); act(); }
  }

  document.addEventListener("keydown", key);
  document.addEventListener("pointerdown", () => say({ here: true }));
  document.addEventListener("contextmenu", (event) => { if (event.target.closest("#frame, .live")) event.preventDefault(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  if (request) {
    one("#checked").addEventListener("change", enable);
    one("#relay-cell").addEventListener("change", mark);
    all("[data-show]").forEach((b) => b.addEventListener("click", () => show(b.dataset.show)));
    all("[data-hide]").forEach((b) => b.addEventListener("click", () => { b.closest("dialog").close(); mark(); }));
    const does = { before: () => turn(at - 1), next: () => turn(at + 1), zoom };
    all("[data-do]").forEach((b) => b.addEventListener("click", does[b.dataset.do]));
    all("form").forEach((f) => f.addEventListener("submit", () => { left = true; }));
    all("dialog").forEach((d) => d.addEventListener("close", mark));
    drawing();
  } else first();
  if (body.dataset.live) connect();
})();
