import Curl
import Foundation
import JSON
import Simulator
import TestSupport
import Testing

/// The ready-made leaderboard in a browser, in front of the running service.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct LeaderboardPageTests {
    /// Names that are written from the right, of pictures, and as long as Telegram lets them be.
    private static let names = [
        "محمد بن عبد الرحمن", "שרה כהן", "🦄👩‍🚀🎮", String(repeating: "Wm", count: 32),
        "فاطمه زهرا محمدی راد از شهر کوچک شیراز در ایران",
        "<b>Bold</b> & \"Co\"",
    ]

    /// A game of times, on which thirty people have played, and a board of metres that nobody has.
    private static func withGame(_ body: (Arena, Service, MessageAddress) async throws -> Void) async throws {
        try await Arena.with { arena in
            for line in [
                [
                    "game", "set", "tetris", "--title", "Comet Rush 🚀", "--public", "--order", "lower",
                    "--telegram-score", "off",
                    "--score-format", "milliseconds", "--yes",
                ],
                ["board", "add", "tetris", "long_jump", "--windows", "all,week", "--score-unit", "m"],
            ] {
                let result = try await arena.run(line, with: ["DATABASE_URL": ScratchDatabase.current.url])
                try #require(result.code == 0, "\(result.errors)")
            }
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: service, 61_250)
            for number in 1...29 {
                let id = Arena.omar + Int64(number)
                let name = names.indices.contains(number - 1) ? names[number - 1] : "Player \(number)"
                arena.telegram.change { telegram, _ in
                    telegram.addUser(SimulatedUser(id: id, firstName: name))
                }
                try await arena.play(id, message, at: service, 61_000 + 1_111 * number * number)
            }
            try await body(arena, service, message)
            try await service.stop()
        }
    }

    private static func text(_ browser: WebDriver, _ selector: String) async throws -> String {
        try await browser.find(selector).text()
    }

    private static func choose(_ value: String, in select: String, _ browser: WebDriver) async throws {
        try await browser.run(
            """
            const select = document.querySelector(arguments[0]);
            select.value = arguments[1];
            select.dispatchEvent(new Event("change"));
            """,
            .string(select),
            .string(value)
        )
    }

    @Test func `a player sees the game, their place, its boards and windows, and what happens`() async throws
    {
        try await Self.withGame { arena, service, message in
            let launch = try await arena.launch(Arena.ada, message)
            try await WebDriver.withBrowser { browser in
                try await browser.pretend(WebDriver.Conditions(width: 390, height: 844))
                try await browser.open("\(service.base)/leaderboard?theme=light&window=week#hs=\(launch)")
                _ = try await browser.find("li[data-rank='20']")
                #expect(try await browser.title() == "Comet Rush 🚀")
                #expect(try await Self.text(browser, "#own") == "Your place: 1 of 30")
                #expect(try await Self.text(browser, "#points") == "1:01.250")
                #expect(try await Self.text(browser, "li[data-rank='1'] b") == "1:01.250")
                #expect(try await Self.text(browser, "li[data-rank='2'] span") == Self.names[0])
                // Everything to choose by stands in one row, and nothing beyond the page.
                let row = try await browser.run(
                    """
                    const parts = [...document.querySelectorAll("#controls > *")].filter((part) => part.offsetParent);
                    return [parts.length, new Set(parts.map((part) => part.offsetTop)).size,
                      document.documentElement.scrollWidth <= innerWidth]
                    """
                )
                #expect(
                    row.elements.map(\.raw).map { String(decoding: $0, as: UTF8.self) } == ["6", "1", "true"]
                )

                try await browser.find("#more").click()
                _ = try await browser.find("li[data-rank='30']")
                // Windows that are over, and back.
                try await browser.find("#earlier").click()
                try await browser.waitForText("Nobody has a score here yet.", in: "#words")
                try await browser.find("#later").click()
                _ = try await browser.find("li.me[data-rank='1']")
                try await Self.choose("long_jump", in: "#board", browser)
                try await browser.waitForText("Long jump", in: "#place")
                let windows = try await browser.run(
                    "return [...document.querySelectorAll('#window option')].map(o => o.value)"
                )
                #expect(windows.elements.compactMap(\.string) == ["all", "week"])
                try await Self.choose("main", in: "#board", browser)
                try await Self.choose("global", in: "#scope", browser)
                _ = try await browser.find("li.me[data-rank='1']")
                try await Self.choose("chat", in: "#scope", browser)
                _ = try await browser.find("li.me[data-rank='1']")

                // Somebody is faster, and the page is told.
                try await arena.play(Arena.zoe, message, at: service, 59_999)
                try await browser.waitForText("Zoë", in: "li[data-rank='1']")
                #expect(try await Self.text(browser, "li[data-rank='1'] b") == "0:59.999")
                try await browser.waitForText("Your place: 2 of 31", in: "#own")
                let last = try await arena.launch(Arena.omar + 29, message)
                try await browser.open("about:blank")
                try await browser.open("\(service.base)/leaderboard#hs=\(last)")
                try await browser.find("#around").click()
                _ = try await browser.find("li.me[data-rank='31']")
                #expect(try await browser.console().filter { $0.level == "SEVERE" }.isEmpty)
            }
        }
    }

    @Test func `anybody sees a public game, a player without a chat everybody, another origin a frame`()
        async throws
    {
        try await Self.withGame { arena, service, message in
            try await WebDriver.withBrowser { browser in
                try await browser.open("\(service.base)/leaderboard?game=arena_bot/tetris")
                _ = try await browser.find("li[data-rank='1']")
                #expect(try await browser.find("#around").isDisplayed() == false)
                #expect(try await browser.find("#scope").isDisplayed() == false)
                #expect(try await browser.find("#window").isDisplayed())
                try await arena.play(Arena.omar, message, at: service, 60_000)
                try await browser.waitForText("1:00.000", in: "li[data-rank='1']")

                try await browser.open("\(service.base)/leaderboard?game=arena_bot/tetris&screen&window=day")
                _ = try await browser.find("li[data-rank='10']")
                #expect(try await browser.find("#controls").isDisplayed() == false)
                try await arena.play(Arena.omar, message, at: service, 59_000)
                try await browser.waitForText("0:59.000", in: "li[data-rank='1']")

                try await browser.open("\(service.base)/leaderboard?game=arena_bot/snake")
                try await browser.waitForText("There is no public game of this name.")
                try await browser.open("\(service.base)/leaderboard?lang=ru")
                try await browser.waitForText("Откройте эту страницу из игры")

                // A Mini App that was opened without a chat.
                let data = MiniAppSample.data(for: Arena.ada, named: "Ada", chat: nil)
                let opened = try await service.send(
                    .post,
                    "/v1/launches",
                    body: Array(#"{"init_data":"\#(data)","game":"tetris"}"#.utf8)
                )
                let launch = try #require(opened.json["launch"]?.string, "\(opened)")
                try await browser.open("\(service.base)/leaderboard?scope=chat#hs=\(launch)")
                _ = try await browser.find("li.me")
                #expect(try await browser.find("#scope").isDisplayed() == false)

                // A frame whose origin is none, in a page of another site.
                try await browser.open("http://localhost:\(service.port)/healthz")
                try await browser.run(
                    """
                    const frame = document.createElement("iframe");
                    frame.sandbox = "allow-scripts";
                    frame.src = arguments[0];
                    document.body.append(frame);
                    """,
                    .string("\(service.base)/leaderboard?lang=ar#hs=\(launch)")
                )
                let inside = try await browser.insideFrame(try await browser.find("iframe")) {
                    _ = try await browser.find("li.me")
                    return try await browser.run("return [self.origin, document.dir].join()").string
                }
                #expect(inside == "null,rtl")
            }
        }
    }

    /// Where pictures of all pages go; none are made without it.
    private static let pictures = ProcessInfo.processInfo.environment["HIGHSCORES_PAGE_PICTURES"] ?? ""

    @Test func `pages are for all, in every size, light and dark, from both sides, moving or not`()
        async throws
    {
        try await Self.withGame { arena, service, message in
            let launch = try await arena.launch(Arena.omar + 4, message)
            let game = "/leaderboard?game=arena_bot/tetris"
            let pages = [
                ("page", "/leaderboard?window=week", "#hs=\(launch)", "li[data-rank='20']"),
                ("screen", "\(game)&screen&window=month", "", "li[data-rank='10']"),
                ("refused", "/leaderboard?x", "#hs=other", "#words"),
                ("home", "/?x", "", "main"), ("problem", "/problems/token_expired?x", "", "main"),
            ]
            try await WebDriver.withBrowser { browser in
                for (width, height) in [(390, 844), (768, 1024), (1280, 720)] {
                    for (isDark, language) in [(false, "en"), (true, "en"), (false, "fa"), (true, "ar")] {
                        try await browser.pretend(
                            WebDriver.Conditions(
                                width: width,
                                height: height,
                                isDark: isDark,
                                isMotionReduced: isDark
                            )
                        )
                        for (name, path, fragment, sign) in pages {
                            try await browser.open("about:blank")
                            try await browser.open(
                                "\(service.base)\(path)&lang=\(language)\(fragment)".replacing(
                                    "?x&",
                                    with: "?"
                                )
                            )
                            _ = try await browser.find(sign)
                            let what = "\(name)-\(width)-\(language)-\(isDark ? "dark" : "light")"
                            let barriers = try await browser.barriers()
                            #expect(barriers == [], "\(what)")
                            let fits = try await browser.run(
                                """
                                const list = document.querySelector("ol");
                                return document.documentElement.scrollWidth <= innerWidth &&
                                  (!document.body.matches(".screen") || list.getBoundingClientRect().bottom <= innerHeight)
                                """
                            )
                            #expect(fits.bool == true, "\(what)")
                            if name == "page" {
                                let moves = try await browser.run(
                                    """
                                    const line = document.querySelector("li");
                                    line.classList.add("fresh");
                                    const name = getComputedStyle(line).animationName;
                                    line.classList.remove("fresh");
                                    return name
                                    """
                                )
                                #expect(moves.string == (isDark ? "none" : "fresh"))
                            }
                            if !Self.pictures.isEmpty {
                                try await browser.screenshot(to: "\(Self.pictures)/\(what).png")
                            }
                        }
                    }
                }
            }
        }
    }
}
