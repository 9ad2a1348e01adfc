// The search page of a portfolio: one view, which the address describes.

import { amended, asked, noFacets, readAddress, returned, typed } from "./address.js";
import { awaitAnswer, hideAnswer, isAnswerShown, showAnswer } from "./answer.js";
import { getJson, newestOnly, portfolioPath, queryPath } from "./api.js";
import { useSkills } from "./details.js";
import { byId, counted, make, skeleton } from "./dom.js";
import { isFiltered, listenToFacets, matchesFacets, offerFacets, showChosen } from "./facets.js";
import { listenToKeys } from "./keyboard.js";
import { awaitProfile, showProfile } from "./profile.js";
import { listenToLinks } from "./questions.js";
import { describeRefresh, FIRST_POLL_MS, followRefresh, MAX_RETRY_AFTER_S } from "./refresh.js";
import { nearestItem, portfolioItem, resultItem, useColors } from "./repository.js";

const RANKING_DELAY_MS = 120; // from the last key to the request for the ranking
const ANSWER_DELAY_MS = 700; // from the last key to the request for the written answer, which may cost a model call
const MAX_RESULTS = 20;
const MAX_FILTERED_RESULTS = 50; // the most that the API ranks, because the filters leave some out
const SKELETONS = 4;

const field = byId("question");
let view = readAddress(); // {question, isRead, facets, opened}
let portfolio = null; // the response of /portfolios/{username}; null until there is one
let isProfileShown = false; // of this portfolio
let hasFailed = false; // to show a portfolio; there is nothing to ask about
let areResultsShown = false; // of a question; they stay until those of the next come
const ranking = newestOnly((status, body) => (status === 202 ? follow() : showResults(body)), showProblem);
const answer = newestOnly((status, body, path) => (status === 202 ? follow() : showAnswer(body, path, askAndGoThere)), showProblem);

function showProblem(error) {
  hideAnswer();
  byId("rule").textContent = "";
  byId("status").textContent = `That did not work: ${error.message}`;
  if (!areResultsShown) showItems([]);
}

function places() {
  return { opened: view.opened, onToggle(name, isOpen) {
    if (isOpen) view.opened.add(name);
    else view.opened.delete(name);
    amended(view);
  } };
}

// Whoever has reached a repository with the keyboard stays there, or in the list if it is gone.
function showItems(items) {
  const list = byId("results");
  const place = list.contains(document.activeElement) ? document.activeElement.closest("li") : null;
  list.removeAttribute("aria-busy");
  list.replaceChildren(...items);
  if (place) (openButton(place.dataset.name) ?? list).focus({ preventScroll: true });
}

const openButton = (name) => byId("results").querySelector(`[data-name="${CSS.escape(name)}"] .open`);

function awaitResults() {
  byId("results").setAttribute("aria-busy", "true");
  byId("results").replaceChildren(...Array.from({ length: SKELETONS }, () => make("li", { class: "awaited" }, skeleton(3))));
}

function showResults(body) {
  const known = new Map(portfolio?.repositories.map((bundle) => [bundle.metadata.name, bundle]));
  const results = body.results.filter(({ name }) => !known.has(name) || matchesFacets(known.get(name), view.facets));
  const nearest = body.nearest ?? [];
  areResultsShown = true;
  byId("results-title").textContent = body.no_match ? "Nearest repositories" : "Results";
  byId("status").replaceChildren(...statusNodes(body, results.length));
  byId("rule").textContent = body.fact?.rule ? `Rule: ${body.fact.rule}` : "";
  showItems([...results.map((result) => resultItem(result, places())), ...nearest.map((result) => nearestItem(result, places()))]);
}

// Say how the question was read, and let the visitor search for its words instead.
function statusNodes(body, shown) {
  const count = body.results.length;
  const filtered = isFiltered(view.facets) && count ? `${shown} of ${counted(count, "result")} match the filters` : "";
  const reading = body.understood?.read_as;
  if (reading) {
    const words = make("button", { type: "button", class: "link" }, "search for the words instead");
    words.addEventListener("click", searchForWords);
    return [`Read as: ${reading} · `, words, filtered ? ` · ${filtered}` : ""];
  }
  if (body.no_match) return [body.difference ?? "No repository answers that."];
  return [filtered ? `${filtered}.` : `${counted(count, "repository", "repositories")}, in ${Math.max(1, Math.round(body.took_ms))} ms.`];
}

function showPortfolio() {
  const { repositories } = portfolio;
  const shown = repositories.filter((bundle) => matchesFacets(bundle, view.facets))
    .sort((a, b) => (b.metadata.pushed_at ?? "").localeCompare(a.metadata.pushed_at ?? ""));
  areResultsShown = false;
  byId("results-title").textContent = "Repositories";
  byId("status").textContent = `${shown.length} of ${repositories.length} repositories`;
  byId("rule").textContent = "";
  showItems(shown.map((bundle) => portfolioItem(bundle, places())));
}

async function showGlance() {
  hideAnswer();
  if (hasFailed) return;
  awaitProfile();
  if (!portfolio) return awaitResults();
  showPortfolio();
  if (isProfileShown) return;
  isProfileShown = true;
  await showProfile(portfolio);
}

const requestRanking = (delayMs) => ranking.request(queryPath(view.question, {
  limit: isFiltered(view.facets) ? MAX_FILTERED_RESULTS : MAX_RESULTS, answer: false, ...reading() }), delayMs);
const reading = () => (view.isRead ? {} : { read: false });

// Show what `view` says. Typing requests the ranking soon, and the written answer once the visitor has stopped.
function show(rankingDelayMs = 0, answerDelayMs = 0) {
  ranking.cancel();
  answer.cancel();
  showChosen(view.facets);
  if (!view.question) return showGlance();
  if (hasFailed) return;
  byId("glance").hidden = true;
  const answerPath = queryPath(view.question, { limit: 1, ...reading() });
  if (!isAnswerShown(answerPath)) awaitAnswer();
  if (!areResultsShown) awaitResults();
  if (!portfolio) return;
  requestRanking(rankingDelayMs);
  if (!isAnswerShown(answerPath)) answer.request(answerPath, answerDelayMs);
}

function ask(question) {
  view = { ...view, question, isRead: true, opened: new Set() };
  field.value = question;
  asked(view);
  show();
}

// A suggestion or a link has asked: it may be gone by now, so the focus goes to the answer.
function askAndGoThere(question) {
  ask(question);
  scrollTo(0, 0);
  byId("answer").focus({ preventScroll: true });
}

function searchForWords() {
  view = { ...view, isRead: false };
  asked(view);
  show();
  byId("answer").focus({ preventScroll: true }); // the button that has asked goes
}

// Open a repository of the list, and go to it.
function open(name) {
  if (view.question || isFiltered(view.facets)) {
    view = { question: "", isRead: true, facets: noFacets(), opened: new Set() };
    field.value = "";
    asked(view);
    show();
  }
  const button = openButton(name);
  if (!button) return; // the list is newer than the link
  if (button.getAttribute("aria-expanded") === "false") button.click();
  button.focus();
}

function change(facets) {
  view = { ...view, facets };
  amended(view);
  showChosen(facets);
  if (view.question) requestRanking(0);
  else if (portfolio) showPortfolio();
}

// Get the portfolio, show it and return it; null while it has never been listed.
async function load(options) {
  const { status, body } = await getJson(portfolioPath, options);
  if (status === 202) return null;
  const isFirst = portfolio === null;
  portfolio = body;
  hasFailed = false;
  isProfileShown = false;
  // Nobody loses the place that they have reached with the keyboard because a repository was read.
  const isInUse = ["results", "glance"].some((id) => byId(id).contains(document.activeElement));
  if (isFirst || !isInUse) {
    describePortfolio();
    if (isFirst || !view.question) show();
    else requestRanking(0);
  }
  return portfolio;
}

function describePortfolio() {
  offerFacets(portfolio, view.facets);
  useSkills(Object.keys(portfolio.facets.skills));
  const refreshed = new Date(portfolio.refreshed_at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  byId("facts").textContent = `${counted(portfolio.repos, "repository", "repositories")}, as of ${refreshed}`;
}

const follow = () => followRefresh(portfolio, load, showFailure);

function showFailure(error) {
  byId("refresh").hidden = portfolio?.state !== "partial";
  byId("status").textContent = `The portfolio cannot be ${portfolio ? "updated" : "shown"}: ${error.message}`;
  if (portfolio) return;
  hasFailed = true;
  hideAnswer();
  byId("glance").hidden = true;
  showItems([]);
}

// Show the portfolio, and its refresh where one runs. A failure that passes soon is tried again, ever later.
async function start(retries = 0) {
  try {
    useColors((await getJson("ui/colors.json")).body);
    await load();
    if (!portfolio) follow();
    else if (portfolio.state === "partial" || portfolio.stale) {
      if (portfolio.state === "partial") describeRefresh({ state: "running" }, portfolio);
      setTimeout(follow, FIRST_POLL_MS); // it starts behind the response, so it shows a moment later
    }
  } catch (error) {
    showFailure(error);
    const pauseS = Math.max(error.retryAfterS, 1) * 2 ** retries; // NaN: not to be tried again
    if (pauseS <= MAX_RETRY_AFTER_S) setTimeout(start, 1000 * pauseS, retries + 1);
  }
}

byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(field.value.trim());
});
field.addEventListener("input", () => {
  view = { ...view, question: field.value.trim(), isRead: true, opened: new Set() };
  typed(view);
  show(RANKING_DELAY_MS, ANSWER_DELAY_MS);
});
addEventListener("popstate", () => {
  const before = returned();
  if (!before) return;
  view = before;
  field.value = view.question;
  show();
});
listenToFacets(change);
listenToLinks(askAndGoThere, open);
listenToKeys({ field, answer: byId("answer"), results: byId("results"), clear: () => ask("") });

field.value = view.question;
show();
start();
