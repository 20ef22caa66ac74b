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
            return ["#hs=a", "#hs=a&tgShareScoreUrl=tg%3A%2F%2Fx", "#x=1&hs=a", "#menu?hs=a", "#hs=a%2Bb", "#ths=a", "#hs=", ""]
              .map(Highscores.launchToken);
            """,
            #"["a","a","a","a","a+b",null,null,null]"#
        ),
        (
            "without a token there is no client",
            "location.hash = ''; try { Highscores.connect(); } catch (error) { return error.code; }",
            #""token_missing""#
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
            const hs = await started(cut(), answer(503, { code: "overloaded" }), answer(200, null), answer(200, { best: 7 }));
            const tries = [];
            const result = await hs.submit(7, { level: 2 }, { onRetry: ({ error }) => tries.push(error.code) });
            return [result, tries, sent.length, new Set(sent.map(String)).size, sent[0]];
            """,
            #"[{"best":7},["network","overloaded","network"],4,1,["POST","http://s/v1/scores","run","{\"score\":7,\"metadata\":{\"level\":2}}"]]"#
        ),
        (
            "a pause is no shorter than Retry-After asks for",
            """
            const hs = await started(answer(429, { code: "rate_limited" }, { "Retry-After": "9" }), answer(200, {}));
            const from = Date.now();
            await hs.submit(1);
            return Date.now() - from >= 9000;
            """,
            "true"
        ),
        (
            "what cannot succeed later is not repeated",
            """
            const hs = await started(answer(409, { code: "run_already_scored", detail: "once", title: "t" }));
            try { await hs.submit(1); } catch (error) {
              return [error instanceof Highscores.Error, error instanceof Error, error.code, error.status, error.message, sent.length];
            }
            """,
            #"[true,true,"run_already_scored",409,"once",1]"#
        ),
        (
            "a run that has expired is given up",
            """
            const hs = await started(...Array(40).fill(cut()));
            hs.run.deadline = Date.now() + 20000;
            try { await hs.submit(1); } catch (error) { return [error.code, Date.now() <= hs.run.deadline, sent.length > 3]; }
            """,
            #"["network",true,true]"#
        ),
        (
            "a caller can give up",
            """
            const hs = await started(...Array(40).fill(cut()));
            const controller = new AbortController();
            setTimeout(() => controller.abort(), 3000);
            try { await hs.submit(1, null, { signal: controller.signal }); } catch (error) { return error.code; }
            """,
            #""aborted""#
        ),
        (
            "a service that never answers counts as out of reach",
            """
            const hs = await started(() => new Promise(() => {}), answer(200, { best: 1 }));
            return await hs.submit(1);
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
            "a score without a run is refused at once",
            """
            const hs = Highscores.connect({ api: "http://s", token: "launch" });
            try { await hs.submit(1); } catch (error) { return error.code; }
            """,
            #""run_required""#
        ),
    ]

    @Test func `the script keeps its promises in a browser`() async throws {
        let results = try await Chromium.run(Self.page)
        for (index, expectation) in Self.cases.enumerated() {
            #expect(results[safe: index] == expectation.expected, "\(expectation.name)")
        }
    }

    /// A page that runs every case and leaves one line of JSON for each.
    private static var page: String {
        let script = String(decoding: Page.script.bytes, as: UTF8.self)
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
              const hs = Highscores.connect({ api: "http://s", token: "launch" });
              await hs.startRun();
              service(...list);
              return hs;
            };
            window.fetch = (url, request) => {
              const words = [request.method, url, request.headers.Authorization.slice(7), request.body ?? null];
              sent.push(Object.assign(words, { headers: request.headers }));
              const reply = answers.shift()(request.signal);
              return new Promise((resolve, reject) => {
                request.signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
                reply.then(resolve, reject);
              });
            };
            (async () => {
              const lines = [];
              for (const body of [\(functions)]) {
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
