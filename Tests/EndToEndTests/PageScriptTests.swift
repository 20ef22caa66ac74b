import Curl
import Foundation
import JSON
import Pages
import TestSupport
import Testing

/// The script in pages of other origins, played against the running service.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct PageScriptTests {
    /// A page with a copy of the module, as a bundler leaves it; its clock is as many days wrong as its query says.
    private static let bundled = [
        "highscores.mjs": String(decoding: Script.module.bytes, as: UTF8.self),
        "index.html": """
        <!doctype html><meta charset="utf-8"><title>Loading</title>
        <script>
          const wrong = Number(new URLSearchParams(location.search).get("days")) * 86400000;
          const clock = Date.now;
          Date.now = () => clock() + wrong;
        </script>
        <script type="module">
          import { connect } from "./highscores.mjs";
          window.connect = connect;
          document.title = "Ready";
        </script>
        """,
    ]

    /// A page that takes the module from the service.
    private static func importing(_ service: Service) -> String {
        """
        <!doctype html><meta charset="utf-8"><title>Loading</title>
        <script type="module">
          import { connect, HighscoresError } from "\(service.base)/sdk/\(Script.version)/highscores.mjs";
          Object.assign(window, { connect, HighscoresError });
          document.title = "Ready";
        </script>
        """
    }

    private static func open(_ page: String, in browser: WebDriver) async throws {
        try await browser.open("about:blank")
        try await browser.open(page)
        try await ready(browser)
    }

    private static func ready(_ browser: WebDriver) async throws {
        try await browser.wait(until: "the script is loaded") { try await browser.title() == "Ready" }
    }

    /// How many scores the page keeps.
    private static func kept(_ browser: WebDriver) async throws -> Int64? {
        try await browser.run("return localStorage.length").int64
    }

    private static func wait(for board: [Int64: Int64], at service: Service, _ token: String) async throws {
        let expected = Dictionary(uniqueKeysWithValues: board.map { ("\($0)", $1) })
        try await Program.wait(for: "the leaderboard \(expected)") { () -> Void? in
            try await service.board(token) == expected ? () : nil
        }
    }

    @Test func `the module is played from another origin, in a frame without one, in a worker and in Node`()
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let (ada, zoe) = (
                try await arena.launch(Arena.ada, message), try await arena.launch(Arena.zoe, message)
            )
            let omar = try await arena.launch(Arena.omar, message)
            let worker = """
                import { connect } from "\(service.base)/sdk/highscores.mjs";
                const run = await connect({ api: "\(service.base)", token: "\(zoe)" }).startRun();
                self.postMessage((await run.submit(8)).outcome);
                """
            let files = [
                "game.html": Self.importing(service), "worker.mjs": worker,
                "frame.html":
                    "<!doctype html><iframe sandbox='allow-scripts' src='game.html#hs=\(ada)'></iframe>",
            ]
            try await PageHost.with(files, arena) { host in
                try await WebDriver.withBrowser { browser in
                    try await Self.open("\(host.base)/game.html#hs=\(ada)", in: browser)
                    let played = try await browser.run(
                        """
                        return (async () => {
                          const hs = connect({ api: arguments[0] });
                          const run = await hs.startRun();
                          const result = await run.submit(7, { metadata: { level: 1 }, boards: "global/all" });
                          const board = await hs.leaderboard({ around: "me" });
                          const { runs } = await hs.history();
                          const watched = await new Promise((resolve) => {
                            const stop = hs.watch({ scope: "global" }, (board) => { stop(); resolve(board.total); });
                          });
                          let code;
                          try { await run.submit(9); } catch (error) { code = error instanceof HighscoresError && error.code; }
                          return [hs.player.name, hs.game.title, result.outcome, result.boards.length, board.me.rank,
                            runs[0].score, watched, code, hs.share(), localStorage.length].join();
                        })()
                        """,
                        .string(service.base)
                    )
                    #expect(played.string == "Ada,Tetris,new_best,2,1,7,1,run_already_scored,false,0")

                    let inWorker = try await browser.run(
                        """
                        return new Promise((resolve, reject) => {
                          const worker = new Worker("worker.mjs", { type: "module" });
                          worker.onmessage = (event) => resolve(event.data);
                          worker.onerror = () => reject(new Error("the worker failed"));
                        })
                        """
                    )
                    #expect(inWorker.string == "new_best")

                    try await browser.open("\(host.base)/frame.html")
                    try await browser.insideFrame(try await browser.find("iframe")) {
                        try await browser.wait(until: "the frame's script is loaded") {
                            try await browser.run("return window.connect !== undefined").bool == true
                        }
                        let framed = try await browser.run(
                            """
                            return (async () => {
                              let storage = "kept";
                              try { localStorage.length; } catch (error) { storage = error.name; }
                              const run = await connect({ api: arguments[0] }).startRun();
                              return [self.origin, storage, (await run.submit(9)).outcome].join();
                            })()
                            """,
                            .string(service.base)
                        )
                        #expect(framed.string == "null,SecurityError,new_best")
                    }
                }
                let script = """
                    import { connect } from "./highscores.mjs";
                    const hs = connect({ api: "\(service.base)", token: "\(omar)" });
                    const run = await hs.startRun();
                    console.log((await run.submit(10)).outcome, (await hs.leaderboard()).total, hs.player.name);
                    """
                for (name, text) in [
                    ("highscores.mjs", String(decoding: Script.module.bytes, as: UTF8.self)),
                    ("play.mjs", script),
                ] { try Data(text.utf8).write(to: host.folder.appendingPathComponent(name)) }
                let place = arena.folder.appendingPathComponent("node")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
                let node = try Program(
                    [host.folder.appendingPathComponent("play.mjs").path],
                    environment: [:],
                    folder: place,
                    at: ProgramSpawn.find("node")
                )
                #expect(try await node.exitCode() == 0, "\(node.standardError)")
                #expect(node.standardOutput == "new_best 3 Omar\n")
            }
            try await Self.wait(for: [Arena.ada: 9, Arena.zoe: 8, Arena.omar: 10], at: service, ada)
            try await service.stop()
        }
    }

    @Test func `a copy that is not told its server says so at once and asks nobody`() async throws {
        try await Arena.with { arena in
            let classic = String(decoding: Script.classic.bytes, as: UTF8.self)
            let files = Self.bundled.merging([
                "highscores.js": classic,
                "classic.html": "<!doctype html><title>Ready</title><script src='highscores.js'></script>",
            ]) { $1 }
            try await PageHost.with(files, arena) { host in
                try await WebDriver.withBrowser { browser in
                    for (page, connect) in [
                        ("/index.html", "connect"), ("/classic.html", "Highscores.connect"),
                    ] {
                        try await Self.open("\(host.base)\(page)#hs=token", in: browser)
                        let code = try await browser.run(
                            """
                            return (async () => {
                              let code;
                              try { \(connect)(); } catch (error) { code = error.code; }
                              await fetch("asked-last");
                              return code;
                            })()
                            """
                        )
                        #expect(code.string == "api_missing")
                    }
                }
                #expect(
                    host.asked == [
                        "/index.html", "/highscores.mjs", "/asked-last",
                        "/classic.html", "/highscores.js", "/asked-last",
                    ]
                )
            }
        }
    }

    @Test func `a page that is closed while it submits loses nothing`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let launch = try await arena.launch(Arena.ada, try arena.post(Arena.tetris, in: Arena.friday))
            let page = "index.html#hs=\(launch)"
            // As Telegram's web clients show games. A frame that goes is gone, while a page may be kept for coming back.
            let frame = ["frame.html": "<!doctype html><iframe src='\(page)'></iframe>"]
            try await PageHost.with(Self.bundled.merging(frame) { $1 }, arena) { host in
                try await WebDriver.withBrowser { browser in
                    try await browser.open("\(host.base)/frame.html")
                    try await browser.insideFrame(try await browser.find("iframe")) {
                        try await browser.wait(until: "the frame's script is loaded") {
                            try await browser.run("return window.connect !== undefined").bool == true
                        }
                        try await browser.run(
                            "return (async () => { window.run = await connect({ api: arguments[0] }).startRun(); })()",
                            .string(service.base)
                        )
                        // Nothing is answered before the page is gone.
                        service.program.send(SIGSTOP)
                        try await browser.run("run.submit(70)")
                    }
                    try await browser.run("document.querySelector('iframe').remove()")
                    service.program.send(SIGCONT)
                    try await Self.wait(for: [Arena.ada: 70], at: service, launch)
                    // Nobody heard that it was taken, so the next page asks again.
                    try await Self.open("\(host.base)/\(page)", in: browser)
                    #expect(try await Self.kept(browser) == 1)
                    try await browser.run("connect({ api: arguments[0] })", .string(service.base))
                    try await browser.wait(until: "it is acknowledged") { try await Self.kept(browser) == 0 }
                }
            }
            try await Self.wait(for: [Arena.ada: 70], at: service, launch)
            try await service.stop()
        }
    }

    @Test(arguments: [0, -1, 1])
    func
        `a score that was played offline is sent after the page was loaded again, whatever the device's clock says`(
            days: Int
        ) async throws
    {
        try await Arena.with { arena in
            var service = try await arena.serve()
            let launch = try await arena.launch(Arena.ada, try arena.post(Arena.tetris, in: Arena.friday))
            try await PageHost.with(Self.bundled, arena) { host in
                try await WebDriver.withBrowser { browser in
                    try await Self.open("\(host.base)/index.html?days=\(days)#hs=\(launch)", in: browser)
                    try await browser.run(
                        "return (async () => { window.run = await connect({ api: arguments[0] }).startRun(); })()",
                        .string(service.base)
                    )
                    try await service.stop()
                    try await browser.run(
                        "return new Promise((resolve) => { run.submit(80, { onRetry: () => resolve() }); })"
                    )
                    for _ in 0..<2 {
                        try await browser.reload()
                        try await Self.ready(browser)
                        #expect(try await Self.kept(browser) == 1)
                        try await browser.run(
                            "window.hs = connect({ api: arguments[0] })",
                            .string(service.base)
                        )
                    }
                    service = try await arena.serve(port: service.port)
                    try await browser.run("dispatchEvent(new Event('online'))")
                    try await browser.wait(until: "it is acknowledged") { try await Self.kept(browser) == 0 }
                    let board = try await browser.run(
                        "return hs.leaderboard().then((board) => board.me.score)"
                    )
                    #expect(board.int64 == 80)
                }
            }
            try await service.stop()
        }
    }

    @Test func `a run that has expired is given up, and the launch goes on reading`() async throws {
        try await Arena.with { arena in
            let variables = ["HIGHSCORES_RUN_TTL": "1s"]
            var service = try await arena.serve([], variables)
            let launch = try await arena.launch(Arena.ada, try arena.post(Arena.tetris, in: Arena.friday))
            try await PageHost.with(Self.bundled, arena) { host in
                try await WebDriver.withBrowser { browser in
                    try await Self.open("\(host.base)/index.html#hs=\(launch)", in: browser)
                    try await browser.run(
                        """
                        return (async () => {
                          window.hs = connect({ api: arguments[0] });
                          window.run = await hs.startRun();
                        })()
                        """,
                        .string(service.base)
                    )
                    // One that expires no earlier.
                    let later = try await service.startRun(launch)
                    try await service.stop()
                    let code = try await browser.run("return run.submit(90).catch((error) => error.code)")
                    #expect(code.string == "network")
                    #expect(try await Self.kept(browser) == 1)
                    service = try await arena.serve([], variables, port: service.port)
                    try await Program.wait(for: "the run to expire") { () -> Void? in
                        let answer = try await service.send(.get, "/v1/history", token: later)
                        return answer.code == "token_expired" ? () : nil
                    }
                    let total = try await browser.run("return hs.leaderboard().then((board) => board.total)")
                    #expect(total.int64 == 0)
                    try await browser.run("connect({ api: arguments[0] })", .string(service.base))
                    try await browser.wait(until: "it is given up") { try await Self.kept(browser) == 0 }
                }
            }
            #expect(try await service.board(launch).isEmpty)
            try await service.stop()
        }
    }

    @Test func `a Mini App plays in its chat, and without one for the whole game`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.launch(Arena.zoe, message)
            let started = try await service.send(.post, "/v1/runs", token: launch)
            let chat = try #require(started.json["chat_instance"]?.string)
            try await PageHost.with(["game.html": Self.importing(service)], arena) { host in
                try await WebDriver.withBrowser { browser in
                    try await Self.open("\(host.base)/game.html#tgWebAppData=x", in: browser)
                    let play = """
                        return (async () => {
                          const hs = connect({ api: arguments[0], initData: arguments[1], game: "tetris" });
                          const run = await hs.startRun();
                          const result = await run.submit(Number(arguments[2]));
                          const place = result.boards[0];
                          const board = await hs.leaderboard({ scope: place.scope });
                          return [place.scope, place.rank, board.total, hs.chatInstance, hs.share()].join();
                        })()
                        """
                    let inChat = MiniAppSample.data(for: Arena.ada, named: "Ada", chat: chat)
                    let there = try await browser.run(play, .string(service.base), .string(inChat), "50")
                    #expect(there.string == "chat,1,1,\(chat),false")
                    let alone = MiniAppSample.data(for: Arena.omar, named: "Omar", chat: nil)
                    let everywhere = try await browser.run(play, .string(service.base), .string(alone), "60")
                    #expect(everywhere.string == "global,1,2,,false")
                    let forged = try await browser.run(
                        """
                        return connect({ api: arguments[0], initData: "user=x&hash=y", game: "tetris" }).startRun()
                          .catch((error) => error.code)
                        """,
                        .string(service.base)
                    )
                    #expect(forged.string == "token_invalid")
                }
            }
            #expect(try await service.board(launch) == ["\(Arena.ada)": 50])
            try await service.stop()
        }
    }

    @Test func `sharing asks the client that opened the page, in a frame by a message`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let launch = try await arena.launch(Arena.ada, try arena.post(Arena.tetris, in: Arena.friday))
            let fragment = "#hs=\(launch)&tgShareScoreUrl=tg%3A%2F%2Fshare_game_score%3Fhash%3D1"
            let frame = """
                <!doctype html><script>
                  window.events = [];
                  addEventListener("message", (event) => events.push(event.data));
                </script><iframe src="game.html\(fragment)"></iframe>
                """
            try await PageHost.with(["game.html": Self.importing(service), "frame.html": frame], arena) {
                host in
                try await WebDriver.withBrowser { browser in
                    let share = "return connect({ api: arguments[0] }).share()"
                    try await Self.open("\(host.base)/game.html\(fragment)", in: browser)
                    let opened = try await browser.run(
                        """
                        return new Promise((resolve) => {
                          navigation.onnavigate = (event) => resolve(event.destination.url);
                          connect({ api: arguments[0] }).share();
                        })
                        """,
                        .string(service.base)
                    )
                    #expect(opened.string == "tg://share_game_score?hash=1")
                    try await browser.open("\(host.base)/frame.html")
                    try await browser.insideFrame(try await browser.find("iframe")) {
                        try await browser.wait(until: "the frame's script is loaded") {
                            try await browser.run("return window.connect !== undefined").bool == true
                        }
                        #expect(try await browser.run(share, .string(service.base)).bool == true)
                    }
                    try await browser.wait(until: "the message is there") {
                        try await browser.run("return events.join()").string
                            == #"{"eventType":"share_score","eventData":""}"#
                    }
                }
            }
            try await service.stop()
        }
    }
}
