// Follow a refresh, and show how far it is.

import { getJson, refreshPath } from "./api.js";
import { byId } from "./dom.js";

export const FIRST_POLL_MS = 1000; // of a running refresh; every pause is longer than the one before
const POLL_GROWTH = 1.25;
const MAX_POLL_MS = 15_000;
const MAX_POLL_FAILURES = 5; // in a row
export const MAX_RETRY_AFTER_S = 60; // what takes longer to mend is said, and not waited for
let isFollowing = false;

export function describeRefresh(refresh, portfolio) {
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
// `load` shows the portfolio as it is now and returns it; null while it has never been listed.
export async function followRefresh(portfolio, load, onFailure) {
  if (isFollowing) return;
  isFollowing = true;
  let done = -1;
  let failures = 0;
  for (let pauseMs = FIRST_POLL_MS; ; pauseMs = Math.min(POLL_GROWTH * pauseMs, MAX_POLL_MS)) {
    try {
      const { body } = await getJson(refreshPath, { cache: "no-store" });
      if (!portfolio && body.state === "failed") throw Object.assign(new Error(body.error.message), { retryAfterS: Infinity });
      const hasEnded = ["completed", "failed"].includes(body.state);
      if (!portfolio || hasEnded || body.done !== done) portfolio = await load({ cache: "no-cache" });
      describeRefresh(body, portfolio);
      if (hasEnded && portfolio) break;
      done = body.done;
      failures = 0;
    } catch (error) {
      failures += 1;
      if (error.retryAfterS > MAX_RETRY_AFTER_S || failures === MAX_POLL_FAILURES) {
        onFailure(error);
        break;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (document.hidden) await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
  isFollowing = false;
}
