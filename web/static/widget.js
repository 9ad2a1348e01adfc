// The search of a portfolio as a custom element for any site:
// <portfolio-search src="https://app.example/api" username="octocat" limit="5" label="…" placeholder="…">
// Sites style it with --portfolio-font, -text, -quiet, -background, -line and -accent.

const STYLE = `
:host { display: block; font: var(--portfolio-font, 1rem/1.5 system-ui, sans-serif); color: var(--portfolio-text, inherit); }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .6em .8em; color: inherit; border-radius: .5em;
  background: var(--portfolio-background, transparent); border: 1px solid var(--portfolio-line, currentColor); }
:focus-visible { outline: 3px solid var(--portfolio-accent, #0757b8); outline-offset: 2px; }
a { color: var(--portfolio-accent, #0757b8); font-weight: 600; }
ol { list-style: none; margin: .5em 0 0; padding: 0; } li { padding: .6em 0; border-top: 1px solid var(--portfolio-line, #8886); }
p { margin: .2em 0; } small, [role=status] { color: var(--portfolio-quiet, inherit); font-size: .85em; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
const TYPING_MS = 150; // from the last key to the request
const MIN_RETRY_MS = 1000; // while the portfolio cannot be served yet; doubles with every try
const MAX_RETRY_MS = 60_000; // what takes longer to mend is said, and not waited for

class PortfolioSearch extends HTMLElement {
  #aborter = new AbortController();
  #timer = 0;
  #retries = 0;

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const label = this.#make("label", { for: "q", class: "hidden" }, this.getAttribute("label") ?? "Ask this portfolio");
    const placeholder = this.getAttribute("placeholder") ?? "which projects use Terraform?";
    this.input = this.#make("input", { id: "q", type: "search", maxlength: "500", placeholder, autocomplete: "off" });
    this.answer = this.#make("p", {});
    this.status = this.#make("p", { role: "status" });
    this.results = this.#make("ol", {});
    root.append(label, this.input, this.status, this.answer, this.results);
    this.input.addEventListener("input", () => {
      this.#retries = 0;
      this.#searchAfter(TYPING_MS);
    });
  }

  #make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  #searchAfter(delayMs) {
    clearTimeout(this.#timer);
    this.#aborter.abort();
    this.#timer = setTimeout(() => this.#search(), delayMs);
  }

  async #search() {
    const question = this.input.value.trim();
    this.answer.textContent = this.status.textContent = "";
    if (!question) return this.results.replaceChildren();
    this.#aborter = new AbortController();
    const address = new URL(`${(this.getAttribute("src") ?? "/api").replace(/\/$/, "")}/query`, location.href);
    address.searchParams.set("q", question);
    address.searchParams.set("limit", this.getAttribute("limit") ?? "5");
    if (this.hasAttribute("username")) address.searchParams.set("username", this.getAttribute("username"));
    try {
      const response = await fetch(address, { signal: this.#aborter.signal });
      const body = await response.json();
      if (response.status === 202 || response.status === 503) return this.#retry(response, body);
      if (!response.ok) throw new Error(body.error?.message ?? response.statusText);
      this.#show(body);
    } catch (error) {
      if (error.name !== "AbortError") this.status.textContent = `That did not work: ${error.message}`;
    }
  }

  // Say why there is nothing to show yet, and ask again when the API says so, or later.
  #retry(response, body) {
    const askedMs = 1000 * Number(response.headers.get("Retry-After"));
    const pauseMs = Math.max(askedMs, MIN_RETRY_MS * 2 ** this.#retries);
    this.status.textContent = body.error ? `The portfolio cannot be shown: ${body.error.message}`
      : "The portfolio is being read for the first time …";
    if (pauseMs > MAX_RETRY_MS) return;
    this.#retries += 1;
    this.#searchAfter(pauseMs);
  }

  #show(body) {
    const { state, repos, pending } = body.portfolio;
    if (state === "partial") this.status.textContent = `${repos - pending} of ${repos} repositories read so far.`;
    this.answer.textContent = body.answer?.text ?? body.difference ?? "";
    const results = body.no_match ? body.nearest ?? [] : body.results;
    this.results.replaceChildren(...results.map((result) => {
      const item = this.#make("li", {}, this.#make("a", { href: result.url, rel: "noopener" }, result.name));
      if (result.description) item.append(this.#make("p", {}, result.description));
      if (result.reasons) item.append(this.#make("small", {}, result.reasons.join("; ")));
      return item;
    }));
  }
}

customElements.define("portfolio-search", PortfolioSearch);
