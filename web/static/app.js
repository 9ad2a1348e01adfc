// The search page: asks the API it is served by, and shows what it says. Text of repositories is only ever text.

const username = document.body.dataset.username;
const byId = (id) => document.getElementById(id);
const TYPING_MS = 120; // after the last key, before the ranking is asked for
const THINKING_MS = 700; // before the written answer is: it may cost a call of a model
const POLL_MS = 700;

let portfolio = null; // as the API describes it
let colors = {};
let asking = new AbortController();
let timers = [];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style") Object.assign(element.style, value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

async function get(path, signal) {
  const response = await fetch(path, { signal, headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error?.message ?? `the API answers ${response.status}`);
  return { status: response.status, body };
}

// Words of `terms` inside `text`, marked.
function marked(text, terms) {
  const words = terms.filter((term) => term.length > 1).map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!words.length) return [text];
  const parts = text.split(new RegExp(`(${words.join("|")})`, "gi"));
  return parts.map((part, number) => (number % 2 ? make("mark", {}, part) : part)).filter((part) => part !== "");
}

function languageMix(languages) {
  const sizes = Object.entries(languages);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (!total) return null;
  const told = sizes.slice(0, 4).map(([name, size]) => `${name} ${Math.max(1, Math.round((100 * size) / total))} %`);
  const mix = make("div", { class: "mix", role: "img", "aria-label": told.join(", ") });
  for (const [name, size] of sizes) {
    mix.append(make("span", { style: { width: `${(100 * size) / total}%`, background: colors[name] ?? "#8b949e" } }));
  }
  return make("div", {}, mix, make("p", { class: "quiet" }, told.join(" · ")));
}

function signalBars(signals) {
  const bars = Object.entries(signals).map(([name, part]) =>
    make("span", {}, name.replace("_", " "),
      make("i", { class: "bar", style: { width: `${Math.max(0.2, 5 * part)}rem` }, "aria-hidden": "true" })));
  return make("p", { class: "signals", "aria-label": "Where the score was earned" }, ...bars);
}

function result(found) {
  return make("li", { class: "repository" },
    make("div", { class: "head" },
      make("h3", {}, make("a", { href: found.url, rel: "noopener" }, ...marked(found.name, found.matched_terms))),
      make("span", { class: "score", title: "How well it answers, from 0 to 100" }, String(Math.round(100 * found.score)))),
    found.description ? make("p", {}, ...marked(found.description, found.matched_terms)) : null,
    make("p", { class: "quiet" }, ...marked(found.reasons.join("; "), found.matched_terms)),
    signalBars(found.signals),
    languageMix(found.languages));
}

function repository(bundle) {
  const { metadata } = bundle;
  const facts = [bundle.difficulty.level, `active ${metadata.pushed_at?.slice(0, 4) ?? "never"}`, ...metadata.topics.slice(0, 5)];
  return make("li", { class: "repository" },
    make("div", { class: "head" },
      make("h3", {}, make("a", { href: metadata.html_url, rel: "noopener" }, metadata.name)),
      make("span", { class: "quiet" }, metadata.stargazers_count ? `★ ${metadata.stargazers_count}` : "")),
    metadata.description ? make("p", {}, metadata.description) : null,
    make("p", { class: "quiet" }, facts.join(" · ")),
    languageMix(bundle.languages));
}

function showAnswer(body) {
  byId("answer").hidden = false;
  byId("answer-text").textContent = body.answer.text;
  byId("citations").replaceChildren(...body.answer.citations.flatMap((cited, number) => [
    number ? " · " : "", make("a", { href: cited.url, rel: "noopener" }, cited.name)]));
  byId("suggestions").replaceChildren(...body.suggestions.map((text) => {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", () => ask(text));
    return button;
  }));
}

function showResults(body) {
  byId("glance").hidden = true;
  const count = body.results.length;
  byId("status").textContent = body.no_match ? "Nothing here answers that."
    : `${count} ${count === 1 ? "repository answers" : "repositories answer"}, in ${body.took_ms} ms.`;
  const nearest = (body.nearest ?? []).map((found) => make("li", { class: "repository" },
    make("h3", {}, "Nearest: ", make("a", { href: found.url, rel: "noopener" }, found.name)),
    found.description ? make("p", {}, found.description) : null));
  byId("results").replaceChildren(...body.results.map(result), ...nearest);
}

function ask(text) {
  byId("question").value = text;
  byId("question").focus();
  search(0);
}

// Rank soon, answer when the visitor has stopped typing.
function search(patience = THINKING_MS) {
  const question = byId("question").value.trim();
  timers.forEach(clearTimeout);
  asking.abort();
  asking = new AbortController();
  byId("answer").hidden = true;
  history.replaceState(null, "", question ? `?q=${encodeURIComponent(question)}${location.search.includes("username=") ? `&username=${username}` : ""}` : location.pathname);
  if (!question) return showGlance();
  const base = `query?username=${encodeURIComponent(username)}&q=${encodeURIComponent(question)}`;
  timers = [
    setTimeout(() => answerWith(`${base}&limit=20&answer=false`, showResults), patience ? TYPING_MS : 0),
    setTimeout(() => answerWith(`${base}&limit=1`, showAnswer), patience),
  ];
}

async function answerWith(path, show) {
  try {
    const { status, body } = await get(path, asking.signal);
    if (status === 202) return watchRefresh();
    show(body);
  } catch (error) {
    if (error.name !== "AbortError") byId("status").textContent = `That did not work: ${error.message}`;
  }
}

function bars(list, counts, color) {
  const entries = Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, 8);
  const most = Math.max(1, ...entries.map(([, count]) => count));
  list.replaceChildren(...entries.map(([name, count]) => make("li", {},
    make("span", { title: name }, name),
    make("span", {}, make("i", { class: "bar", style: { width: `${(100 * count) / most}%`, background: color(name) }, "aria-hidden": "true" })),
    make("span", {}, String(count)))));
}

function options(select, names, all) {
  select.replaceChildren(make("option", { value: "" }, all), ...names.map((name) => make("option", { value: name }, name)));
}

const year = (bundle) => (bundle.metadata.pushed_at ?? bundle.metadata.created_at).slice(0, 4);

function skillsOf(bundle) {
  const text = JSON.stringify(bundle.repoContext).toLowerCase();
  return Object.keys(portfolio.facets.skills).filter((skill) => text.includes(JSON.stringify(skill).slice(1, -1).toLowerCase()));
}

function showGlance() {
  if (!portfolio) return;
  byId("glance").hidden = false;
  const chosen = Object.fromEntries(new FormData(byId("filters")));
  const shown = portfolio.repositories.filter((bundle) =>
    (!chosen.language || chosen.language in bundle.languages) &&
    (!chosen.topic || bundle.metadata.topics.includes(chosen.topic)) &&
    (!chosen.skill || skillsOf(bundle).includes(chosen.skill)) &&
    (!chosen.year || year(bundle) === chosen.year));
  byId("status").textContent = `${shown.length} of ${portfolio.repositories.length} repositories`;
  const newest = [...shown].sort((a, b) => (b.metadata.pushed_at ?? "").localeCompare(a.metadata.pushed_at ?? ""));
  byId("results").replaceChildren(...newest.map(repository));
}

function drawGlance() {
  const { facets, repositories } = portfolio;
  const years = {};
  for (const bundle of repositories) years[year(bundle)] = (years[year(bundle)] ?? 0) + 1;
  bars(byId("languages"), facets.languages, (name) => colors[name] ?? "#8b949e");
  bars(byId("skills"), { ...facets.topics, ...facets.skills }, () => "");
  const most = Math.max(1, ...Object.values(years));
  byId("years").replaceChildren(...Object.keys(years).sort().map((name) => make("li", {}, String(years[name]),
    make("i", { class: "bar", style: { height: `${(70 * years[name]) / most}%` }, "aria-hidden": "true" }), name)));
  const form = byId("filters");
  options(form.elements.language, Object.keys(facets.languages), "any");
  options(form.elements.topic, Object.keys(facets.topics).sort(), "any");
  options(form.elements.skill, Object.keys(facets.skills).sort(), "any");
  options(form.elements.year, Object.keys(years).sort().reverse(), "any");
  const refreshed = new Date(portfolio.refreshed_at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  byId("facts").textContent = `${portfolio.repos} repositories, as of ${refreshed}`;
}

async function watchRefresh() {
  byId("refresh").hidden = false;
  for (;;) {
    const { body } = await get(`refresh/${encodeURIComponent(username)}`);
    byId("progress").max = body.total || 1;
    byId("progress").value = body.done;
    byId("progress-text").textContent = body.error ? `${body.state}: ${body.error.message}` : `${body.done} of ${body.total}`;
    if (["completed", "failed", "idle"].includes(body.state)) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  if ((await load()) && byId("question").value) search(0);
}

async function load() {
  const { status, body } = await get(`portfolios/${encodeURIComponent(username)}`);
  if (status === 202) return false;
  portfolio = body;
  byId("refresh").hidden = true;
  drawGlance();
  if (!byId("question").value) showGlance();
  return true;
}

byId("search").addEventListener("submit", (event) => { event.preventDefault(); search(0); });
byId("question").addEventListener("input", () => search());
byId("filters").addEventListener("change", showGlance);
byId("filters").addEventListener("reset", () => setTimeout(showGlance));

byId("question").value = new URLSearchParams(location.search).get("q") ?? "";
try {
  colors = (await get("ui/colors.json")).body;
  if (!(await load())) await watchRefresh();
  else if (byId("question").value) search(0);
} catch (error) {
  byId("status").textContent = `The portfolio cannot be shown: ${error.message}`;
}
