// The search of a portfolio as a custom element for any site: <portfolio-search></portfolio-search>
// README.md lists its attributes, custom properties and parts. Text from repositories becomes text
// nodes, never markup, so that a README cannot inject a script.

const RANKING_DELAY_MS = 120; // from the last key to the request for the ranking
const ANSWER_DELAY_MS = 700; // from the last key to the request for the written answer, which may cost a model call
const MIN_RETRY_MS = 1000; // while the portfolio cannot be served yet; doubles with every retry
const MAX_RETRY_MS = 60_000; // what takes longer to mend is said, and not waited for
const DEFAULTS = { label: "Ask this portfolio", placeholder: "which projects use Terraform?", limit: "5" };

// Colours are the page's own, so that they are readable on any background.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { display: block; font: var(--portfolio-font, inherit); color: var(--portfolio-text, inherit); overflow-wrap: anywhere }
:host([hidden]), :empty:not(input, [role], [aria-live]) { display: none } /* what is announced has to be there before its text */
input, button { font: inherit; color: inherit; background: var(--portfolio-background, transparent);
  border: 1px solid var(--portfolio-line, currentColor); border-radius: .5em }
input { width: 100%; box-sizing: border-box; padding: .6em .8em; appearance: none }
::placeholder { color: var(--portfolio-quiet, inherit); opacity: .8 }
button { padding: .25em .7em; margin: .2em .4em .2em 0; text-align: start; cursor: pointer }
:focus-visible { outline: 3px solid var(--portfolio-accent, currentColor); outline-offset: 2px }
a { color: var(--portfolio-accent, inherit) }
[part=name] { font-weight: 600 }
p { margin: .4em 0 }
form { margin-bottom: .8em }
ol, ul { list-style: none; margin: .4em 0; padding: 0 }
[part=result] { padding: .6em 0; border-top: 1px solid var(--portfolio-line, #8886) }
[part=result] > * { margin: .2em 0 }
[part=status], [part=reading], [part=citations], [part=reasons], [part=evidence] {
  color: var(--portfolio-quiet, inherit); font-size: .875em }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
`);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

// Link to `url`, unless it is something else than a web address, such as `javascript:`.
const link = (url, text, part) => (/^https?:\/\//i.test(url) ? make("a", { href: url, rel: "noopener", part }, text) : text);

function button(text, onClick) {
  const element = make("button", { type: "button", part: "button" }, text);
  element.addEventListener("click", onClick);
  return element;
}

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Return the address of the API, with a slash at its end: where this script comes from, or what `src` names.
function apiAddress(src) {
  if (!src) return new URL(".", import.meta.url).href;
  const { origin, pathname } = new URL(src, document.baseURI);
  const address = origin + pathname.replace(/(\/widget\.js)?\/*$/, "/");
  const isApi = address.endsWith("/api/") || import.meta.url.startsWith(`${address}widget.js`);
  return isApi ? address : `${address}api/`;
}

async function getJson(address, signal) {
  const response = await fetch(address, { signal }).catch(() => {
    throw new Error(`${new URL(address).origin} cannot be reached, or its ALLOWED_ORIGINS lacks ${location.origin}`);
  });
  const body = await response.json().catch(() => ({}));
  if (response.ok && body.results) return body;
  const error = new Error(body.error?.message ?? `the API answers ${response.status}`);
  if (response.status === 202 || response.status === 503) {
    error.retryAfterMs = 1000 * Number(response.headers.get("Retry-After"));
    error.isFirstRefresh = !body.error;
  }
  throw error;
}

class PortfolioSearch extends HTMLElement {
  static observedAttributes = ["src", "username", "limit", "label", "placeholder"];
  #label = make("label", { for: "q", class: "hidden" }, DEFAULTS.label);
  #input = make("input", {
    id: "q", type: "search", part: "input", maxlength: 500, autocomplete: "off", enterkeyhint: "search",
    placeholder: DEFAULTS.placeholder,
  });
  #status = make("p", { part: "status", role: "status" });
  #answer = make("p", { part: "answer", "aria-live": "polite" });
  #citations = make("p", { part: "citations" });
  #reading = make("p", { part: "reading" });
  #suggestions = make("p", { part: "suggestions" });
  #results = make("ol", { part: "results" });
  #current = new AbortController(); // of the question in the field
  #written = new Map(); // question and version of the portfolio -> its one request for a written answer

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    root.adoptedStyleSheets = [sheet];
    const form = make("form", { role: "search", part: "form" }, this.#label, this.#input);
    root.append(form, this.#status, this.#answer, this.#citations, this.#reading, this.#results, this.#suggestions);
    this.#input.addEventListener("input", () => this.#ask(RANKING_DELAY_MS, ANSWER_DELAY_MS));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
  }

  connectedCallback() {
    if (this.#input.value) this.#ask();
  }

  disconnectedCallback() {
    this.#current.abort();
  }

  // Frameworks set attributes late, and change them.
  attributeChangedCallback(name, old, value) {
    if (name === "label") this.#label.textContent = value ?? DEFAULTS.label;
    else if (name === "placeholder") this.#input.placeholder = value ?? DEFAULTS.placeholder;
    else if (this.isConnected && old !== value && this.#input.value) this.#ask(RANKING_DELAY_MS, ANSWER_DELAY_MS);
  }

  #address(question, isRead) {
    const address = new URL("query", apiAddress(this.getAttribute("src")));
    address.searchParams.set("q", question);
    const username = this.getAttribute("username");
    if (username) address.searchParams.set("username", username);
    if (!isRead) address.searchParams.set("read", "false");
    return address.href;
  }

  // Request the ranking, and then the written answer, each after its delay. The next question ends this one.
  async #ask(rankingDelayMs = 0, answerDelayMs = 0, isRead = true, retries = 0) {
    this.#current.abort();
    const { signal } = (this.#current = new AbortController());
    const question = this.#input.value.trim();
    for (const part of [this.#answer, this.#citations, this.#reading, this.#suggestions]) part.replaceChildren();
    if (!question) {
      this.#results.replaceChildren();
      this.#status.textContent = "";
      return;
    }
    try {
      const pause = after(answerDelayMs);
      await after(rankingDelayMs);
      if (signal.aborted) return;
      const address = this.#address(question, isRead);
      const limit = encodeURIComponent(this.getAttribute("limit") ?? DEFAULTS.limit);
      const ranking = await getJson(`${address}&limit=${limit}&answer=false`, signal);
      this.#showRanking(ranking);
      await pause;
      if (signal.aborted) return;
      const answered = await this.#write(address, ranking.portfolio);
      if (!signal.aborted) this.#showAnswer(answered);
    } catch (error) {
      if (!signal.aborted) this.#explain(error, signal, isRead, retries);
    }
  }

  // Request the written answer once per version of the portfolio, however often it is asked for.
  #write(address, { refreshed_at, pending }) {
    const key = `${address} ${refreshed_at} ${pending}`;
    if (!this.#written.has(key)) {
      const request = getJson(`${address}&limit=1`);
      request.catch(() => this.#written.delete(key));
      this.#written.set(key, request);
    }
    return this.#written.get(key);
  }

  // Say why there is nothing to show, and ask again when the API says so, or later.
  async #explain(error, signal, isRead, retries) {
    const pauseMs = Math.max(error.retryAfterMs, MIN_RETRY_MS * 2 ** retries); // NaN: not to be retried
    if (error.isFirstRefresh) this.#status.textContent = "The portfolio is being read for the first time …";
    else this.#status.textContent = `${pauseMs ? "The portfolio cannot be shown" : "That did not work"}: ${error.message}`;
    if (!(pauseMs <= MAX_RETRY_MS)) return;
    await after(pauseMs);
    if (!signal.aborted) this.#ask(0, 0, isRead, retries + 1);
  }

  #showRanking({ portfolio, understood, difference, no_match, nearest, results }) {
    const { state, repos, pending } = portfolio;
    this.#status.textContent = state === "partial" ? `${repos - pending} of ${repos} repositories read so far.` : "";
    this.#answer.textContent = difference ?? "";
    if (understood?.read_as) {
      const words = button("search for the words instead", () => {
        this.#input.focus(); // the button goes
        this.#ask(0, 0, false);
      });
      this.#reading.replaceChildren(`Read as: ${understood.read_as} `, words);
    }
    const shown = no_match ? (nearest ?? []) : results;
    this.#results.replaceChildren(...shown.map((result) => this.#item(result, no_match)));
  }

  #item({ name, url, description, reasons = [], evidence = [] }, isNearest) {
    const item = make("li", { part: "result" }, isNearest ? "Nearest: " : "", link(url, name, "name"));
    if (description) item.append(make("p", { part: "description" }, description));
    if (reasons.length) item.append(make("p", { part: "reasons" }, reasons.join("; ")));
    item.append(make("ul", { part: "evidence" }, ...evidence.map(({ path, line, signal, quote = "", url: source }) => {
      const place = path ? path + (line ? `:${line}` : "") : signal;
      return make("li", {}, link(source, place, "source"), " ", make("q", { part: "quote" }, quote));
    })));
    return item;
  }

  #showAnswer({ answer, suggestions = [] }) {
    if (answer?.text) this.#answer.textContent = answer.text;
    const sources = (answer?.citations ?? []).flatMap(({ name, url }) => [" · ", link(url, name, "citation")]);
    if (sources.length) this.#citations.replaceChildren("Sources: ", ...sources.slice(1));
    this.#suggestions.replaceChildren(...suggestions.map((text) => button(text, () => {
      this.#input.value = text;
      this.#input.focus();
      this.#ask();
    })));
  }
}

// Two addresses of this script, such as with and without `?v=1`, are two modules.
if (!customElements.get("portfolio-search")) customElements.define("portfolio-search", PortfolioSearch);
