// Build elements. Text from repositories becomes text nodes, never markup, so that a README cannot inject a script.

export const byId = (id) => document.getElementById(id);

// Null children and null attributes are left out. `style` is set by script, which the page's policy allows.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style") Object.assign(element.style, value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

// Link to a web address. An address of another kind, such as `javascript:`, becomes plain text.
export function link(url, attributes, ...children) {
  const isWeb = /^https?:\/\//i.test(url ?? "");
  return isWeb ? make("a", { href: url, rel: "noopener", ...attributes }, ...children)
    : make("span", attributes, ...children);
}

// Put `separator` between nodes.
export const joined = (nodes, separator) => nodes.flatMap((node, index) => (index ? [separator, node] : [node]));

// Split `text` into nodes, with every occurrence of a term in a <mark>.
export function highlighted(text, terms) {
  const patterns = terms.filter((term) => term.length > 1).map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!patterns.length) return [text];
  const parts = text.split(new RegExp(`(${patterns.join("|")})`, "gi")); // terms have odd indexes
  return parts.map((part, index) => (index % 2 ? make("mark", {}, part) : part)).filter((part) => part !== "");
}

// Grey lines in the place of what is being loaded.
export const skeleton = (lines) =>
  make("span", { class: "skeleton", "aria-hidden": "true" }, ...Array.from({ length: lines }, () => make("i")));

export const counted = (count, noun, plural = `${noun}s`) => `${count} ${count === 1 ? noun : plural}`;
