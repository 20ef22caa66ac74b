/** One attempt may take this long, in milliseconds. */
const ATTEMPT = 15000;
/** Pauses between attempts, in milliseconds; the last one repeats. */
const PAUSES = [500, 1000, 2000, 4000, 8000, 15000];

/** Milliseconds of a clock that nobody sets, since that of a device may be wrong, and be put right at any moment. */
function now() { return performance.now(); }

/** A request as `fetch` takes it; `token`, `body`, `key` and `keepalive` may be missing. */
function request(method, { token, body, key, keepalive }, signal) {
  const headers = {};
  if (token) headers.Authorization = "Bearer " + token;
  if (body) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  return {
    method, headers, signal, body: body ? JSON.stringify(body) : undefined, keepalive: Boolean(keepalive),
    credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store"
  };
}

/** One exchange, given up after a while. Resolves to the document of the answer. */
async function attempt(method, url, parts, signal) {
  const controller = new AbortController();
  const cancel = () => controller.abort();
  let isLate = false;
  const timer = setTimeout(() => { isLate = true; cancel(); }, ATTEMPT);
  if (signal) signal.addEventListener("abort", cancel);
  try {
    const response = await fetch(url, request(method, parts, controller.signal));
    const text = await response.text();
    if (!response.ok) throw failure(response, text);
    const answer = parsed(text);
    // An answer cut off on its way tells nothing: ask again.
    if (answer === null) throw new HighscoresError("network", "The answer was not complete.");
    return answer;
  } catch (error) {
    if (error instanceof HighscoresError) throw error;
    if (signal && signal.aborted) throw new HighscoresError("aborted", "The request was given up.");
    throw isLate ? new HighscoresError("timeout", "The service did not answer in time.")
      : new HighscoresError("network", "The service could not be reached.");
  } finally {
    clearTimeout(timer);
    if (signal) signal.removeEventListener("abort", cancel);
  }
}

/** Waits, but no longer than until the network is back or the caller gives up. */
function pause(milliseconds, signal) {
  // Outside of browsers nobody tells of the network.
  const hears = typeof addEventListener === "function";
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    if (hears) addEventListener("online", done);
    if (signal) signal.addEventListener("abort", done);
    function done() {
      clearTimeout(timer);
      if (hears) removeEventListener("online", done);
      if (signal) signal.removeEventListener("abort", done);
      resolve();
    }
  });
}

/** Repeats an exchange while its failures are temporary and the deadline, by `now()`, has not passed. */
async function insist(exchange, deadline, { onRetry, signal }) {
  for (let count = 0; ; count += 1) {
    if (signal && signal.aborted) throw new HighscoresError("aborted", "The request was given up.");
    try {
      return await exchange();
    } catch (error) {
      let wait = PAUSES[Math.min(count, PAUSES.length - 1)] * (0.8 + 0.4 * Math.random());
      if (error.retryAfter !== null) wait = Math.max(wait, error.retryAfter * 1000);
      if (!error.isTemporary() || now() + wait > deadline) throw error;
      if (onRetry) onRetry({ attempt: count + 1, wait, error });
      await pause(wait, signal);
    }
  }
}
