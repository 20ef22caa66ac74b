extension Page {
    /// The ready-made leaderboard: a launch or run token in the fragment, as `#hs=…`, says whose chat and game it shows.
    ///
    /// It asks the service that it came from. `data-scope` and `data-view` mark the tabs, `data-rank` the rows, `#refresh`
    /// reads anew. The page is live: it watches the board while it is visible.
    package static let leaderboard = html(style: boardStyle, body: boardBody, scripts: boardScript)

    private static let boardStyle: StaticString = #"""
        :root { --page: #f4f5fb; --card: #fff; --ink: #171a2c; --faint: #6b7194; --line: #e8eaf4; --accent: #6a4cff; --mine: #efeaff; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #0e1124; --card: #181c37; --ink: #eef0ff; --faint: #939bc6; --line: #262b4f; --accent: #9d86ff; --mine: #2b2560; }
        }
        * { box-sizing: border-box; margin: 0; }
        body { font: 16px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; color: var(--ink); background: var(--page);
          min-height: 100vh; padding: 20px 14px 40px; }
        main { width: min(560px, 100%); margin: 0 auto; }
        header { display: flex; align-items: center; gap: 12px; padding: 0 4px; }
        header div { flex: 1; min-width: 0; }
        h1 { font-size: 26px; letter-spacing: -.4px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        p { color: var(--faint); font-size: 14px; }
        button { font: inherit; color: inherit; border: 0; background: none; cursor: pointer; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        [hidden] { display: none !important; }
        #refresh { width: 42px; height: 42px; border-radius: 50%; background: var(--card); font-size: 20px; line-height: 1; border: 1px solid var(--line); }
        #refresh[aria-busy=true] span { display: block; animation: turn .8s linear infinite; }
        @keyframes turn { to { transform: rotate(1turn); } }
        nav { display: flex; gap: 8px; margin: 16px 0 12px; flex-wrap: wrap; }
        nav div { display: flex; padding: 3px; border-radius: 12px; background: var(--card); border: 1px solid var(--line); }
        nav div:last-child { margin-left: auto; }
        nav button { padding: 6px 14px; border-radius: 9px; color: var(--faint); }
        nav button[aria-pressed=true] { background: var(--accent); color: #fff; font-weight: 600; }
        #me { display: flex; gap: 12px; align-items: baseline; padding: 12px 18px; margin-bottom: 12px; border-radius: 16px; color: #fff;
          background: linear-gradient(100deg, #6a4cff, #b15cff); font-variant-numeric: tabular-nums; }
        #me b { font-size: 24px; }
        #me span:last-child { margin-left: auto; opacity: .9; font-size: 14px; }
        ol { list-style: none; padding: 6px; border-radius: 18px; background: var(--card); border: 1px solid var(--line); font-variant-numeric: tabular-nums; }
        li { display: flex; align-items: center; gap: 14px; padding: 10px 12px; border-radius: 12px; }
        li + li { border-top: 1px solid var(--line); }
        li.me { background: var(--mine); font-weight: 600; }
        li i { flex: none; width: 34px; height: 34px; border-radius: 50%; display: grid; place-items: center; font-style: normal; font-weight: 600;
          font-size: 14px; color: var(--faint); background: var(--page); }
        li[data-rank="1"] i { background: linear-gradient(#ffe08a, #f5b301); color: #4a3200; }
        li[data-rank="2"] i { background: linear-gradient(#eef2f7, #b9c3d1); color: #2c3644; }
        li[data-rank="3"] i { background: linear-gradient(#f7c9a2, #d98d52); color: #4a2508; }
        li div { flex: 1; min-width: 0; }
        li div > * { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
        li small { color: var(--faint); font-weight: 400; }
        #note { padding: 34px 18px; text-align: center; }
        #more { display: block; margin: 12px auto 0; padding: 9px 20px; border-radius: 12px; color: var(--accent); font-weight: 600; }
        """#

    private static let boardBody: StaticString = #"""
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>Leaderboard</title>
        <body>
        <main>
          <header><div><h1 id="game">Leaderboard</h1><p id="about">&nbsp;</p></div>
            <button id="refresh" aria-label="Refresh"><span>↻</span></button></header>
          <nav>
            <div role="group" aria-label="Whose scores">
              <button data-scope="chat" aria-pressed="true">This chat</button><button data-scope="global" aria-pressed="false">Everybody</button>
            </div>
            <div role="group" aria-label="Which part">
              <button data-view="top" aria-pressed="true">Top</button><button data-view="around" aria-pressed="false">Around me</button>
            </div>
          </nav>
          <div id="me" hidden><span>You</span><b id="rank"></b><span id="points"></span><span id="share"></span></div>
          <ol id="rows" aria-live="polite"></ol>
          <p id="note" hidden></p>
          <button id="more" hidden>Show more</button>
        </main>
        <script src="sdk/highscores.js"></script>
        """#

    private static let boardScript: StaticString = #"""
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
        """#
}
