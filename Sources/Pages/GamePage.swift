extension Page {
    /// The game of the demo, Comet Catch.
    ///
    /// It takes the script from its own origin. Query of its address: `api`, the base URL of the service (its own
    /// origin by default); for tests `seed`, which
    /// decides what falls where, and `seconds`, the length of a round (5 to 60, 45 by default). `body[data-state]` is
    /// `loading`, `ready`, `starting`, `playing`, `saving`, `done` or `stopped`, `#game[data-score]` the points so far.
    package static let game = html(
        style: gameStyle,
        body: gameBody,
        scripts: gameWorld,
        gameDrawing,
        gameFlow
    )

    private static let gameStyle: StaticString = #"""
        * { box-sizing: border-box; margin: 0; -webkit-tap-highlight-color: transparent; }
        html, body { height: 100%; overflow: hidden; overscroll-behavior: none; }
        body {
          font: 16px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
          color: #eef2ff; background: #0b1026; user-select: none; -webkit-user-select: none;
        }
        canvas { position: fixed; inset: 0; width: 100%; height: 100%; touch-action: none; display: block; }
        #bar {
          position: fixed; inset: 0 0 auto 0; display: flex; align-items: center; gap: 14px; padding: 12px 16px;
          font-variant-numeric: tabular-nums; pointer-events: none; text-shadow: 0 1px 6px #0b1026;
        }
        #points { font-size: 26px; font-weight: 800; letter-spacing: .5px; min-width: 84px; }
        #combo { font-weight: 700; color: #ffd166; opacity: 0; transition: opacity .2s; }
        #combo.on { opacity: 1; }
        #hearts { margin-left: auto; letter-spacing: 3px; color: #ff5d8f; font-size: 20px; }
        #time { position: fixed; left: 0; top: 0; height: 4px; width: 100%; background: linear-gradient(90deg, #7c5cff, #5ce1e6);
          transform-origin: left; }
        #sound {
          position: fixed; right: 12px; bottom: 12px; border: 0; border-radius: 99px; padding: 7px 12px; font: inherit;
          font-size: 12px; color: #c6cdf5; background: rgba(255, 255, 255, .09); cursor: pointer;
        }
        #sheet { position: fixed; inset: 0; display: flex; align-items: center; justify-content: center; padding: 16px;
          background: radial-gradient(ellipse at center, rgba(11, 16, 38, .35), rgba(11, 16, 38, .82)); }
        [data-state=playing] #sheet, [data-state=playing] #sound { display: none; }
        #card {
          width: min(360px, 100%); max-height: 100%; overflow: auto; padding: 22px 22px 20px; border-radius: 22px; text-align: center;
          background: rgba(26, 32, 70, .78); backdrop-filter: blur(14px); -webkit-backdrop-filter: blur(14px);
          border: 1px solid rgba(255, 255, 255, .1); box-shadow: 0 20px 60px rgba(3, 6, 22, .55);
        }
        h1 { font-size: 30px; letter-spacing: -.5px; line-height: 1.15;
          background: linear-gradient(100deg, #ffd166, #ff8fab 55%, #a78bfa); -webkit-background-clip: text; background-clip: text;
          color: transparent; }
        #lead { margin: 6px 0 0; color: #c6cdf5; }
        #score { font-size: 60px; font-weight: 800; line-height: 1.05; font-variant-numeric: tabular-nums; }
        #badge { display: inline-block; margin-top: 4px; padding: 3px 12px; border-radius: 99px; font-weight: 700; font-size: 14px;
          color: #3b2500; background: linear-gradient(90deg, #ffd166, #ffb347); animation: pop .45s cubic-bezier(.3, 1.8, .5, 1) both; }
        @keyframes pop { from { transform: scale(.4); opacity: 0; } }
        #rank { margin-top: 8px; color: #dfe4ff; }
        #note { margin-top: 10px; font-size: 14px; color: #ffd8a8; }
        #note button { margin-left: 4px; border: 0; padding: 0; font: inherit; font-weight: 700; color: #ffd166; background: none;
          text-decoration: underline; cursor: pointer; }
        ol { list-style: none; padding: 0; margin: 14px 0 0; text-align: left; font-variant-numeric: tabular-nums; }
        li { display: flex; gap: 10px; align-items: center; padding: 7px 12px; border-radius: 12px; }
        li:nth-child(odd) { background: rgba(255, 255, 255, .045); }
        li.me { background: rgba(124, 92, 255, .38); font-weight: 700; }
        li i { flex: none; width: 24px; font-style: normal; color: #99a3d8; text-align: right; }
        li span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
        li.gap { justify-content: center; padding: 0; background: none; color: #99a3d8; }
        #go {
          width: 100%; margin-top: 18px; padding: 14px; border: 0; border-radius: 14px; font: inherit; font-size: 17px; font-weight: 700;
          color: #fff; background: linear-gradient(100deg, #7c5cff, #b15cff); cursor: pointer; transition: transform .08s, opacity .2s;
        }
        #go:active { transform: scale(.98); }
        #go:disabled { opacity: .45; cursor: default; }
        #go:focus-visible, #sound:focus-visible { outline: 3px solid #ffd166; outline-offset: 2px; }
        #keys { margin-top: 12px; font-size: 13px; color: #99a3d8; }
        kbd { padding: 1px 6px; border-radius: 6px; background: rgba(255, 255, 255, .1); font: inherit; font-size: 12px; }
        [hidden] { display: none !important; }
        @media (max-height: 470px) { #score { font-size: 40px; } #card { padding: 14px 18px; } #keys { display: none; } }
        """#

    private static let gameBody: StaticString = #"""
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
        <meta name="referrer" content="no-referrer">
        <title>Comet Catch</title>
        <body data-state="loading">
        <canvas id="game" data-score="0" aria-label="Comet Catch: move left and right, catch stars, dodge rocks"></canvas>
        <div id="time"></div>
        <div id="bar"><b id="points">0</b><span id="combo"></span><span id="hearts" aria-label="hearts"></span></div>
        <div id="sheet"><div id="card">
          <h1 id="title">Comet Catch</h1>
          <p id="lead">Catch the stars, dodge the rocks.</p>
          <div id="score" hidden></div>
          <div id="badge" hidden>New best!</div>
          <p id="rank" aria-live="polite"></p>
          <p id="note" role="status" hidden></p>
          <ol id="top" aria-label="Best of this chat"></ol>
          <button id="go" disabled>One moment…</button>
          <p id="keys"><kbd>←</kbd> <kbd>→</kbd> or drag to move · <kbd>Space</kbd> to start</p>
        </div></div>
        <button id="sound" aria-pressed="false">Sound off</button>
        """#
}
