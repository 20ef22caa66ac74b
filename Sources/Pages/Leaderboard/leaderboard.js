"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const shown = (number) => number.toLocaleString("en");
  let scope = "chat";
  let view = "top";
  let cursor = null;
  let turn = 0;
  let hs = null;
  /** Own id as this board shows it, once it was seen. */
  let mine = null;
  /** Whether the player has an entry, as far as known. */
  let isPlaced = false;
  let isReading = false;
  /** What came live while the board was being read. */
  let missed = null;
  let stopWatching = null;
  let later = null;

  function row(entry) {
    const line = document.createElement("li");
    line.dataset.rank = entry.rank;
    line.className = entry.me ? "me" : "";
    const rank = document.createElement("i");
    rank.textContent = entry.rank;
    const who = document.createElement("div");
    const name = document.createElement("span");
    name.textContent = entry.player.name || "Somebody";
    name.dir = "auto";
    const when = document.createElement("small");
    when.textContent = new Date(entry.achieved_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
    who.append(name, when);
    const score = document.createElement("b");
    score.textContent = shown(entry.score);
    line.append(rank, who, score);
    return line;
  }

  function explain(error) {
    switch (error.code) {
      case "token_missing": case "token_invalid": return "Open this page from the game: its address carries who you are.";
      case "token_expired": return "This link has grown old. Open the game again from its chat.";
      case "network": case "timeout": return "No connection. Try again in a moment.";
      default: return "The scores are not reachable right now. Try again in a moment.";
    }
  }

  function say(text) {
    $("note").textContent = text;
    $("note").hidden = !text;
    $("rows").hidden = Boolean(text);
  }

  function showMine(board) {
    isPlaced = Boolean(board.me);
    $("me").hidden = !board.me;
    if (!board.me) return;
    $("rank").textContent = "#" + board.me.rank;
    $("points").textContent = shown(board.me.score) + " points";
    $("share").textContent = "of " + shown(board.total);
  }

  function show(board, isMore) {
    const lines = board.entries.map(row);
    if (isMore) $("rows").append(...lines);
    else $("rows").replaceChildren(...lines);
    cursor = board.next;
    $("more").hidden = !cursor;
    const name = board.game.split("/").pop().replace(/_/g, " ");
    $("game").textContent = name.charAt(0).toUpperCase() + name.slice(1);
    $("about").textContent = `${shown(board.total)} ${board.total === 1 ? "player" : "players"} ${scope === "chat" ? "in this chat" : "everywhere"}`;
    const own = board.entries.find((entry) => entry.me);
    if (own) mine = own.player.id;
    if ("me" in board) showMine(board);
    say(board.total === 0 ? "Nobody has a score here yet." : "");
  }

  /** Reads the board, or its next page when `isMore`. An answer that comes after a newer question is dropped. */
  async function read(isMore, limit = 20) {
    turn += 1;
    const now = turn;
    clearTimeout(later);
    later = null;
    isReading = true;
    missed = null;
    $("refresh").ariaBusy = "true";
    try {
      const board = await hs.leaderboard({
        scope, limit, around: view === "around" && !isMore ? "me" : null, cursor: isMore ? cursor : null
      });
      if (now !== turn) return;
      isReading = false;
      show(board, isMore);
      if (missed) changed(missed);
    } catch (error) {
      if (now !== turn) return;
      isReading = false;
      // What the stream shows meanwhile is better than a complaint.
      if (missed) return changed(missed);
      say(explain(error));
      $("more").hidden = true;
    } finally {
      if (now === turn) $("refresh").ariaBusy = "false";
    }
  }

  /** The board is now like that, says the stream: its first lines, and nothing of one's own. */
  function changed(board) {
    if (isReading) return void (missed = board);
    if (view !== "top" || $("rows").childElementCount > 20) return readLater();
    for (const entry of board.entries) entry.me = entry.player.id === mine;
    const own = board.entries.find((entry) => entry.me);
    if (own) board.me = own;
    else if (isPlaced) readLater();
    show(board, false);
  }

  /** Reads what the stream does not tell: seldom, and not at the moment at which everybody else does. */
  function readLater() {
    later ??= setTimeout(
      () => read(false, Math.min(100, Math.max(20, $("rows").childElementCount))), 5000 + 10000 * Math.random()
    );
  }

  /** Watches the board while somebody looks. */
  function watch() {
    if (stopWatching) stopWatching();
    stopWatching = document.hidden ? null : hs.watch({ scope, limit: 20 }, changed);
  }

  function choose(name, value) {
    if (name === "scope") scope = value;
    else view = value;
    for (const tab of document.querySelectorAll(`[data-${name}]`)) tab.ariaPressed = String(tab.dataset[name] === value);
    read(false);
    if (name === "scope") {
      mine = null;
      watch();
    }
  }

  for (const tab of document.querySelectorAll("[data-scope]")) tab.onclick = () => choose("scope", tab.dataset.scope);
  for (const tab of document.querySelectorAll("[data-view]")) tab.onclick = () => choose("view", tab.dataset.view);
  $("refresh").onclick = () => hs && read(false);
  $("more").onclick = () => read(true);
  try {
    hs = Highscores.connect();
    read(false);
    watch();
    document.addEventListener("visibilitychange", watch);
  } catch (error) {
    say(window.Highscores ? explain(error) : "The service cannot be reached. Load this page again.");
  }
})();
