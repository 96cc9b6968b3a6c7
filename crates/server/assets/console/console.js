// Keys for people who work here all day. Everything on the pages works without this file.
const typing = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");
const rows = () => [...document.querySelectorAll(".tasks .t, .tbl tbody th a")];
let began = 0;

const move = (step) => {
  const links = rows();
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (step < 0 ? links.length - 1 : 0) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};

const go = { KeyI: "/inbox", KeyC: "/cases", KeyD: "/devices" };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const second = Date.now() - began < 1000;
  began = 0;
  if (second && go[event.code]) {
    const link = document.querySelector(`.nav a[href="${go[event.code]}"]`);
    if (link) link.click();
    return;
  }
  switch (event.code) {
    case "KeyG": began = Date.now(); return;
    case "KeyJ": move(1); return;
    case "KeyK": move(-1); return;
    case "KeyE": document.querySelector(".move .btn.go")?.click(); return;
    case "KeyW": { const why = document.querySelector(".why"); if (why) why.open = !why.open; return; }
    case "Slash": {
      const find = document.querySelector(".find input");
      if (find && !event.shiftKey) { event.preventDefault(); find.focus(); find.select(); }
    }
  }
});

// A form is sent once, however often its button is pressed; the server would take it once as well.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 8000);
});
