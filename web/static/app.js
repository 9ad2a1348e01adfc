// The search page of a portfolio. It asks the API of the app that serves it.
// Text from repositories becomes text nodes, never markup, so that a README cannot inject a script.

const username = document.body.dataset.username;
const byId = (id) => document.getElementById(id);
const RANKING_DELAY_MS = 120; // from the last key to the request for the ranking
const ANSWER_DELAY_MS = 700; // from the last key to the request for the written answer, which may cost a model call
const FIRST_POLL_MS = 1000; // of a running refresh; every pause is longer than the one before
const POLL_GROWTH = 1.25;
const MAX_POLL_MS = 15_000;
const MAX_POLL_FAILURES = 5; // in a row
const MAX_RETRY_AFTER_S = 60; // what takes longer to mend is said, and not waited for
const MAX_RESULTS = 20;
const MAX_BARS = 8;
const MAX_NAMED_LANGUAGES = 4; // below a repository
const MAX_TOPICS = 5;
const DEFAULT_COLOR = "#8b949e";

let portfolio = null; // the response of /portfolios/{username}; null until there is one
let isFollowing = false; // the refresh
let colors = {}; // language -> colour
let currentRequests = new AbortController(); // of the question in the field
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

async function getJson(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) {
    const error = new Error(body.error?.message ?? `the API answers ${response.status}`);
    if (response.headers.has("Retry-After")) error.retryAfterS = Number(response.headers.get("Retry-After"));
    throw error;
  }
  return { status: response.status, body };
}

// Split `text` into nodes, with every occurrence of a term in a <mark>.
function highlighted(text, terms) {
  const patterns = terms.filter((term) => term.length > 1).map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!patterns.length) return [text];
  const parts = text.split(new RegExp(`(${patterns.join("|")})`, "gi")); // terms have odd indexes
  return parts.map((part, index) => (index % 2 ? make("mark", {}, part) : part)).filter((part) => part !== "");
}

function languageBar(languages) {
  const sizes = Object.entries(languages);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (!total) return null;
  const shares = sizes.slice(0, MAX_NAMED_LANGUAGES)
    .map(([name, size]) => `${name} ${Math.max(1, Math.round((100 * size) / total))} %`);
  const bar = make("div", { class: "mix", role: "img", "aria-label": shares.join(", ") });
  for (const [name, size] of sizes) {
    const style = { width: `${(100 * size) / total}%`, background: colors[name] ?? DEFAULT_COLOR };
    bar.append(make("span", { style }));
  }
  return make("div", {}, bar, make("p", { class: "quiet" }, shares.join(" · ")));
}

function signalBars(signals) {
  const bars = Object.entries(signals).map(([name, share]) =>
    make("span", {}, name.replace("_", " "),
      make("i", { class: "bar", style: { width: `${Math.max(0.2, 5 * share)}rem` }, "aria-hidden": "true" })));
  return make("p", { class: "signals", "aria-label": "Where the score was earned" }, ...bars);
}

function resultItem(result) {
  const terms = result.matched_terms;
  // What a fact rests on was not ranked.
  const isRanked = Object.keys(result.signals).length > 0;
  const score = String(Math.round(100 * result.score));
  return make("li", { class: "repository" },
    make("div", { class: "head" },
      make("h3", {}, make("a", { href: result.url, rel: "noopener" }, ...highlighted(result.name, terms))),
      isRanked ? make("span", { class: "score", title: "How well it answers, from 0 to 100" }, score) : null),
    result.description ? make("p", {}, ...highlighted(result.description, terms)) : null,
    make("p", { class: "quiet" }, ...highlighted(result.reasons.join("; "), terms)),
    isRanked ? signalBars(result.signals) : null,
    languageBar(result.languages));
}

const isPending = (bundle) => bundle.warnings.includes("content_pending");
// Until its files have been read, GitHub's listing names one language of a repository.
const languagesOf = (bundle) => isPending(bundle) && !Object.keys(bundle.languages).length
  ? [bundle.metadata.language] : Object.keys(bundle.languages);

function repositoryItem(bundle) {
  const { metadata } = bundle;
  const active = `active ${metadata.pushed_at?.slice(0, 4) ?? "never"}`;
  const facts = [isPending(bundle) ? "not read yet" : bundle.difficulty.level, active, ...metadata.topics.slice(0, MAX_TOPICS)];
  return make("li", { class: "repository" },
    make("div", { class: "head" },
      make("h3", {}, make("a", { href: metadata.html_url, rel: "noopener" }, metadata.name)),
      make("span", { class: "quiet" }, metadata.stargazers_count ? `★ ${metadata.stargazers_count}` : "")),
    metadata.description ? make("p", {}, metadata.description) : null,
    make("p", { class: "quiet" }, facts.join(" · ")),
    languageBar(bundle.languages));
}

function showAnswer(body) {
  byId("answer").hidden = false;
  byId("answer-text").textContent = body.answer.text;
  byId("citations").replaceChildren(...body.answer.citations.flatMap((citation, index) => [
    index ? " · " : "", make("a", { href: citation.url, rel: "noopener" }, citation.name)]));
  byId("suggestions").replaceChildren(...body.suggestions.map((text) => {
    const button = make("button", { type: "button" }, text);
    button.addEventListener("click", () => ask(text));
    return button;
  }));
}

function showResults(body) {
  byId("glance").hidden = true;
  const count = body.results.length;
  const reading = body.understood?.read_as;
  if (reading) showReading(reading);
  else byId("status").textContent = body.no_match ? body.difference
    : `${count} ${count === 1 ? "repository" : "repositories"}, in ${body.took_ms} ms.`;
  const nearest = (body.nearest ?? []).map((result) => make("li", { class: "repository" },
    make("h3", {}, "Nearest: ", make("a", { href: result.url, rel: "noopener" }, result.name)),
    result.description ? make("p", {}, result.description) : null));
  byId("results").replaceChildren(...body.results.map(resultItem), ...nearest);
}

// Say how the question was read, and let the visitor search for its words instead.
function showReading(reading) {
  const words = make("button", { type: "button", class: "link" }, "search for the words instead");
  words.addEventListener("click", () => search(0, false));
  byId("status").replaceChildren(`Read as: ${reading} · `, words);
}

function ask(text) {
  byId("question").value = text;
  byId("question").focus();
  search(0);
}

const queryPath = (question, isRead) =>
  `query?username=${encodeURIComponent(username)}&q=${encodeURIComponent(question)}${isRead ? "" : "&read=false"}`;
const rankingPath = (question, isRead) => `${queryPath(question, isRead)}&limit=${MAX_RESULTS}&answer=false`;

// Request the ranking soon, and the written answer once the visitor has stopped typing. 0 requests both at once.
function search(answerDelayMs = ANSWER_DELAY_MS, isRead = true) {
  const question = byId("question").value.trim();
  timers.forEach(clearTimeout);
  currentRequests.abort();
  currentRequests = new AbortController();
  byId("answer").hidden = true;
  const chosenUser = location.search.includes("username=") ? `&username=${username}` : "";
  const address = question ? `?q=${encodeURIComponent(question)}${chosenUser}` : location.pathname;
  history.replaceState(null, "", address);
  if (!question) return showGlance();
  timers = [
    setTimeout(() => fetchAndShow(rankingPath(question, isRead), showResults), answerDelayMs ? RANKING_DELAY_MS : 0),
    setTimeout(() => fetchAndShow(`${queryPath(question, isRead)}&limit=1`, showAnswer), answerDelayMs),
  ];
}

async function fetchAndShow(path, show) {
  try {
    const { status, body } = await getJson(path, { signal: currentRequests.signal });
    if (status === 202) follow();
    else show(body);
  } catch (error) {
    if (error.name !== "AbortError") byId("status").textContent = `That did not work: ${error.message}`;
  }
}

function drawBars(list, counts, color) {
  const entries = Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, MAX_BARS);
  const most = Math.max(1, ...entries.map(([, count]) => count));
  list.replaceChildren(...entries.map(([name, count]) => {
    const style = { width: `${(100 * count) / most}%`, background: color(name) };
    return make("li", {},
      make("span", { title: name }, name),
      make("span", {}, make("i", { class: "bar", style, "aria-hidden": "true" })),
      make("span", {}, String(count)));
  }));
}

// Offer the names, and keep the visitor's choice.
function fillSelect(select, names) {
  const chosen = select.value;
  const named = names.map((name) => make("option", { value: name }, name));
  select.replaceChildren(make("option", { value: "" }, "any"), ...named);
  select.value = names.includes(chosen) ? chosen : "";
}

const activeYear = (bundle) => (bundle.metadata.pushed_at ?? bundle.metadata.created_at).slice(0, 4);

function skillsOf(bundle) {
  const context = JSON.stringify(bundle.repoContext).toLowerCase();
  const escaped = (skill) => JSON.stringify(skill).slice(1, -1).toLowerCase();
  return Object.keys(portfolio.facets.skills).filter((skill) => context.includes(escaped(skill)));
}

function showGlance() {
  if (!portfolio) return;
  byId("glance").hidden = false;
  const chosen = Object.fromEntries(new FormData(byId("filters")));
  const shown = portfolio.repositories.filter((bundle) =>
    (!chosen.language || languagesOf(bundle).includes(chosen.language)) &&
    (!chosen.topic || bundle.metadata.topics.includes(chosen.topic)) &&
    (!chosen.skill || skillsOf(bundle).includes(chosen.skill)) &&
    (!chosen.year || activeYear(bundle) === chosen.year));
  byId("status").textContent = `${shown.length} of ${portfolio.repositories.length} repositories`;
  const newest = [...shown].sort((a, b) => (b.metadata.pushed_at ?? "").localeCompare(a.metadata.pushed_at ?? ""));
  byId("results").replaceChildren(...newest.map(repositoryItem));
}

function drawGlance() {
  const { facets, repositories } = portfolio;
  const years = {};
  for (const bundle of repositories) years[activeYear(bundle)] = (years[activeYear(bundle)] ?? 0) + 1;
  drawBars(byId("languages"), facets.languages, (name) => colors[name] ?? DEFAULT_COLOR);
  drawBars(byId("skills"), { ...facets.topics, ...facets.skills }, () => "");
  const most = Math.max(1, ...Object.values(years));
  byId("years").replaceChildren(...Object.keys(years).sort().map((year) => make("li", {}, String(years[year]),
    make("i", { class: "bar", style: { height: `${(70 * years[year]) / most}%` }, "aria-hidden": "true" }), year)));
  const form = byId("filters");
  fillSelect(form.elements.language, Object.keys(facets.languages));
  fillSelect(form.elements.topic, Object.keys(facets.topics).sort());
  fillSelect(form.elements.skill, Object.keys(facets.skills).sort());
  fillSelect(form.elements.year, Object.keys(years).sort().reverse());
  const format = { dateStyle: "medium", timeStyle: "short" };
  const refreshed = new Date(portfolio.refreshed_at).toLocaleString(undefined, format);
  byId("facts").textContent = `${portfolio.repos} repositories, as of ${refreshed}`;
}

// Get the portfolio and show it; false while it has never been listed.
async function load(options) {
  const { status, body } = await getJson(`portfolios/${encodeURIComponent(username)}`, options);
  if (status === 202) return false;
  const isFirst = portfolio === null;
  portfolio = body;
  const question = byId("question").value.trim();
  // Nobody loses the place that they have reached with the keyboard because a repository was read.
  const isInUse = ["results", "glance"].some((id) => byId(id).contains(document.activeElement));
  if (isFirst || !isInUse) {
    drawGlance();
    if (!question) showGlance();
    else if (!isFirst) fetchAndShow(rankingPath(question, true), showResults);
  }
  if (isFirst && question) search(0);
  return true;
}

function describeRefresh(refresh) {
  const isPartial = portfolio?.state === "partial";
  const isRunning = ["queued", "running", "waiting"].includes(refresh.state);
  const total = isPartial ? portfolio.repos : refresh.total;
  const done = isPartial ? portfolio.repos - portfolio.pending : refresh.done;
  byId("refresh").hidden = !(isPartial || isRunning || !portfolio);
  byId("first-refresh").hidden = portfolio !== null && !isPartial;
  byId("progress").max = total || 1;
  byId("progress").value = done;
  const facts = [];
  if (isPartial) facts.push(`${done} of ${total} repositories read`);
  else if (!portfolio) facts.push(total ? `${done} of ${total}` : "GitHub is asked which repositories there are");
  else if (isRunning) facts.push(total > done ? `${total - done} of ${portfolio.repos} repositories are being updated`
    : "GitHub is asked what has changed");
  if (refresh.waiting_until) {
    const time = new Date(refresh.waiting_until).toLocaleTimeString(undefined, { timeStyle: "short" });
    facts.push(`${refresh.error?.message ?? "GitHub has to be waited for"}; it goes on at ${time}`);
  } else if (refresh.error) facts.push(`the rest could not be read: ${refresh.error.message}`);
  else if (isPartial && refresh.state === "completed") facts.push("the others will be tried again");
  const text = facts.join("; ");
  // Assigning the same text again would make screen readers repeat it.
  if (byId("progress-text").textContent !== text) byId("progress-text").textContent = text;
}

// Show a refresh until it has ended. Ask ever more seldom, and not while nobody looks.
async function follow() {
  if (isFollowing) return;
  isFollowing = true;
  let done = -1;
  let failures = 0;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(POLL_GROWTH * pauseMs, MAX_POLL_MS)) {
    try {
      const { body } = await getJson(`refresh/${encodeURIComponent(username)}`, { cache: "no-store" });
      if (!portfolio && body.state === "failed") throw Object.assign(new Error(body.error.message), { retryAfterS: Infinity });
      const hasEnded = ["completed", "failed"].includes(body.state);
      if (!portfolio || hasEnded || body.done !== done) await load({ cache: "no-cache" });
      describeRefresh(body);
      if (hasEnded && portfolio) break;
      done = body.done;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (error.retryAfterS > MAX_RETRY_AFTER_S || failures === MAX_POLL_FAILURES) {
        showFailure(error);
        break;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (document.hidden) await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
  isFollowing = false;
}

function showFailure(error) {
  byId("refresh").hidden = portfolio?.state !== "partial";
  byId("status").textContent = `The portfolio cannot be ${portfolio ? "updated" : "shown"}: ${error.message}`;
}

// Show the portfolio, and its refresh where one runs. A failure that passes soon is tried again, ever later.
async function start(retries = 0) {
  try {
    colors = (await getJson("ui/colors.json")).body;
    const isListed = await load();
    if (!isListed) follow();
    else if (portfolio.state === "partial" || portfolio.stale) {
      if (portfolio.state === "partial") describeRefresh({ state: "running" });
      setTimeout(follow, FIRST_POLL_MS); // it starts behind the response, so it shows a moment later
    }
  } catch (error) {
    showFailure(error);
    const pauseS = error.retryAfterS * 2 ** retries;
    if (pauseS <= MAX_RETRY_AFTER_S) setTimeout(start, 1000 * pauseS, retries + 1);
  }
}

byId("search").addEventListener("submit", (event) => { event.preventDefault(); search(0); });
byId("question").addEventListener("input", () => search());
byId("filters").addEventListener("change", showGlance);
byId("filters").addEventListener("reset", () => setTimeout(showGlance));

byId("question").value = new URLSearchParams(location.search).get("q") ?? "";
start();
