import Foundation
import Pages
import Testing

/// The script for game pages, run in a headless Chromium with a service made of closures and with virtual time.
@Suite struct ScriptTests {
    /// Each case is the body of an async function; it returns what is compared with the expected JSON.
    static let cases: [(name: String, body: String, expected: String)] = [
        (
            "the launch token is found in any fragment",
            """
            const found = [];
            for (const hash of ["#hs=a", "#hs=a&tgShareScoreUrl=tg%3A%2F%2Fx", "#x=1&hs=a", "#menu?hs=a", "#hs=a%2Bb", "#ths=a", "#hs=", ""]) {
              location.hash = hash;
              service(answer(201, run));
              try { await Highscores.connect({ api: "http://s" }).startRun(); } catch (error) { sent.push([0, 0, error.code]); }
              found.push(sent[0][2]);
            }
            return found;
            """,
            #"["a","a","a","a","a+b","token_missing","token_missing","token_missing"]"#
        ),
        (
            "without a server or a token there is no client, and nothing is asked",
            """
            service();
            const codes = [undefined, {}, { token: "launch" }, { api: "", token: "launch" }, { initData: "a=b", game: "g" }, { api: "http://s" }]
              .map((options) => { try { Highscores.connect(options); } catch (error) { return error.code; } });
            await later(100000);
            return [codes, sent.length];
            """,
            #"[["api_missing","api_missing","api_missing","api_missing","api_missing","token_missing"],0]"#
        ),
        (
            "it is what its types say it is",
            """
            service(answer(201, run));
            const hs = Highscores.connect({ api: "http://s", token: "launch" });
            return [Highscores, hs, await hs.startRun()].map((object) => Object.keys(object).sort().join());
            """,
            "[\"HighscoresError,connect\",\"\(TypeTests.clientMembers.joined(separator: ","))\",\"\(TypeTests.runMembers.joined(separator: ","))\"]"
        ),
        (
            "a run is started with the launch token and fills in who plays what",
            """
            service(answer(201, run));
            const hs = Highscores.connect({ api: "http://s/", token: "launch" });
            const started = await hs.startRun();
            return [sent, hs.player.name, hs.game.title, started.id];
            """,
            #"[[["POST","http://s/v1/runs","launch",null]],"Ada","Tetris","r"]"#
        ),
        (
            "a score is sent with the run token until it is acknowledged, the same each time",
            """
            const played = await started(cut(), answer(503, { code: "overloaded" }), answer(200, null), answer(200, { best: 7 }));
            const tries = [];
            const result = await played.submit(7, { metadata: { level: 2 }, onRetry: ({ error }) => tries.push(error.code) });
            return [result, tries, sent.length, new Set(sent.map(String)).size, sent[0]];
            """,
            #"[{"best":7},["network","overloaded","network"],4,1,["POST","http://s/v1/scores","run","{\"score\":7,\"metadata\":{\"level\":2}}"]]"#
        ),
        (
            "a pause is no shorter than Retry-After asks for",
            """
            const played = await started(answer(429, { code: "rate_limited" }, { "Retry-After": "9" }), answer(200, {}));
            const from = Date.now();
            await played.submit(1);
            return Date.now() - from >= 9000;
            """,
            "true"
        ),
        (
            "what cannot succeed later is not repeated",
            """
            const played = await started(answer(409, { code: "run_already_scored", detail: "once", title: "t" }));
            try { await played.submit(1); } catch (error) {
              return [error instanceof Highscores.HighscoresError, error instanceof Error, error.code, error.status, error.message, sent.length];
            }
            """,
            #"[true,true,"run_already_scored",409,"once",1]"#
        ),
        (
            "a run that has expired is given up",
            """
            service(answer(201, { ...run, expires_at: "2026-01-01T00:00:20.000Z" }));
            const played = await Highscores.connect({ api: "http://s", token: "launch" }).startRun();
            service(...Array(40).fill(cut()));
            const from = Date.now();
            try { await played.submit(1); } catch (error) { return [error.code, Date.now() - from <= 20000, sent.length > 3]; }
            """,
            #"["network",true,true]"#
        ),
        (
            "a caller can give up",
            """
            const played = await started(...Array(40).fill(cut()));
            const controller = new AbortController();
            setTimeout(() => controller.abort(), 3000);
            try { await played.submit(1, { signal: controller.signal }); } catch (error) { return [error.code, localStorage.length]; }
            """,
            #"["aborted",1]"#
        ),
        (
            "a service that never answers counts as out of reach",
            """
            const played = await started(() => new Promise(() => {}), answer(200, { best: 1 }));
            return await played.submit(1);
            """,
            #"{"best":1}"#
        ),
        (
            "a leaderboard is asked for with what was given only",
            """
            service(answer(200, { total: 0 }));
            const hs = Highscores.connect({ api: "http://s", token: "launch" });
            await hs.leaderboard({ scope: "chat", around: "me", limit: 5, cursor: null, at: "2026-01-01T00:00:00+01:00" });
            return sent[0];
            """,
            #"["GET","http://s/v1/leaderboard?scope=chat&at=2026-01-01T00%3A00%3A00%2B01%3A00&limit=5&around=me","launch",null]"#
        ),
        (
            "a watched leaderboard is told of as it comes, in whatever pieces",
            """
            service(stream("retry: 10\\n\\nid: a\\nevent: leaderboard\\nda", "ta: {\\"total\\":1}\\n\\n:\\n\\nid: b\\nevent: leader",
              "board\\ndata: {\\"total\\":2}\\n\\nevent: bye\\ndata: {}\\n\\n"), stream());
            const hs = Highscores.connect({ api: "http://s", token: "launch" });
            const totals = [];
            const stop = hs.watch({ scope: "global", limit: 5 }, (board) => totals.push(board.total));
            await later(1000);
            stop();
            return [totals, sent[0], sent[0].headers["Last-Event-ID"] ?? null, sent[1].headers["Last-Event-ID"]];
            """,
            #"[[1,2],["GET","http://s/v1/leaderboard/events?scope=global&limit=5","launch",null],null,"b"]"#
        ),
        (
            "a watch comes back after lost connections, refusals that pass and silence",
            """
            service(cut(), answer(503, { code: "overloaded" }, { "Retry-After": "9" }), stream("id: a\\n\\n", forever),
              stream("event: leaderboard\\ndata: {\\"total\\":3}\\n\\n", forever));
            const hs = Highscores.connect({ api: "http://s", token: "launch" });
            const from = Date.now();
            let stop;
            const board = await new Promise((resolve) => { stop = hs.watch({}, resolve); });
            stop();
            const time = Date.now() - from;
            return [board.total, sent.length, time > 9000 + 40000, time < 60000];
            """,
            "[3,4,true,true]"
        ),
        (
            "a watch ends with what cannot succeed later, or when it is told to",
            """
            service(answer(401, { code: "token_expired" }), stream(forever));
            const hs = Highscores.connect({ api: "http://s", token: "launch" });
            const error = await new Promise((resolve) => { hs.watch({ onError: resolve }, () => {}); });
            const stop = hs.watch({}, () => {});
            await later(100);
            stop();
            await later(100000);
            return [error.code, sent.length];
            """,
            #"["token_expired",2]"#
        ),
        (
            "a score for several boards says so, and which leaderboards are to be told of",
            """
            const played = await started(answer(200, {}));
            await played.submit({ main: 1, hard: 2 }, { boards: ["chat/week", "hard:global/all"] });
            return [sent[0], sent[0].keepalive];
            """,
            #"[["POST","http://s/v1/scores?boards=chat%2Fweek%2Chard%3Aglobal%2Fall","run","{\"scores\":{\"main\":1,\"hard\":2}}"],true]"#
        ),
        (
            "a run for a board is asked for under one key however often",
            """
            service(cut(), answer(201, { ...run, board: "daily", seed: "0f", attempt: { number: 1 } }));
            const { board, seed, attempt } = await Highscores.connect({ api: "http://s", token: "launch" }).startRun({ board: "daily" });
            const keys = sent.map((request) => request.headers["Idempotency-Key"]);
            return [board, seed, attempt, sent[1], keys.length, keys[0] === keys[1] && keys[0].length > 8];
            """,
            #"["daily","0f",{"number":1},["POST","http://s/v1/runs","launch","{\"board\":\"daily\"}"],2,true]"#
        ),
        (
            "what a closed page has left is sent by the next client of the same service until it is acknowledged",
            """
            const played = await started(...Array(40).fill(cut()));
            const controller = new AbortController();
            setTimeout(() => controller.abort(), 1);
            await played.submit(7, { boards: "global/all", signal: controller.signal }).catch(() => {});
            const first = sent[0];
            service();
            Highscores.connect({ api: "http://other", token: "launch" });
            await later(1000);
            const others = sent.length;
            service(cut(), answer(503, { code: "overloaded" }), answer(200, {}));
            Highscores.connect({ api: "http://s", token: "another" });
            await later(100000);
            const [count, isSame] = [sent.length, sent.every((request) => String(request) === String(first))];
            service();
            Highscores.connect({ api: "http://s", token: "launch" });
            await later(1000);
            return [others, count, isSame, sent.length, localStorage.length];
            """,
            "[0,3,true,0,0]"
        ),
        (
            "what is refused for good is kept no longer, and keeps no other back",
            """
            for (const name of ["a", "b"]) {
              localStorage.setItem("highscores:" + name, JSON.stringify(
                { api: "http://s", path: "/v1/scores", run: name, token: name, body: { score: 1 }, lifetime: 1000, at: name === "a" ? 1 : 2 }));
            }
            localStorage.setItem("highscores:c", "{");
            localStorage.setItem("theirs", "x");
            service(answer(401, { code: "token_expired" }), answer(200, {}));
            Highscores.connect({ api: "http://s", token: "launch" });
            await later(1000);
            return [sent.map((request) => request[2]), Object.keys(localStorage).sort()];
            """,
            #"[["a","b"],["highscores:c","theirs"]]"#
        ),
        (
            "so many scores are kept, and the oldest make room",
            """
            for (let at = 1; at <= 60; at += 1) {
              localStorage.setItem("highscores:" + at, JSON.stringify({ run: String(at), api: "http://other", at }));
            }
            const played = await started();
            await played.submit(1, { signal: AbortSignal.abort() }).catch(() => {});
            return [Object.keys(localStorage).length, ...[11, 12, "r"].map((run) => localStorage.getItem("highscores:" + run) !== null)];
            """,
            "[50,false,true,true]"
        ),
        (
            "a clock that is wrong, or put right meanwhile, changes nothing",
            """
            const real = Date.now;
            const results = [];
            for (const days of [-1, 1]) {
              const played = await started(cut(), cut(), answer(200, { best: 1 }));
              Date.now = () => real() + days * 86400000;
              results.push((await played.submit(1)).best, sent.length);
              Date.now = real;
            }
            return results;
            """,
            "[1,3,1,3]"
        ),
        (
            "what reads takes whichever token is still valid",
            """
            const expired = () => answer(401, { code: "token_expired" });
            service(answer(201, run), answer(200, { total: 1 }), expired(), answer(200, { total: 2 }), answer(200, { runs: [] }), expired(),
              answer(201, run), stream(), expired(), stream(forever));
            const hs = Highscores.connect({ api: "http://s", token: "launch" });
            await hs.startRun();
            const totals = [await hs.leaderboard(), await hs.leaderboard()].map((board) => board.total);
            await hs.history({ board: "daily" });
            const code = await hs.history().catch((error) => error.code);
            await hs.startRun();
            const stop = hs.watch({}, () => {});
            await later(5000);
            stop();
            return [totals, code, sent.map((request) => request[2])];
            """,
            #"[[1,2],"token_expired",["launch","run","run","launch","launch","launch","launch","run","run","launch"]]"#
        ),
        (
            "a Mini App asks for its launch at the first call, once, and again after a failure",
            """
            service(answer(503, { code: "overloaded" }), answer(201, { launch: "opened" }), answer(200, {}), answer(200, {}), answer(201, run));
            const hs = Highscores.connect({ api: "http://s/", initData: "user=x&hash=y", game: "tetris" });
            await later(1000);
            const before = sent.length;
            const code = await hs.leaderboard().catch((error) => error.code);
            await Promise.all([hs.leaderboard(), hs.history()]);
            await hs.startRun();
            return [before, code, sent[0], sent.slice(1).map((request) => request[1].slice(8) + " " + request[2])];
            """,
            #"[0,"overloaded",["POST","http://s/v1/launches",null,"{\"init_data\":\"user=x&hash=y\",\"game\":\"tetris\"}"],"#
                + #"["/v1/launches null","/v1/leaderboard opened","/v1/history opened","/v1/runs opened"]]"#
        ),
        (
            "a Mini App that Telegram tells nothing goes by its address",
            """
            location.hash = "#hs=pressed";
            service(answer(200, {}));
            await Highscores.connect({ api: "http://s", initData: "", game: "tetris" }).leaderboard();
            return sent[0][2];
            """,
            #""pressed""#
        ),
        (
            "a score is shared by the client that gave a link to do so, and by no other link",
            """
            const events = [];
            window.TelegramWebviewProxy = { postEvent: (...event) => events.push(event) };
            const results = [];
            for (const link of [null, "tg://share_game_score?hash=1", "web+tgb://x", "javascript:alert(1)", "https://evil.example"]) {
              location.hash = "#hs=launch" + (link ? "&tgShareScoreUrl=" + encodeURIComponent(link) : "");
              results.push(Highscores.connect({ api: "http://s" }).share());
            }
            delete window.TelegramWebviewProxy;
            return [results, events];
            """,
            #"[[false,true,true,false,false],[["share_score",""],["share_score",""]]]"#
        ),
    ]

    @Test func `the script keeps its promises in a browser`() async throws {
        let results = try await Chromium.run(Self.page)
        for (index, expectation) in Self.cases.enumerated() {
            #expect(results[safe: index] == expectation.expected, "\(expectation.name)")
        }
    }

    /// Whoever changes the script raises its version and writes down here what came of it.
    @Test func `what has a version never changes`() throws {
        let bytes = Script.forms.flatMap(\.page.bytes)
        #expect(
            [Script.version, Script.integrity(of: bytes)] == [
                "0.1.0", "sha384-KmF7U1iMOTCsxN6OPFJi3MO16LChNPV1DzrPGGvuQdgsZxqtGM9m2GG6lWp7cFko",
            ]
        )
        let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "README.md")
        #expect(
            try String(contentsOf: readme, encoding: .utf8).contains("/sdk/\(Script.version)/highscores.js")
        )
    }

    /// A page that runs every case and leaves one line of JSON for each.
    private static var page: String {
        let script = String(decoding: Script.classic.bytes, as: UTF8.self)
        let functions = cases.map { "async () => { \($0.body) }" }.joined(separator: ",\n")
        return """
            <!doctype html><meta charset="utf-8"><pre id="out"></pre>
            <script>\(script)</script>
            <script>
            let sent = [];
            let answers = [];
            const run = { run: "run", run_id: "r", started_at: "2026-01-01T00:00:00.000Z", expires_at: "2026-01-01T06:00:00.000Z",
              player: { id: "5", name: "Ada" }, game: { title: "Tetris" }, chat_instance: "-1" };
            const answer = (status, document, headers) => () => Promise.resolve(
              new Response(document === null ? "{\\"best\\":" : JSON.stringify(document), { status, headers }));
            const cut = () => () => Promise.reject(new TypeError("cut"));
            const forever = {};
            const later = (time) => new Promise((resolve) => setTimeout(resolve, time));
            /** An answer whose body comes in pieces, and after `forever` does not end. */
            const stream = (...pieces) => (signal) => Promise.resolve(new Response(new ReadableStream({
              async start(body) {
                for (const piece of pieces) {
                  if (piece === forever) return signal.addEventListener("abort", () => body.error(new DOMException("", "AbortError")));
                  body.enqueue(new TextEncoder().encode(piece));
                  await later(10);
                }
                body.close();
              }
            })));
            const service = (...list) => { answers = list; sent = []; };
            const started = async (...list) => {
              service(answer(201, run));
              const played = await Highscores.connect({ api: "http://s", token: "launch" }).startRun();
              service(...list);
              return played;
            };
            window.fetch = (url, request) => {
              const token = request.headers.Authorization ? request.headers.Authorization.slice(7) : null;
              const words = [request.method, url, token, request.body ?? null];
              sent.push(Object.assign(words, { headers: request.headers, keepalive: request.keepalive }));
              const reply = answers.shift()(request.signal);
              return new Promise((resolve, reject) => {
                request.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
                reply.then(resolve, reject);
              });
            };
            (async () => {
              const lines = [];
              for (const body of [\(functions)]) {
                localStorage.clear();
                try { lines.push(JSON.stringify(await body())); } catch (error) { lines.push("threw " + error.stack); }
              }
              document.getElementById("out").textContent = lines.map(encodeURIComponent).join("|");
            })();
            </script>
            """
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
