// Keys, live pages and progress for people who work here all day. Everything on the pages works without this file.
const typing = (target) => target instanceof Element && target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll(".tasks .t, .tbl tbody th a, .card a")];
const keysOff = () => localStorage.getItem("naru-keys") === "off";
let began = 0;

const move = (step) => {
  const links = rows();
  const row = document.activeElement?.closest("tr, li");
  const at = links.findIndex((link) => link === document.activeElement || (row && row.contains(link)));
  const next = links[at < 0 ? (step < 0 ? links.length - 1 : 0) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};

const go = { KeyI: "/inbox", KeyC: "/cases", KeyD: "/devices" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || keysOff()) return;
  const second = Date.now() - began < 1000;
  began = 0;
  if (second && go[event.code]) {
    document.querySelector(`.nav a[href="${go[event.code]}"]`)?.click();
    return;
  }
  if (event.key === "?") {
    document.getElementById("keys")?.togglePopover();
    return;
  }
  switch (event.code) {
    case "KeyG": began = Date.now(); return;
    case "KeyJ": move(1); return;
    case "KeyK": move(-1); return;
    case "KeyX": document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]")?.click(); return;
    case "KeyE": document.querySelector(".move .btn.go, main .btn.go")?.click(); return;
    case "KeyW": { const why = document.querySelector(".why"); if (why) why.open = !why.open; return; }
    case "Slash": {
      const find = document.querySelector(".find input");
      if (find && !event.shiftKey) { event.preventDefault(); find.focus(); find.select(); }
    }
  }
});

const choice = document.getElementById("keys-choice");
if (choice) {
  const box = choice.querySelector("input");
  choice.hidden = false;
  box.checked = !keysOff();
  box.addEventListener("change", () => localStorage.setItem("naru-keys", box.checked ? "on" : "off"));
}

// A passkey: the browser asks the device between the challenge and the form. Without script a password and a link in a letter let people in.
const passkeys = window.PublicKeyCredential?.parseRequestOptionsFromJSON ? document.querySelectorAll("form[data-passkey]") : [];
for (const form of passkeys) {
  const { answer, challenge } = form.elements;
  const failed = form.querySelector("[data-failed]");
  form.hidden = false;
  document.querySelector("[data-no-passkey]")?.remove();
  addEventListener("pageshow", () => { answer.value = ""; });
  form.addEventListener("submit", async (event) => {
    if (answer.value) return;
    event.preventDefault();
    event.stopPropagation();
    failed.hidden = true;
    try {
      const begun = await fetch(form.dataset.passkey, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      const asked = await begun.json();
      const key = asked.create
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked.create) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.get) });
      challenge.value = asked.challenge;
      answer.value = JSON.stringify(key);
      form.requestSubmit();
    } catch {
      failed.hidden = false;
    }
  });
}

// A form is sent once, however often its button is pressed; the server would take it once as well. What takes a while says that it is under way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  const button = event.submitter;
  const said = button?.textContent;
  const slow = setTimeout(() => {
    if (!button) return;
    button.style.minWidth = `${button.offsetWidth}px`;
    button.setAttribute("aria-busy", "true");
    button.textContent = document.body.dataset.sending;
  }, 400);
  const again = () => {
    clearTimeout(slow);
    delete form.dataset.sent;
    if (button?.hasAttribute("aria-busy")) { button.removeAttribute("aria-busy"); button.textContent = said; }
  };
  // A page that comes back from the browser's memory can be sent again.
  addEventListener("pageshow", again, { once: true });
  if (!form.querySelector("input[type=file]")) setTimeout(again, 8000);
});

// What was done is said once, and not again when the page is shown again.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  history.replaceState(history.state, "", here);
}

// A page that shows what others change hears of it and asks for itself again.
let dirty = false;
let source = null;
const unsent = new Set();
document.addEventListener("input", (event) => {
  if (!event.target.closest("main")) return;
  dirty = true;
  // What is only ticked is soon ticked again.
  if (typing(event.target) && event.target.form?.method === "post") unsent.add(event.target.form);
});

// Leaving what was typed and not sent is asked about: following a link, choosing another language, or sending another form of the page.
document.addEventListener("submit", (event) => { unsent.delete(event.target); });
addEventListener("beforeunload", (event) => { if ([...unsent].some((form) => form.isConnected)) event.preventDefault(); });

const busy = () => dirty || typing(document.activeElement) || document.querySelector("main form[data-sent], main details[open] form");

const refresh = async () => {
  if (busy()) { const changed = document.getElementById("changed"); if (changed) changed.hidden = false; return; }
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer || !answer.ok || answer.redirected || busy()) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.getAttribute?.("href");
  const scrolled = scrollY;
  for (const part of ["main", ".nav"]) {
    const [old, now] = [document.querySelector(part), page.querySelector(part)];
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
  if (focused) document.querySelector(`main a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  scrollTo(0, scrolled);
  listen();
};

const listen = () => {
  source?.close();
  source = null;
  const address = document.querySelector("main")?.dataset.live;
  if (!address || document.hidden) return;
  source = new EventSource(address);
  source.addEventListener("changed", () => { source?.close(); refresh(); });
};

document.addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => source?.close());
listen();
