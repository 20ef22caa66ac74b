/**
 * Scores that were played and not yet acknowledged are kept in the storage of the page's origin, under this and the id
 * of their run: a page may be closed at any moment, and its device be without a network.
 */
const KEPT = "highscores:";
/** So many are kept; the oldest make room. */
const MOST_KEPT = 50;
/** Runs whose score this page is sending. */
const underWay = new Set();

/** What is kept, the oldest first; nothing where there is no storage, as in workers and in frames without an origin. */
function kept() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(KEPT))
      .map((name) => parsed(localStorage.getItem(name))).filter((score) => score && score.run)
      .sort((one, other) => one.at - other.at);
  } catch (error) { return []; }
}

function keep(score) {
  kept().slice(0, 1 - MOST_KEPT).forEach((old) => forget(old.run));
  try { localStorage.setItem(KEPT + score.run, JSON.stringify(score)); } catch (error) { /* Full, or none. */ }
}

function forget(run) {
  try { localStorage.removeItem(KEPT + run); } catch (error) { /* None. */ }
}

/** Sends a score until it is acknowledged, refused for good, or so late that no run lasts that long. */
async function deliver(score, deadline, options) {
  underWay.add(score.run);
  try {
    const parts = { token: score.token, body: score.body, keepalive: true };
    const answer = await insist(
      () => attempt("POST", score.api + score.path, parts, options.signal), deadline, options
    );
    forget(score.run);
    return answer;
  } catch (error) {
    // Whoever gives up waiting does not give up the score.
    if (!error.isTemporary() && error.code !== "aborted") forget(score.run);
    throw error;
  } finally {
    underWay.delete(score.run);
  }
}

/** Sends what earlier pages could not. Only the service knows which runs have expired: this device's clock may be wrong. */
async function deliverKept(api) {
  for (const score of kept()) {
    if (score.api !== api || underWay.has(score.run)) continue;
    try { await deliver(score, now() + score.lifetime, {}); } catch (error) { /* Nobody is there to be told. */ }
  }
}
