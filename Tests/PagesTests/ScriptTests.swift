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
            const service = (...list) => { answers = list; sent = []; };
            const started = async (...list) => {
              service(answer(201, run));
              const hs = Highscores.connect({ api: "http://s", token: "launch" });
              await hs.startRun();
              service(...list);
              return hs;
            };
            window.fetch = (url, request) => {
              sent.push([request.method, url, request.headers.Authorization.slice(7), request.body ?? null]);
              const reply = answers.shift()();
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
