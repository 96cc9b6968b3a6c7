// Keeps what was chosen and typed so far in this browser, until the answers are sent. The page works without this file.
const key = `naru ${location.pathname}`;
const form = document.getElementById("answer");
// Answers only: whoever agrees, agrees to the words that stand there now.
const told = (control) => control.name?.startsWith("q-");
const kept = () => { try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; } };

if (form) {
  const before = kept();
  const empty = (name) => [...form.elements].every((other) => other.name !== name || (other.type === "radio" || other.type === "checkbox" ? !other.checked : other.value === ""));
  const open = new Set([...form.elements].filter(told).map((control) => control.name).filter(empty));
  for (const control of [...form.elements].filter(told)) {
    const values = before[control.name];
    if (!Array.isArray(values) || !open.has(control.name)) continue;
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else control.value = values[0] ?? "";
  }
  form.addEventListener("input", () => {
    const now = {};
    for (const control of [...form.elements].filter(told)) {
      const choice = control.type === "radio" || control.type === "checkbox";
      if (choice ? control.checked : control.value) (now[control.name] ??= []).push(control.value);
    }
    localStorage.setItem(key, JSON.stringify(now));
  });
} else {
  localStorage.removeItem(key);
}
