/**
 * What went wrong. `code` is a code of the service's problem documents (token_expired, run_already_scored,
 * score_invalid, rate_limited, …), or one of this script: api_missing, network, timeout, aborted, http_error.
 */
class HighscoresError extends Error {
  constructor(code, message, more) {
    super(message || code);
    this.name = "HighscoresError";
    this.code = code;
    this.status = (more && more.status) || 0;
    this.detail = (more && more.detail) || null;
    this.retryAfter = more && more.retryAfter >= 0 ? more.retryAfter : null;
  }

  /** Whether the same request may well succeed later. */
  isTemporary() {
    return this.code === "network" || this.code === "timeout" || this.status === 408 || this.status === 429 ||
      this.status >= 500;
  }
}

function parsed(text) {
  try { return JSON.parse(text); } catch (error) { return null; }
}

function failure(response, text) {
  const problem = parsed(text) || {};
  return new HighscoresError(problem.code || "http_error", problem.detail || problem.title, {
    status: response.status,
    detail: problem.detail,
    retryAfter: parseInt(response.headers.get("Retry-After"), 10)
  });
}
