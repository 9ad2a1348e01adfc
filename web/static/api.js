// Ask the API of the app that serves the page.

export const username = document.body.dataset.username;
const user = encodeURIComponent(username);

export const portfolioPath = `portfolios/${user}`;
export const refreshPath = `refresh/${user}`;
export const repositoryPath = (name) => `${portfolioPath}/repos/${encodeURIComponent(name)}`;
export const queryPath = (question, options) =>
  `query?${new URLSearchParams({ username, q: question, ...options })}`;

// Errors carry the API's message and, if the response has one, `retryAfterS`.
export async function getJson(path, options = {}) {
  const response = await fetch(path, { ...options, headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) {
    const error = new Error(body.error?.message ?? `the API answers ${response.status}`);
    if (response.headers.has("Retry-After")) error.retryAfterS = Number(response.headers.get("Retry-After"));
    throw error;
  }
  return { status: response.status, body };
}

// Make requests of which only the newest is answered: a request cancels those before it.
export function newestOnly(onResponse, onError) {
  let timer;
  let controller = new AbortController();
  function cancel() {
    clearTimeout(timer);
    controller.abort();
  }
  function request(path, delayMs) {
    cancel();
    controller = new AbortController();
    const { signal } = controller;
    timer = setTimeout(async () => {
      try {
        const { status, body } = await getJson(path, { signal });
        onResponse(status, body, path);
      } catch (error) {
        if (error.name !== "AbortError") onError(error);
      }
    }, delayMs);
  }
  return { cancel, request };
}
