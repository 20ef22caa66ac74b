// Assets/Plugins/WebGL/Highscores.jslib: what Highscores.cs calls in a WebGL build.
// The page (the template's index.html) loads the script before the game:
//   <script src="https://scores.example/sdk/highscores.js"></script>
mergeInto(LibraryManager.library, {
  $highscores: {
    hs: null,
    run: null,
    /** Tells a game object of what came of a call: one JSON text, { "value": … } or { "error": code }. */
    tell: function (object, method, promise) {
      promise.then(
        function (value) { SendMessage(object, method, JSON.stringify({ value: value })); },
        function (error) { SendMessage(object, method, JSON.stringify({ error: error.code || String(error) })); }
      );
    }
  },

  // Reads the launch token from the page's fragment and starts a run.
  HighscoresStartRun__deps: ["$highscores"],
  HighscoresStartRun: function (object) {
    highscores.tell(UTF8ToString(object), "OnRun", new Promise(function (resolve) {
      highscores.hs = highscores.hs || Highscores.connect();
      resolve(highscores.hs.startRun());
    }).then(function (run) {
      highscores.run = run;
      return { id: run.id, player: highscores.hs.player.name };
    }));
  },

  // Tried again until it is acknowledged; if the page is closed first, the next connect() sends it.
  HighscoresSubmit__deps: ["$highscores"],
  HighscoresSubmit: function (object, score) {
    highscores.tell(UTF8ToString(object), "OnScore", highscores.run.submit(score).then(function (result) {
      return { outcome: result.outcome, best: result.best, rank: result.boards[0].rank };
    }));
  },

  HighscoresBoard__deps: ["$highscores"],
  HighscoresBoard: function (object) {
    highscores.tell(UTF8ToString(object), "OnBoard", highscores.hs.leaderboard({ limit: 10, around: "me" }).then(
      function (board) {
        return {
          entries: board.entries.map(function (entry) {
            return { rank: entry.rank, name: entry.player.name || "Somebody", score: entry.score, me: entry.me };
          })
        };
      }
    ));
  }
});
