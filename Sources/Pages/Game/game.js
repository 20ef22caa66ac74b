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
  let world = null;
  let aim = null;
  let rounds = 0;
  let best = null;

  const state = (name) => { document.body.dataset.state = name; };
  const shown = (number) => number.toLocaleString("en");
  const reveal = (id, isShown) => { $(id).hidden = !isShown; };

  function button(text, isReady) {
    $("go").textContent = text;
    $("go").disabled = !isReady;
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
    let board;
    try {
      board = await hs.leaderboard({ scope: "chat", limit: 5 });
    } catch (error) {
      if (error.isTemporary()) setTimeout(() => document.body.dataset.state !== "playing" && showBoard(), 4000);
      return error;
    }
    const lines = board.entries.map(row);
    if (board.me && !board.entries.some((entry) => entry.me)) {
      const gap = document.createElement("li");
      gap.className = "gap";
      gap.textContent = "⋯";
      const name = hs.player && hs.player.name || "You";
      lines.push(gap, row({ rank: board.me.rank, player: { name }, score: board.me.score, me: true }));
    }
    $("top").replaceChildren(...lines);
    if (board.me) best = board.me.score;
    if (board.me && world === null) {
      $("rank").textContent = `Your best ${shown(best)} · #${board.me.rank} of ${board.total} in this chat`;
    }
    return null;
  }

  // A round

  async function start() {
    if ($("go").disabled) return;
    state("starting");
    button("Get ready…", false);
    try {
      await hs.startRun({ onRetry: ({ error }) => note(explain(error) + " Trying again…", tryNow) });
    } catch (error) {
      note(explain(error));
      if (!error.isTemporary()) return stop();
      state("ready");
      return button("Try again", true);
    }
    note("");
    const seed = query.has("seed") ? Number(query.get("seed")) + rounds : Math.random() * 4294967296;
    rounds += 1;
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
      answer = await hs.submit(score, { seconds: Math.round(played.elapsed), hearts: played.hearts }, {
        onRetry: ({ error }) => note(explain(error) + " Your score is kept here and sent again.", tryNow)
      });
    } catch (error) {
      note(explain(error));
      state("done");
      return button("Play again", !["token_expired", "player_banned", "game_disabled"].includes(error.code));
    }
    note("");
    praise(answer);
    best = answer.best;
    await showBoard();
    state("done");
    button("Play again", true);
  }

  function praise(answer) {
    const isBest = answer.outcome === "new_best";
    reveal("badge", isBest);
    const board = answer.boards[0];
    if (answer.outcome === "held") {
      $("rank").textContent = "Wow. Somebody will look at this score before it counts.";
    } else if (board && board.rank) {
      const place = `#${board.rank} of ${board.entries} in this chat`;
      const ahead = board.next ? ` · ${shown(board.next.score - answer.best + 1)} more for #${board.next.rank}` : " · on top!";
      $("rank").textContent = (isBest ? "" : `Your best is ${shown(answer.best)} · `) + place + ahead;
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
      if (document.activeElement && document.activeElement.closest("#note, #sound")) document.activeElement.click();
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
