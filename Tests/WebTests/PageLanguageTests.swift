import HTTPTypes
import Languages
import Leaderboards
import Testing

@testable import Web

@Suite struct PageLanguageTests {
    private static let pages = ["/", "/leaderboard", "/problems/token_expired"]
    private let edge = TestEdge()

    @Test(arguments: Language.allCases, pages)
    func `a page is written in the reader's language`(language: Language, path: String) async throws {
        let asked = try await edge.send(
            .get,
            path,
            headers: [.acceptLanguage: "zz, \(language.rawValue)-XX;q=0.7"]
        )
        #expect(asked.status == 200)
        #expect(asked.text.contains(#"<html lang="\#(language)" dir="\#(language.direction)">"#))
        #expect(!asked.text.contains("{{"))
        #expect(asked.headers[.contentLanguage] == language.rawValue)
        #expect(asked.headers[.vary] == "Accept-Language, Accept-Encoding")
        #expect(try await edge.get("\(path)?lang=\(language)").text == asked.text)
        let title = ["/": "home.title", "/leaderboard": "board.title"][path] ?? "problem.again.title"
        #expect(asked.text.contains("<title>\(language.text(title))</title>"))
    }

    @Test func `a language that nobody has translated to is English`() async throws {
        for path in ["/leaderboard?lang=tlh", "/leaderboard?lang=", "/leaderboard"] {
            #expect(try await edge.get(path).text.contains(#"<html lang="en" dir="ltr">"#))
        }
    }

    @Test(
        arguments: [
            ([], "ready", "home.ready"), ([OperationsTests.mild], "degraded", "home.degraded"),
            ([OperationsTests.mild, OperationsTests.fatal], "unready", "home.unready"),
        ] as [([UnreadyReason], String, String)]
    )
    func `the page at the root says whether the service is well`(
        reasons: [UnreadyReason],
        status: String,
        key: String
    ) async throws {
        var edge = TestEdge()
        edge.services.readiness = { reasons }
        let answer = try await edge.get("/?lang=ru")
        #expect(answer.status == 200)
        #expect(answer.text.contains(#"<p class="\#(status)" role="status">\#(Language.ru.text(key))</p>"#))
        #expect(answer.headers[.cacheControl] == "no-cache")
        #expect(!answer.text.contains("db.internal"))
    }

    @Test func `every problem tells players something`() async throws {
        for code in ProblemCode.allCases {
            let page = try await edge.get("\(code.page)?lang=de").text
            #expect(page.contains("<h1>") && !page.contains("<h1></h1>"))
            #expect(page.contains(Language.de.text("problem.developers")))
        }
    }
}
