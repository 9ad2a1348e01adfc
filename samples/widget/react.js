import { createElement as h, StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";

function Site() {
  const [limit, setLimit] = useState("5");
  const options = ["1", "3", "5"].map((count) => h("option", { key: count }, count));
  return h("div", null,
    h("h1", null, "Ada Nimbus"),
    h("p", null, "This site is made with React."),
    h("label", null, "Results ", h("select", { value: limit, onChange: (event) => setLimit(event.target.value) }, options)),
    h("portfolio-search", { username: "ada-nimbus", limit }));
}

createRoot(document.getElementById("app")).render(h(StrictMode, null, h(Site)));
