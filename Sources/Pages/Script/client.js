/** A run that does not start in this time, in milliseconds, is given up. */
const START = 60000;

/** What a name stands for in the page's fragment, such as `#hs=…&tgShareScoreUrl=…`, or null. */
function inFragment(name) {
  const fragment = typeof location === "object" ? location.hash : "";
  const found = new RegExp("(?:^#?|[&?])" + name + "=([^&?#]*)").exec(fragment);
  return found && found[1] ? decodeURIComponent(found[1]) : null;
}

function queryOf(options, names) {
  const query = names.filter((name) => options[name] !== undefined && options[name] !== null)
    .map((name) => name + "=" + encodeURIComponent(options[name])).join("&");
  return query ? "?" + query : "";
}

/**
 * Asks Telegram's client to let the player share the game with their score: call it when they press a button.
 *
 * As Telegram's own games.js does. Returns whether there was a client to ask.
 */
function share() {
  const link = inFragment("tgShareScoreUrl");
  if (!link || !/^(web\+)?tgb?:\/\/./.test(link)) return false;
  const event = JSON.stringify({ eventType: "share_score", eventData: "" });
  if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent("share_score", "");
  else if (window.external && "notify" in window.external) window.external.notify(event);
  else if (window.parent !== window) window.parent.postMessage(event, "*");
  else location.href = link;
  return true;
}

/** One play-through, as the service has started it. */
function makeRun(api, answer) {
  const lifetime = Date.parse(answer.expires_at) - Date.parse(answer.started_at);
  const deadline = now() + lifetime;
  return {
    id: answer.run_id,
    startedAt: answer.started_at,
    expiresAt: answer.expires_at,
    // Where the run is for a board that has them.
    board: answer.board,
    seed: answer.seed,
    attempt: answer.attempt,

    /**
     * Submits the run's score: a whole number from 0 to 2147483647, or an object with a score for each of several
     * boards. Options: `metadata`, any small object; `boards`, further leaderboards to report on; `onRetry`, `signal`.
     *
     * It is repeated until it is acknowledged or the run has expired: after lost connections, and after 429 and 503 no
     * earlier than the service asks for. A repetition counts once. A page that is closed meanwhile leaves it to the next
     * `connect`. Resolves to the service's answer (`outcome`, `best`, `previous_best`, `boards`, …).
     */
    submit(score, options) {
      const { metadata, boards, onRetry, signal } = options || {};
      const body = typeof score === "object" && score ? { scores: score } : { score };
      if (metadata) body.metadata = metadata;
      const path = "/v1/scores" + queryOf({ boards: boards && [].concat(boards).join(",") }, ["boards"]);
      const played = { api, path, run: answer.run_id, token: answer.run, body, lifetime, at: Date.now() };
      keep(played);
      return deliver(played, deadline, { onRetry, signal });
    }
  };
}

/**
 * Makes a client for one player in one chat, as a launch says. Options: `api`, the base URL of the service, by default
 * where a classic script came from; `token`, a launch token instead of the fragment's; or `initData` and `game` in a
 * Mini App, whose launch is then asked for at the first call.
 */
function connect(options) {
  const { api: given, token, initData, game } = options || {};
  if (!given && !home) throw new HighscoresError("api_missing", "Say where the service is: connect({ api }).");
  const api = (given || home).replace(/\/+$/, "");
  let launch = token || (initData ? null : inFragment("hs"));
  if (!launch && !initData) {
    throw new HighscoresError("token_missing", "Open the game from its message in Telegram.");
  }
  /** Tokens that may read: the last run's, which may outlive the launch's, and the launch's, which may outlive it. */
  let readers = launch ? [launch] : [];
  let opening = null;
  deliverKept(api);

  /** The launch token; a Mini App asks for one, and after a failure again. */
  function launched() {
    if (launch) return Promise.resolve(launch);
    opening = opening || attempt("POST", api + "/v1/launches", { body: { init_data: initData, game } }).then(
      (answer) => {
        launch = answer.launch;
        readers.push(launch);
        return launch;
      },
      (error) => {
        opening = null;
        throw error;
      }
    );
    return opening;
  }

  /** Reads with a token that has not expired, if there is one. */
  async function reading(exchange) {
    await launched();
    for (;;) {
      const token = readers[0];
      try {
        return await exchange(token);
      } catch (error) {
        if (error.code !== "token_expired" || readers.every((reader) => reader === token)) throw error;
        readers = readers.filter((reader) => reader !== token);
      }
    }
  }

  function read(path, options, names) {
    options = options || {};
    const url = api + path + queryOf(options, names);
    return reading((token) => attempt("GET", url, { token }, options.signal));
  }

  const client = {
    /** Known once a run was started: `{id, name}`, `{name, title, order, keep}`, and the chat's id or null. */
    player: null,
    game: null,
    chatInstance: null,

    /**
     * Starts a run: one play-through that takes one score. Call it when play begins; playing again starts another one.
     * Options: `onRetry({attempt, wait, error})`, `signal`, and `board`: the run is then for that board of the game
     * alone, uses one of the player's attempts where the board has them, and has `seed` and `attempt`.
     */
    async startRun(options) {
      const { board, onRetry, signal } = options || {};
      // A start whose answer was lost uses no second attempt.
      const key = board && Date.now().toString(36) + Math.random().toString(36).slice(2);
      const answer = await insist(async () => {
        const token = await launched();
        return attempt("POST", api + "/v1/runs", { token, body: board && { board }, key }, signal);
      }, now() + START, { onRetry, signal });
      readers = [answer.run, launch];
      client.player = answer.player;
      client.game = answer.game;
      client.chatInstance = answer.chat_instance;
      return makeRun(api, answer);
    },

    /**
     * Reads a leaderboard. Options are those of the service: `board`, `scope` (chat, global), `window` (all, day, …),
     * `at`, `limit`, `around` (me or a player's id), `cursor`; and `signal`.
     */
    leaderboard(options) {
      return read("/v1/leaderboard", options, ["board", "scope", "window", "at", "limit", "around", "cursor"]);
    },

    /** Reads the player's own runs of this game, the last first. Options: `board`, `limit`, `cursor`; and `signal`. */
    history(options) {
      return read("/v1/history", options, ["board", "limit", "cursor"]);
    },

    /**
     * Watches a leaderboard: the callback gets what `leaderboard` resolves to, without `me`, now and after each change.
     * Query: `board`, `scope`, `window`, `limit`, and `onError(error)` for what ends the watch. A connection that is
     * lost is taken up again by itself. Returns a function that ends the watch.
     */
    watch(query, callback) {
      query = query || {};
      const url = api + "/v1/leaderboard/events" + queryOf(query, ["board", "scope", "window", "limit"]);
      return follow(url, reading, callback, query.onError);
    },

    share
  };
  return client;
}
