// The explorer: sends what is in the boxes, shows what comes back, and walks the schema. Nothing is loaded from elsewhere.
"use strict";
const at = (id) => document.getElementById(id);
const examples = [
  { title: "Anyone: who am I", query: "query Me {\n  me {\n    id\n    name\n    memberships { role organization { id name } }\n  }\n}" },
  { title: "Anyone: inbox", query: "query Inbox {\n  inbox(first: 20) {\n    nodes { since dueAt role stage { id title } case { id reference title } }\n    pageInfo { hasNextPage endCursor }\n  }\n}" },
  { title: "Startup: register a device", query: "mutation Register($input: RegisterDeviceInput!) {\n  registerDevice(input: $input) {\n    device { id }\n    userErrors { code field message }\n  }\n}", variables: { input: { startupId: "organization_…", nameKo: "심전도 패치", nameEn: "ECG patch", model: "HB-1", intendedUse: "심전도를 7일간 기록합니다." } } },
  { title: "Startup: pathways", query: "query Pathways {\n  pathways {\n    id\n    version\n    title\n    summary\n    stages { id title kind owner }\n  }\n}" },
  { title: "Startup: open a case", query: "mutation Open($input: OpenCaseInput!) {\n  openCase(input: $input) {\n    case { id reference whoseMove { role stage { id title } dueAt } }\n    userErrors { code field message }\n  }\n}", variables: { input: { startupId: "organization_…", hospitalId: "organization_…", deviceId: "device_…", pathway: "yonsei-medtech-validation-support", title: "심전도 패치 실증" } } },
  { title: "Startup: hand a form in", query: "mutation Submit($input: FormInput!) {\n  submitForm(input: $input) {\n    case { id whoseMove { role stage { id title } dueAt } }\n    userErrors { code field message }\n  }\n}", variables: { input: { caseId: "case_…", stage: "intake", values: [{ field: "company", value: { text: "한빛메드텍" } }] } } },
  { title: "Anyone: one case", query: "query Case($id: ID!) {\n  case(id: $id) {\n    reference\n    title\n    status\n    stages { id title state owner dueAt due { explanation } }\n    timeline(first: 20) { nodes { at words } }\n  }\n}", variables: { id: "case_…" } },
  { title: "Coordinator: decide an approval", query: "mutation Decide($input: DecideApprovalInput!) {\n  decideApproval(input: $input) {\n    case { id status }\n    userErrors { code field message }\n  }\n}", variables: { input: { caseId: "case_…", stage: "triage", decision: { approve: { comment: "적합합니다." } } } } },
  { title: "Consultant: consultations", query: "query Mine($id: ID!) {\n  node(id: $id) {\n    ... on Consultation {\n      id\n      notes { nodes { text audience } }\n    }\n  }\n}", variables: { id: "consultation_…" } },
  { title: "Operator: incidents", query: "query Incidents {\n  incidents(first: 20) {\n    nodes { id reason openedAt }\n  }\n}" },
  { title: "Live: events of a case", query: "subscription Live($id: ID!, $after: String) {\n  caseEvents(caseId: $id, after: $after) {\n    position\n    at\n    words\n  }\n}", variables: { id: "case_…" } },
];
const memory = window.sessionStorage;
at("token").value = memory.getItem("naru.token") || "";
at("token").addEventListener("change", () => memory.setItem("naru.token", at("token").value.trim()));
for (const [index, example] of examples.entries()) at("examples").append(new Option(example.title, String(index)));
const show = (index) => {
  at("query").value = examples[index].query;
  at("variables").value = examples[index].variables ? JSON.stringify(examples[index].variables, null, 2) : "";
};
at("examples").addEventListener("change", () => show(Number(at("examples").value)));
show(0);

const headers = () => ({
  "content-type": "application/json",
  authorization: "Bearer " + at("token").value.trim(),
  "accept-language": at("language").value,
});
const post = async (path, body, signal) => fetch(path, { method: "POST", headers: headers(), body: JSON.stringify(body), signal });
let running = null;
// A command needs an id of its own: a UUID of version 7, so that commands lie in the order they were sent.
const commandId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let now = Date.now();
  for (let place = 5; place >= 0; place -= 1) { bytes[place] = now % 256; now = Math.floor(now / 256); }
  bytes[6] = 0x70 | (bytes[6] & 0x0f); bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
};
const finish = (text) => { running = null; at("run").disabled = false; at("stop").disabled = true; at("status").textContent = text; };
const readStream = async (response) => {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const parts = rest.split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").filter((l) => l.startsWith("data:")).map((l) => l.slice(5)).join("\n");
      if (data.trim()) at("result").textContent = JSON.stringify(JSON.parse(data), null, 2) + "\n\n" + at("result").textContent;
    }
  }
};
const run = async () => {
  let variables;
  try {
    variables = at("variables").value.trim() ? JSON.parse(at("variables").value) : {};
  } catch (problem) {
    at("status").textContent = "The variables are not JSON: " + problem.message;
    at("variables").focus();
    return;
  }
  const query = at("query").value;
  if (variables.input && !variables.input.commandId && !query.includes("requestUpload")) variables.input.commandId = commandId();
  running = new AbortController();
  at("run").disabled = true; at("stop").disabled = false; at("status").textContent = "Running";
  at("result").textContent = "";
  const started = performance.now();
  try {
    const live = /^\s*(#.*\n\s*)*subscription\b/.test(query);
    const response = await post(live ? "/graphql/stream" : "/graphql", { query, variables }, running.signal);
    if (live && response.ok) await readStream(response);
    else {
      const text = await response.text();
      try { at("result").textContent = JSON.stringify(JSON.parse(text), null, 2); } catch { at("result").textContent = text; }
    }
    finish(response.status + " after " + Math.round(performance.now() - started) + " ms");
  } catch (problem) {
    finish(problem.name === "AbortError" ? "Stopped" : String(problem.message));
  }
};
at("run").addEventListener("click", run);
at("stop").addEventListener("click", () => running && running.abort());
document.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); run(); } });

const introspection = `query Schema { __schema { queryType { name } mutationType { name } subscriptionType { name } types { kind name description
  fields(includeDeprecated: true) { name description isDeprecated deprecationReason args { name description type { ...T } } type { ...T } }
  inputFields { name description type { ...T } } enumValues(includeDeprecated: true) { name description } possibleTypes { name } } } }
  fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;
let types = new Map();
let roots = [];
const element = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};
const leaf = (type) => (type.ofType ? leaf(type.ofType) : type.name);
const spell = (type) => type.kind === "NON_NULL" ? spell(type.ofType) + "!" : type.kind === "LIST" ? "[" + spell(type.ofType) + "]" : type.name;
const link = (name, text) => {
  const button = element("button", text || name, "link");
  button.type = "button";
  button.addEventListener("click", () => open(name));
  return button;
};
const describe = (list, items) => {
  for (const item of items) {
    const term = element("dt", item.name);
    if (item.args && item.args.length) {
      term.append("(");
      item.args.forEach((arg, index) => { if (index) term.append(", "); term.append(arg.name + ": ", link(leaf(arg.type), spell(arg.type))); });
      term.append(")");
    }
    if (item.type) term.append(": ", link(leaf(item.type), spell(item.type)));
    list.append(term, element("dd", (item.isDeprecated ? "Deprecated: " + item.deprecationReason + " " : "") + (item.description || "")));
  }
};
const open = (name) => {
  const type = types.get(name);
  if (!type) return;
  const box = at("schema");
  box.replaceChildren(element("h2", type.kind.toLowerCase().replace("_", " ") + " " + type.name), element("p", type.description || ""));
  const list = element("dl");
  describe(list, type.fields || []);
  describe(list, type.inputFields || []);
  describe(list, type.enumValues || []);
  describe(list, (type.possibleTypes || []).map((t) => ({ name: t.name, type: { name: t.name } })));
  box.append(list);
  const back = roots.map((root) => link(root));
  at("trail").replaceChildren(...back.flatMap((b) => [b, " "]));
};
at("load").addEventListener("click", async () => {
  const response = await post("/graphql", { query: introspection });
  const answer = await response.json();
  if (!answer.data) { at("schema").textContent = JSON.stringify(answer.errors || answer, null, 2); return; }
  const schema = answer.data.__schema;
  types = new Map(schema.types.map((type) => [type.name, type]));
  roots = [schema.queryType, schema.mutationType, schema.subscriptionType].filter(Boolean).map((t) => t.name);
  open(roots[0]);
});
at("find").addEventListener("input", () => {
  const wanted = at("find").value.toLowerCase();
  if (!wanted) return;
  const found = [...types.values()].filter((type) => type.name.toLowerCase().includes(wanted) || (type.fields || []).some((f) => f.name.toLowerCase().includes(wanted)));
  const list = element("p");
  for (const type of found.slice(0, 60)) list.append(link(type.name), " ");
  at("schema").replaceChildren(list);
});
