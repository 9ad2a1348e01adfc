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
const RETRY_MS = 2000; // while the portfolio is fetched for the first time

class PortfolioSearch extends HTMLElement {
  #aborter = new AbortController();
  #timer = 0;

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
    this.input.addEventListener("input", () => this.#searchAfter(TYPING_MS));
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
      if (response.status === 202) {
        this.status.textContent = "The portfolio is being read for the first time …";
        return this.#searchAfter(RETRY_MS);
      }
      if (!response.ok) throw new Error(body.error?.message ?? response.statusText);
      this.#show(body);
    } catch (error) {
      if (error.name !== "AbortError") this.status.textContent = `That did not work: ${error.message}`;
    }
  }

  #show(body) {
    this.answer.textContent = body.answer?.text ?? "";
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
