"use strict";
(() => {
  const query = new URLSearchParams(location.search);
  const isScreen = query.has("screen");
  const token = (/[#&?]hs=([^&?#]*)/.exec(location.hash) || [])[1] || null;
  const named = query.get("game");
  /** How many lines are read at first, and how many milliseconds lie between two looks at what nobody tells of. */
  const LINES = isScreen ? 10 : 20, PAUSE = 5000;
  const names = { all: "board.all", day: "board.day", week: "board.week", month: "board.month", season: "board.season" };
  const scopes = { chat: "board.chat", global: "board.global" };
  const wanted = { board: query.get("board") || "main", scope: query.get("scope"), window: query.get("window") || "all" };

  let hs = null;
  let game = null;
  /** The board of the game that is shown, as the game describes it. */
  let kind = null;
  /** A time in the window that is shown; null is now. */
  let at = null;
  let isAround = false;
  /** The leaderboard that is shown, and the beginning of its present window. */
  let shown = null, present = null;
  let turn = 0;
  /** Own id as this board shows it, once it was seen, and whether the player has an entry as far as known. */
  let mine = null, isPlaced = false;
  let isReading = false;
  /** What came live while the board was being read. */
  let missed = null;
  let stopWatching = null, later = null;

  document.body.classList.toggle("screen", isScreen);
  if (["light", "dark"].includes(query.get("theme"))) document.documentElement.dataset.theme = query.get("theme");

  // The service

  /** Where the leaderboards are: the player's own, or those of a public game. */
  const place = token ? "v1" : "v1/games/" + (named || "").split("/").map(encodeURIComponent).join("/");
  const isLooking = () => isScreen || !document.hidden;

  async function ask(path) {
    let response, answer;
    try {
      response = await fetch(path, {
        headers: token ? { Authorization: "Bearer " + token } : {},
        credentials: "omit", cache: "no-cache", signal: AbortSignal.timeout ? AbortSignal.timeout(15000) : undefined
      });
      answer = await response.json();
    } catch {
      throw { code: "network", isTemporary: true };
    }
    if (!response.ok) throw { code: answer.code, isTemporary: response.status === 429 || response.status >= 500 };
    return answer;
  }

  function explain(error) {
    switch (error.code) {
      case "token_missing": return named && !token ? t("board.no_game") : t("board.open");
      case "token_invalid": return t("board.open");
      case "token_expired": return t("board.expired");
      case "network": return t("board.no_connection");
      case "not_found": return t("board.no_game");
      case "no_such_window": return t("board.no_window");
      case "board_unknown": return t("board.no_board");
      default: return t("board.unavailable");
    }
  }

  // What one sees

  function say(text, mayRetry = false) {
    $("words").textContent = text;
    $("retry").hidden = !mayRetry;
    $("note").hidden = !text;
    $("rows").hidden = Boolean(text);
    if (text) $("more").hidden = $("me").hidden = true;
  }

  function showState(isLate) {
    const state = isLate ? "late" : shown && shown.final ? "final" : at ? "" : "live";
    $("state").className = state;
    $("state").textContent = state && t({ late: "board.late", final: "board.final", live: "board.live" }[state]);
  }

  function showMine(board) {
    isPlaced = Boolean(board.me);
    $("me").hidden = !board.me || isScreen;
    if (!board.me) return;
    $("own").textContent = t("board.place", { rank: whole.format(board.me.rank), count: whole.format(board.total) });
    $("points").replaceChildren(...scoreElement("b", board.me.score, kind).childNodes);
  }

  /** Shows a leaderboard, or more lines of it; `isLive` makes what has changed stand out. */
  function show(board, isMore, isLive) {
    const before = new Map((shown ? shown.entries : []).map((entry) => [entry.player.id, entry.score]));
    const lines = board.entries.map((entry) => {
      const line = row(entry, kind);
      if (isLive && before.get(entry.player.id) !== entry.score) line.classList.add("fresh");
      return line;
    });
    if (isMore) $("rows").append(...lines);
    else $("rows").replaceChildren(...lines);
    shown = isMore ? { ...board, entries: shown.entries.concat(board.entries) } : board;
    if (!at && !isMore) present = board.from;
    $("more").hidden = !board.next || isScreen;
    $("game").textContent = document.title = board.title;
    $("place").textContent = [kind.board !== "main" && boardText(kind.board), game.scopes.length > 1 && t(scopes[board.scope])].filter(Boolean).join(" · ");
    $("time").textContent = windowText(board);
    $("count").textContent = t("board.players", { count: whole.format(board.total) });
    $("earlier").disabled = !board.from;
    $("later").disabled = !at;
    $("around").disabled = "me" in board && !board.me;
    const own = board.entries.find((entry) => entry.me);
    if (own) mine = own.player.id;
    if ("me" in board) showMine(board);
    say(board.total === 0 ? t("board.empty") : "");
    showState(false);
  }

  // Reading and following

  /**
   * Reads the board, or its next page when `isMore`. An answer that comes after a newer question is dropped.
   * Resolves to whether there is such a board.
   */
  async function read(isMore = false, limit = LINES) {
    turn += 1;
    const now = turn;
    clearTimeout(later);
    later = null;
    isReading = true;
    missed = null;
    const values = { board: kind.board, scope: wanted.scope, window: wanted.window, limit };
    if (at) values.at = at;
    if (isMore) values.cursor = shown.next;
    else if (isAround) values.around = "me";
    try {
      const board = await ask(place + "/leaderboard?" + new URLSearchParams(values));
      if (now !== turn) return true;
      isReading = false;
      show(board, isMore, !isMore && !token && shown !== null);
      if (missed) changed(missed);
    } catch (error) {
      if (now !== turn) return true;
      isReading = false;
      // What the stream shows meanwhile is better than a complaint.
      if (missed) {
        changed(missed);
        return true;
      }
      // What is shown stays while it can become right again.
      if (shown && error.isTemporary) showState(true);
      else say(explain(error), error.isTemporary);
      if (error.isTemporary) readLater();
      return !["no_such_window", "unknown_parameter_value"].includes(error.code);
    }
    if (!token && !at && isLooking()) readLater();
    return true;
  }

  /** The board is now like that, says the stream: its first lines, and nothing of one's own. */
  function changed(board) {
    if (isReading) return void (missed = board);
    if (isAround || $("rows").childElementCount > LINES) return readLater();
    for (const entry of board.entries) entry.me = entry.player.id === mine;
    const own = board.entries.find((entry) => entry.me);
    if (own) board.me = own;
    else if (isPlaced) readLater();
    show(board, false, shown !== null);
  }

  /** Reads what nobody tells of: seldom, and not at the moment at which everybody else does. */
  function readLater() {
    const wait = token ? PAUSE + 2 * PAUSE * Math.random() : PAUSE * (0.8 + 0.4 * Math.random());
    later ??= setTimeout(() => read(false, Math.min(100, Math.max(LINES, $("rows").childElementCount))), wait);
  }

  /** Watches the board while somebody looks. */
  function watch() {
    if (stopWatching) stopWatching();
    stopWatching = null;
    if (!isLooking() || at) return;
    if (!token) return void (isReading || readLater());
    hs ??= Highscores.connect({ token });
    stopWatching = hs.watch({
      board: kind.board, scope: wanted.scope, window: wanted.window, limit: LINES, onError: (error) => say(explain(error))
    }, changed);
  }

  // What one does

  function options(select, values, chosen) {
    select.replaceChildren(...values.map(([value, text]) => new Option(text, value, false, value === chosen)));
    select.hidden = values.length < 2;
  }

  /** Goes to the leaderboard that `wanted` says. */
  function turnTo() {
    kind = game.boards.find((board) => board.board === wanted.board) || game.boards[0];
    if (!kind.windows.includes(wanted.window)) wanted.window = "all";
    if (!game.scopes.includes(wanted.scope)) wanted.scope = game.scopes[0];
    options($("board"), game.boards.map((board) => [board.board, boardText(board.board)]), kind.board);
    options($("scope"), game.scopes.map((scope) => [scope, t(scopes[scope])]), wanted.scope);
    options($("window"), kind.windows.map((name) => [name, t(names[name])]), wanted.window);
    for (const id of ["earlier", "later"]) $(id).hidden = wanted.window === "all";
    mine = shown = present = null;
    read();
    watch();
  }

  for (const name of ["board", "scope", "window"]) {
    $(name).onchange = () => {
      wanted[name] = $(name).value;
      at = null;
      turnTo();
    };
  }

  /** Goes to another window of the same kind; where there is none, nothing changes. */
  async function move(time) {
    const before = at;
    at = time;
    if (!(await read())) {
      at = before;
      await read();
      $("earlier").disabled = true;
    }
    watch();
  }

  $("earlier").onclick = () => move(new Date(Date.parse(shown.from) - 1).toISOString());
  $("later").onclick = () => move(shown.to === present ? null : shown.to);
  $("around").onclick = () => {
    isAround = !isAround;
    $("around").setAttribute("aria-pressed", isAround);
    read();
  };
  $("more").onclick = () => read(true);
  $("retry").onclick = () => (kind ? read() : open());

  async function open() {
    if (!token && !named) return say(t("board.open"));
    try {
      game = await ask(token ? "v1/game" : place);
    } catch (error) {
      say(explain(error), error.isTemporary);
      if (error.isTemporary) later ??= setTimeout(() => { later = null; open(); }, PAUSE * (0.8 + 0.4 * Math.random()));
      return;
    }
    $("controls").hidden = isScreen;
    $("around").hidden = !token;
    turnTo();
    document.addEventListener("visibilitychange", watch);
  }

  open();
})();
