"use strict";
(() => {
  const query = new URLSearchParams(location.search);
  const api = (query.get("api") || location.origin).replace(/\/+$/, "");
  const seconds = Math.max(5, Math.min(60, Number(query.get("seconds")) || 45));
  const $ = (id) => document.getElementById(id);
  const stage = new Stage($("game"));
  const sound = new Sound();
  const keys = new Set();
  let hs = null;
  let run = null;
  let world = null;
  let aim = null;
  let rounds = 0;
  let best = null;
  /** The board that is played; nothing is the game's own. */
  let board = "";
  /** The leaderboard as it was read last. */
  let table = null;
  /** The player's latest try of the challenge, and until when there are no more. */
  let attempt = null;
  let spentUntil = 0;

  const state = (name) => { document.body.dataset.state = name; };
  const shown = (number) => number.toLocaleString("en");
  const reveal = (id, isShown) => { $(id).hidden = !isShown; };

  function button(text, isReady) {
    $("go").textContent = text;
    $("go").disabled = !isReady;
  }

  /** Offers a round, as far as there are tries left. */
  function offer(text) {
    if (board && Date.now() < spentUntil) return button("Come back tomorrow", false);
    const left = board && attempt ? attempt.of - attempt.number : 0;
    button(left > 0 ? `${text} · ${left} ${left === 1 ? "try" : "tries"} left` : text, true);
  }

  function note(text, action) {
    $("note").textContent = text || "";
    reveal("note", Boolean(text));
    if (!text || !action) return;
    const retry = document.createElement("button");
    retry.textContent = action.label;
    retry.onclick = action.run;
    $("note").append(" ", retry);
  }

  /** What a failure means for a player. */
  function explain(error) {
    switch (error.code) {
      case "token_expired": return "This link has grown old. Press Play in the chat again.";
      case "token_missing": case "token_invalid": return "Open the game with the Play button in its chat.";
      case "player_banned": return "You cannot play this game at the moment.";
      case "attempts_used": return "Your tries for today are used up. Tomorrow there is a new sky.";
      case "board_unknown": return "There is no challenge at the moment.";
      case "game_disabled": return "This game is having a break. Come back later.";
      case "network": case "timeout": return "No connection.";
      default: return error.status === 429 ? "Too fast! One moment." : "The scores are not reachable right now.";
    }
  }

  /** Lets a wait for the next try end now. */
  const tryNow = { label: "Try now", run: () => dispatchEvent(new Event("online")) };

  // The board

  function row(entry) {
    const line = document.createElement("li");
    line.className = entry.me ? "me" : "";
    line.dataset.rank = entry.rank;
    for (const [tag, text] of [["i", entry.rank], ["span", entry.player.name || "Somebody"], ["b", shown(entry.score)]]) {
      const cell = document.createElement(tag);
      cell.textContent = text;
      if (tag === "span") cell.dir = "auto";
      line.append(cell);
    }
    return line;
  }

  async function showBoard() {
    const asked = board;
    let found;
    try {
      found = await hs.leaderboard(asked ? { board: asked, scope: "chat", window: "day", limit: 5 } : { scope: "chat", limit: 5 });
    } catch (error) {
      if (error.isTemporary()) setTimeout(() => document.body.dataset.state !== "playing" && showBoard(), 4000);
      return error;
    }
    if (asked !== board) return null;
    table = found;
    const lines = table.entries.map(row);
    if (table.me && !table.entries.some((entry) => entry.me)) {
      const gap = document.createElement("li");
      gap.className = "gap";
      gap.textContent = "⋯";
      const name = hs.player && hs.player.name || "You";
      lines.push(gap, row({ rank: table.me.rank, player: { name }, score: table.me.score, me: true }));
    }
    $("top").replaceChildren(...lines);
    $("none").textContent = board ? "Nobody has played it today. Be the first!" : "";
    reveal("none", Boolean(board) && lines.length === 0);
    best = table.me ? table.me.score : null;
    if (table.me && world === null) {
      $("rank").textContent = `Your best ${shown(best)} · #${table.me.rank} of ${table.total} ${place()}`;
    }
    return null;
  }

  const place = () => board ? "today" : "in this chat";

  // What to play

  async function choose(name) {
    if (name === board || !["ready", "done"].includes(document.body.dataset.state)) return;
    board = name;
    world = null;
    best = null;
    state("ready");
    for (const one of document.querySelectorAll("#modes button")) one.setAttribute("aria-pressed", one.dataset.board === board);
    $("title").textContent = board ? "Daily challenge" : "Comet Catch";
    $("lead").textContent = board ? "One sky a day, the same for everybody, and only a few tries."
      : "Catch the stars, dodge the rocks.";
    reveal("lead", true);
    for (const id of ["score", "badge", "none"]) reveal(id, false);
    for (const id of ["rank", "try"]) $(id).textContent = "";
    $("top").replaceChildren();
    $("top").setAttribute("aria-label", board ? "Best of today in this chat" : "Best of this chat");
    note("");
    offer("Play");
    // So that the space bar begins a round.
    $("go").focus({ preventScroll: true });
    const error = await showBoard();
    if (!error || name !== board) return;
    note(explain(error));
    button("Play", error.isTemporary());
  }

  // A round

  async function start() {
    if ($("go").disabled) return;
    state("starting");
    button("Get ready…", false);
    try {
      run = await hs.startRun({ board: board || undefined, onRetry: ({ error }) => note(explain(error) + " Trying again…", tryNow) });
    } catch (error) {
      note(explain(error));
      if (error.code === "attempts_used") spentUntil = Infinity;
      else if (!error.isTemporary()) return stop();
      state("ready");
      return offer("Try again");
    }
    note("");
    if (board) attempt = run.attempt;
    if (board && attempt && attempt.number >= attempt.of) spentUntil = Date.parse(attempt.ends_at) || Infinity;
    $("try").textContent = board && attempt ? `Try ${attempt.number} of ${attempt.of}` : "";
    const seed = run.seed ? parseInt(run.seed.slice(0, 8), 16) : query.has("seed") ? Number(query.get("seed")) + rounds : Math.random() * 4294967296;
    rounds += 1;
    $("game").dataset.seed = seed;
    world = new World(seed, seconds);
    aim = null;
    state("playing");
    document.activeElement.blur();
  }

  async function finish() {
    const score = world.score;
    const played = world;
    state("saving");
    $("title").textContent = played.hearts > 0 ? "Time is up!" : "That was a rock.";
    reveal("lead", false);
    reveal("badge", false);
    $("score").textContent = shown(score);
    reveal("score", true);
    $("rank").textContent = "";
    button("Saving…", false);
    let answer;
    try {
      answer = await run.submit(score, {
        metadata: { seconds: Math.round(played.elapsed), hearts: played.hearts },
        onRetry: ({ error }) => note(explain(error) + " Your score is kept here and sent again.", tryNow)
      });
    } catch (error) {
      note(explain(error));
      state("done");
      return button("Play again", !["token_expired", "player_banned", "game_disabled"].includes(error.code));
    }
    note("");
    const isBest = board ? answer.outcome !== "held" && (best === null || score > best) : answer.outcome === "new_best";
    reveal("badge", isBest);
    await showBoard();
    praise(answer, isBest);
    state("done");
    offer("Play again");
  }

  function praise(answer, isBest) {
    const me = table && table.me;
    if (answer.outcome === "held") {
      $("rank").textContent = "Wow. Somebody will look at this score before it counts.";
    } else if (me) {
      const above = board ? table.entries.find((entry) => entry.rank === me.rank - 1) : answer.boards[0].next;
      const ahead = above ? ` · ${shown(above.score - me.score + 1)} more for #${above.rank}` : me.rank === 1 ? " · on top!" : "";
      const own = isBest ? "" : `Your best is ${shown(me.score)} · `;
      $("rank").textContent = `${own}#${me.rank} of ${table.total} ${place()}${ahead}`;
    }
  }

  function stop() {
    state("stopped");
    button("Play", false);
  }

  // Time, keys and touch

  let last = performance.now();
  let rest = 0;

  function frame(time) {
    const passed = Math.min(0.1, (time - last) / 1000);
    last = time;
    if (document.body.dataset.state === "playing") {
      rest += passed;
      const steer = (keys.has("ArrowRight") ? 1 : 0) - (keys.has("ArrowLeft") ? 1 : 0);
      if (steer) aim = null;
      for (; rest >= STEP; rest -= STEP) world.step(steer, aim);
      for (const event of world.events.splice(0)) {
        stage.show(event);
        sound.play(event, world.factor);
      }
      heads();
      if (world.isOver) finish();
    }
    stage.draw(world, passed, time / 1000);
    requestAnimationFrame(frame);
  }

  function heads() {
    $("points").textContent = shown(world.score);
    $("game").dataset.score = world.score;
    $("hearts").textContent = "♥".repeat(world.hearts) + "♡".repeat(3 - world.hearts);
    $("combo").textContent = "×" + world.factor;
    $("combo").className = world.factor > 1 ? "on" : "";
    $("time").style.transform = `scaleX(${Math.max(0, 1 - world.elapsed / world.seconds)})`;
  }

  const names = { a: "ArrowLeft", A: "ArrowLeft", d: "ArrowRight", D: "ArrowRight" };
  addEventListener("keydown", (event) => {
    const isPlaying = document.body.dataset.state === "playing";
    if ((event.key === " " || event.key === "Enter") && !isPlaying && !event.repeat) {
      event.preventDefault();
      if (document.activeElement && document.activeElement.closest("#note, #sound, #modes")) document.activeElement.click();
      else start();
    }
    if (event.key.startsWith("Arrow")) event.preventDefault();
    // The keys are this frame's while it is played, so whoever shows it has to be told.
    if (event.key === "Escape" && parent !== window) parent.postMessage('{"eventType":"web_app_close"}', "*");
    keys.add(names[event.key] || event.key);
  });
  addEventListener("keyup", (event) => keys.delete(names[event.key] || event.key));
  addEventListener("blur", () => keys.clear());
  const point = (event) => { aim = stage.field(event.clientX); };
  $("game").addEventListener("pointerdown", point);
  $("game").addEventListener("pointermove", point);
  $("go").onclick = start;
  for (const one of document.querySelectorAll("#modes button")) one.onclick = () => choose(one.dataset.board);
  $("sound").onclick = () => {
    const isOn = sound.toggle();
    $("sound").textContent = isOn ? "Sound on" : "Sound off";
    $("sound").setAttribute("aria-pressed", isOn);
  };

  // The service

  async function connect() {
    try {
      hs = Highscores.connect({ api });
    } catch (error) {
      note(explain(error));
      return stop();
    }
    const error = await showBoard();
    if (error && !error.isTemporary()) {
      note(explain(error));
      return stop();
    }
    note(error ? explain(error) : "");
    reveal("modes", query.has("challenge"));
    state("ready");
    button("Play", true);
  }

  function load() {
    clearTimeout(load.timer);
    const script = document.createElement("script");
    script.src = "/sdk/highscores.js";
    script.onload = connect;
    script.onerror = () => {
      script.remove();
      note("No connection to the scores. Trying again…", { label: "Try now", run: load });
      load.timer = setTimeout(load, 4000);
    };
    document.head.append(script);
  }

  load();
  requestAnimationFrame(frame);
})();
