/*! highscores: the page's side. See the README for an example. */
(function (window, document) {
  "use strict";

  /** Where this script came from is where the service is, also below a path of a proxy. */
  var own = document.currentScript && document.currentScript.src;
  var home = own ? own.replace(/\/sdk\/highscores\.js.*$/, "") : window.location.origin;

  /** One attempt may take this long, in milliseconds. */
  var ATTEMPT = 15000;
  /** Pauses between attempts, in milliseconds; the last one repeats. */
  var PAUSES = [500, 1000, 2000, 4000, 8000, 15000];

  /**
   * What went wrong. `code` is a code of the service's problem documents (token_expired, run_already_scored,
   * score_invalid, rate_limited, …), or one of this script: network, timeout, aborted, http_error.
   */
  function HighscoresError(code, message, more) {
    this.name = "HighscoresError";
    this.code = code;
    this.message = message || code;
    this.status = (more && more.status) || 0;
    this.detail = (more && more.detail) || null;
    this.retryAfter = (more && more.retryAfter) || null;
    this.stack = new Error(this.message).stack;
  }
  HighscoresError.prototype = Object.create(Error.prototype);
  HighscoresError.prototype.constructor = HighscoresError;

  /** Whether the same request may well succeed later. */
  HighscoresError.prototype.isTemporary = function () {
    return this.code === "network" || this.code === "timeout" || this.status === 408 || this.status === 429 ||
      this.status >= 500;
  };

  /** The launch token of a fragment such as `#hs=…&tgShareScoreUrl=…`, or null. */
  function launchToken(fragment) {
    var found = /(?:^#?|[&?])hs=([^&?#]*)/.exec(fragment || "");
    return found && found[1] ? decodeURIComponent(found[1]) : null;
  }

  function parsed(text) {
    try { return JSON.parse(text); } catch (error) { return null; }
  }

  function failure(response, text) {
    var problem = parsed(text) || {};
    var seconds = parseInt(response.headers.get("Retry-After"), 10);
    return new HighscoresError(problem.code || "http_error", problem.detail || problem.title, {
      status: response.status,
      detail: problem.detail,
      retryAfter: seconds >= 0 ? seconds : null
    });
  }

  /** One exchange, given up after a while. Resolves to the document of the answer. */
  function attempt(method, url, token, body, signal, key) {
    var controller = typeof AbortController === "function" ? new AbortController() : null;
    var isLate = false;
    var timer = setTimeout(function () {
      isLate = true;
      if (controller) controller.abort();
    }, ATTEMPT);
    function cancel() { if (controller) controller.abort(); }
    if (signal) signal.addEventListener("abort", cancel);
    var headers = { Authorization: "Bearer " + token };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (key) headers["Idempotency-Key"] = key;
    return fetch(url, {
      method: method,
      headers: headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      signal: controller ? controller.signal : undefined
    }).then(function (response) {
      return response.text().then(function (text) {
        if (!response.ok) throw failure(response, text);
        var answer = parsed(text);
        // An answer cut off on its way tells nothing: ask again.
        if (answer === null) throw new HighscoresError("network", "The answer was not complete.");
        return answer;
      });
    }).catch(function (error) {
      if (error instanceof HighscoresError) throw error;
      if (signal && signal.aborted) throw new HighscoresError("aborted", "The request was given up.");
      throw isLate ? new HighscoresError("timeout", "The service did not answer in time.")
        : new HighscoresError("network", "The service could not be reached.");
    }).finally(function () {
      clearTimeout(timer);
      if (signal) signal.removeEventListener("abort", cancel);
    });
  }

  /** Waits, but no longer than until the network is back or the caller gives up. */
  function pause(milliseconds, signal) {
    return new Promise(function (resolve) {
      function done() {
        clearTimeout(timer);
        window.removeEventListener("online", done);
        if (signal) signal.removeEventListener("abort", done);
        resolve();
      }
      var timer = setTimeout(done, milliseconds);
      window.addEventListener("online", done);
      if (signal) signal.addEventListener("abort", done);
    });
  }

  /** Repeats an exchange while its failures are temporary and the deadline has not passed. */
  function insist(exchange, deadline, options) {
    var count = 0;
    function next() {
      if (options.signal && options.signal.aborted) {
        return Promise.reject(new HighscoresError("aborted", "The request was given up."));
      }
      return exchange().catch(function (error) {
        var wait = PAUSES[Math.min(count, PAUSES.length - 1)] * (0.8 + 0.4 * Math.random());
        if (error.retryAfter !== null) wait = Math.max(wait, error.retryAfter * 1000);
        if (!error.isTemporary() || Date.now() + wait > deadline) throw error;
        count += 1;
        if (options.onRetry) options.onRetry({ attempt: count, wait: wait, error: error });
        return pause(wait, options.signal).then(next);
      });
    }
    return next();
  }
  /** The service is heard of every 15 s; after such a silence, in milliseconds, the connection is dead. */
  var SILENCE = 40000;

  function queryOf(options, names) {
    var query = names.filter(function (name) {
      return options[name] !== undefined && options[name] !== null;
    }).map(function (name) {
      return name + "=" + encodeURIComponent(options[name]);
    }).join("&");
    return query ? "?" + query : "";
  }

  /** Reads events out of the pieces in which they come. `take` gets `{id, event, data, retry}`. */
  function eventReader(take) {
    var decoder = new TextDecoder();
    var rest = "";
    return function (bytes) {
      rest += decoder.decode(bytes, { stream: true });
      var texts = rest.split("\n\n");
      rest = texts.pop();
      texts.forEach(function (text) {
        var fields = {};
        text.split("\n").forEach(function (line) {
          var end = line.indexOf(": ");
          if (end > 0) fields[line.slice(0, end)] = line.slice(end + 2);
        });
        take(fields);
      });
    };
  }

  function watch(client, options, onBoard) {
    var url = client.api + "/v1/leaderboard/events" + queryOf(options, ["board", "scope", "window", "limit"]);
    var pauseTime = 2000;
    var failures = 0;
    var lastId = null;
    var isOver = false;
    var controller, silence;

    /** Another piece came, so the connection lives. */
    function heard() {
      clearTimeout(silence);
      var current = controller;
      silence = setTimeout(function () { current.abort(); }, SILENCE);
    }

    function take(fields) {
      if (fields.retry) pauseTime = parseInt(fields.retry, 10) || pauseTime;
      if (fields.id) lastId = fields.id;
      var board = fields.event === "leaderboard" && !isOver ? parsed(fields.data) : null;
      if (board) onBoard(board);
    }

    function connect() {
      if (isOver) return;
      controller = new AbortController();
      heard();
      var headers = { Authorization: "Bearer " + (client.run ? client.run.token : client.token) };
      if (lastId) headers["Last-Event-ID"] = lastId;
      fetch(url, {
        method: "GET",
        headers: headers,
        credentials: "omit",
        referrerPolicy: "no-referrer",
        cache: "no-store",
        signal: controller.signal
      }).then(function (response) {
        if (!response.ok) return response.text().then(function (text) { throw failure(response, text); });
        failures = 0;
        var reader = response.body.getReader();
        var read = eventReader(take);
        return new Promise(function (resolve, reject) {
          // Not one promise inside the other: a stream may last for hours.
          (function next() {
            reader.read().then(function (part) {
              if (part.done) return resolve();
              heard();
              read(part.value);
              next();
            }).catch(reject);
          })();
        });
      }).then(function () { again(pauseTime); }, failed);
    }

    function failed(error) {
      if (error instanceof HighscoresError && !error.isTemporary()) {
        stop();
        if (options.onError) options.onError(error);
        return;
      }
      failures += 1;
      var wait = Math.min(pauseTime * Math.pow(2, failures - 1), 30000);
      again(Math.max(wait, ((error && error.retryAfter) || 0) * 1000));
    }

    /** Comes back; not at the same moment as all others, and at once when the network does. */
    function again(wait) {
      clearTimeout(silence);
      if (!isOver) pause(wait * (0.8 + 0.4 * Math.random())).then(connect);
    }

    function stop() {
      isOver = true;
      clearTimeout(silence);
      if (controller) controller.abort();
    }

    connect();
    return stop;
  }
  /** One player in one chat, as the launch token says. Made by `Highscores.connect`. */
  function Client(api, token) {
    this.api = api;
    this.token = token;
    /** Known once a run was started: `{id, name}` and `{name, title, order, keep}`. */
    this.player = null;
    this.game = null;
    this.chatInstance = null;
    this.run = null;
  }

  /**
   * Starts a run: one play-through that takes one score. Call it when play begins; playing again starts
   * another one. Options: `onRetry({attempt, wait, error})`, `signal`, and `board`: the run is then for that board of
   * the game alone, uses one of the player's attempts where the board has them, and has `seed` and `attempt`.
   */
  Client.prototype.startRun = function (options) {
    var client = this;
    var board = options && options.board;
    // A start whose answer was lost uses no second attempt.
    var key = board && (Date.now().toString(36) + Math.random().toString(36).slice(2));
    return insist(function () {
      return attempt("POST", client.api + "/v1/runs", client.token, board ? { board: board } : undefined,
        options && options.signal, key);
    }, Date.now() + 60000, options || {}).then(function (answer) {
      client.player = answer.player;
      client.game = answer.game;
      client.chatInstance = answer.chat_instance;
      client.run = new Run(client, answer);
      return client.run;
    });
  };

  /** Reads the player's own runs of this game, the last first. Options: `board`, `limit`, `cursor`; and `signal`. */
  Client.prototype.history = function (options) {
    options = options || {};
    return attempt("GET", this.api + "/v1/history" + queryOf(options, ["board", "limit", "cursor"]),
      this.run ? this.run.token : this.token, undefined, options.signal);
  };

  /** Submits the score of the run started last; see `Run.submit`. */
  Client.prototype.submit = function (score, metadata, options) {
    if (!this.run) return Promise.reject(new HighscoresError("run_required", "Start a run first."));
    return this.run.submit(score, metadata, options);
  };

  /**
   * Reads a leaderboard. Options are those of the service: `board`, `scope` (chat, global), `window` (all, day, …),
   * `at`, `limit`, `around` (me or a player's id), `cursor`; and `signal`.
   */
  Client.prototype.leaderboard = function (options) {
    options = options || {};
    var query = queryOf(options, ["board", "scope", "window", "at", "limit", "around", "cursor"]);
    return attempt("GET", this.api + "/v1/leaderboard" + query, this.run ? this.run.token : this.token, undefined,
      options.signal);
  };

  /**
   * Watches a leaderboard: `onBoard` gets what `leaderboard` resolves to, without `me`, now and after each change.
   * Options: `board`, `scope`, `window`, `limit`, and `onError(error)` for what ends the watch. A connection that is lost is
   * taken up again by itself. Returns a function that ends the watch.
   */
  Client.prototype.watch = function (options, onBoard) {
    return watch(this, options || {}, onBoard);
  };

  /** One play-through. */
  function Run(client, answer) {
    this.client = client;
    this.id = answer.run_id;
    this.token = answer.run;
    this.startedAt = answer.started_at;
    this.expiresAt = answer.expires_at;
    // Where the run is for a board that has them.
    this.board = answer.board;
    this.seed = answer.seed;
    this.attempt = answer.attempt;
    // By this machine's clock, which may be wrong, but runs on like the server's.
    this.deadline = Date.now() + (Date.parse(answer.expires_at) - Date.parse(answer.started_at));
  }

  /**
   * Submits the run's score: a whole number from 0 to 2147483647, or an object with a score for each of several boards,
   * and any small object beside it.
   *
   * It is repeated until it is acknowledged or the run has expired: after lost connections, and after 429 and
   * 503 no earlier than the service asks for. A repetition counts once. Resolves to the service's answer
   * (`outcome`, `best`, `previous_best`, `boards`, …). Options: `onRetry`, `signal`, `boards`.
   */
  Run.prototype.submit = function (score, metadata, options) {
    var run = this;
    options = options || {};
    var body = typeof score === "object" && score ? { scores: score } : { score: score };
    if (metadata) body.metadata = metadata;
    var query = options.boards ? "?boards=" + encodeURIComponent([].concat(options.boards).join(",")) : "";
    return insist(function () {
      return attempt("POST", run.client.api + "/v1/scores" + query, run.token, body, options.signal);
    }, run.deadline, options);
  };

  window.Highscores = {
    /**
     * Makes a client from the page's fragment. Options: `api` (base URL of the service, by default where this
     * script came from), `token` (instead of the fragment's).
     */
    connect: function (options) {
      options = options || {};
      var token = options.token || launchToken(window.location.hash);
      if (!token) throw new HighscoresError("token_missing", "Open the game from its message in Telegram.");
      return new Client((options.api || home).replace(/\/+$/, ""), token);
    },
    launchToken: launchToken,
    Error: HighscoresError
  };
})(window, document);
