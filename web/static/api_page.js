// The page of the API: Swagger UI shows the OpenAPI document of the app that serves the page, and sends requests to it.

/* global SwaggerUIBundle */

const api = new URL("..", import.meta.url);

// The document calls the API `/api`. A proxy may serve it below a path of its own.
async function loadDocument() {
  const response = await fetch(new URL("openapi.json", api));
  if (!response.ok) throw new Error(`the API answers ${response.status}`);
  return { ...(await response.json()), servers: [{ url: api.href.replace(/\/$/, "") }] };
}

const adjustments = {
  wrapComponents: {
    InfoContainer: () => () => null, // the page has its own header
    ServersContainer: () => () => null, // there is no choice
    // Swagger UI puts operations without a tag in a group that it calls "default".
    OperationTag: (Original, { React }) => (props) => (props.tag === "default"
      ? React.createElement("div", null, props.children) : React.createElement(Original, props)),
  },
};

function followColorScheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", apply);
  apply();
}

followColorScheme();
try {
  SwaggerUIBundle({
    spec: await loadDocument(),
    dom_id: "#api",
    plugins: [() => adjustments],
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    syntaxHighlight: { theme: "obsidian" }, // of the themes, one with enough contrast
    validatorUrl: null, // no badge from another site
  });
} catch (error) {
  document.getElementById("api").textContent = `The routes cannot be shown: ${error.message}`;
}
