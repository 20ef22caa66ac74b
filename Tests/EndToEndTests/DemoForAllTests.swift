import Foundation
import JSON
import TestSupport
import Testing

/// The demo's pages for those who have no mouse, no good eyes, no keyboard, or many friends.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DemoForAllTests {
    private static func withDemo(_ body: (WebDriver, DemoTable, Demo) async throws -> Void) async throws {
        try await Program.withFolder { folder in
            let demo = try await Demo.start(in: folder, port: try Program.freePort())
            try await WebDriver.withBrowser(width: 1100, height: 760) { browser in
                let table = DemoTable(browser: browser)
                try await table.open(demo.address)
                try await body(browser, table, demo)
            }
            try await demo.stop()
        }
    }

    private static func expectNoBarriers(_ browser: WebDriver) async throws {
        let barriers = try await browser.barriers()
        #expect(barriers == [])
    }

    // Without motion, since colours that are on their way are none that anybody has chosen.
    @Test func `chat and game have no barriers, light and dark`() async throws {
        try await Self.withDemo { browser, table, _ in
            for isDark in [false, true] {
                try await browser.pretend(
                    WebDriver.Conditions(width: 1100, height: 760, isDark: isDark, isMotionReduced: true)
                )
                try await Self.expectNoBarriers(browser)
                _ = try await table.play(as: "Ada")
                try await table.inGame { try await Self.expectNoBarriers(browser) }
                try await Self.expectNoBarriers(browser)
                try await table.closeGame()
                try await browser.run("document.querySelector('[data-forward]').click()")
                try await browser.wait(until: "the question is there") {
                    try await browser.find("#alert").isDisplayed()
                }
                try await Self.expectNoBarriers(browser)
                try await browser.press(.escape)
                try await browser.wait(until: "the question is gone") {
                    try await !browser.find("#alert").isDisplayed()
                }
            }
        }
    }

    @Test func `Escape leaves the game, and the focus goes back to its button`() async throws {
        try await Self.withDemo { browser, table, _ in
            try await table.press(as: "Ada")
            try await table.inGame {
                try await browser.find("#go").click()
                try await browser.press(.escape)
            }
            try await browser.wait(until: "the game is closed") {
                try await !browser.find("#browser").isDisplayed()
            }
            #expect(
                try await browser.run("return document.activeElement.matches('[data-play]')").bool == true
            )
        }
    }

    @Test func `thirty people fit the row, and fingers are told what fingers do`() async throws {
        try await Self.withDemo { browser, table, _ in
            for number in 1...27 {
                let answer = try await browser.run(
                    """
                    return fetch("/simulator/users", { method: "POST", headers: { "Content-Type": "application/json" },
                      body: JSON.stringify({ id: 5000000100 + arguments[0], first_name: "Person " + arguments[0] }) }).then((answer) => answer.status)
                    """,
                    .integer(Int64(number))
                )
                #expect(answer.int64 == 200)
            }
            for (width, height, isTouch) in [(1100, 760, false), (390, 844, true)] {
                try await browser.pretend(
                    WebDriver.Conditions(width: width, height: height, isTouch: isTouch)
                )
                try await browser.reload()
                try await browser.wait(until: "all are there") {
                    try await browser.findAll("[data-person]").count == 30
                }
                let fits = try await browser.run(
                    """
                    const people = [...document.querySelectorAll("[data-person]")];
                    people[29].click();
                    const last = document.querySelector("[aria-pressed=true]").getBoundingClientRect();
                    return [new Set(people.map((one) => one.offsetTop)).size, document.documentElement.scrollWidth <= innerWidth,
                      last.left >= 0 && last.right <= innerWidth].join()
                    """
                )
                #expect(fits.string == "1,true,true")
                try await table.press(as: "Ada")
                let hints = try await table.inGame {
                    [
                        try await browser.find("#touch").isDisplayed(),
                        try await browser.find("#keys").isDisplayed(),
                    ]
                }
                #expect(hints == [isTouch, !isTouch])
                try await table.closeGame()
            }
        }
    }
}
