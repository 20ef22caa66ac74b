import Pages
import Testing

@Suite struct PageTests {
    static let pages: [(name: String, page: Page)] = [
        ("chat", .chat), ("game", .game), ("leaderboard", .leaderboard), ("home", .home),
        ("problem", .problem), ("script", Script.classic), ("module", Script.module),
    ]

    @Test(arguments: pages.map(\.name))
    func `a page is UTF-8 and names no other host`(name: String) throws {
        let page = try #require(Self.pages.first { $0.name == name }).page
        let text = try #require(String(validating: page.bytes, as: UTF8.self))
        let isHTML = page.contentType.hasPrefix("text/html")
        #expect(text.hasPrefix("<!doctype html>") == isHTML)
        #expect(!text.contains("<link rel=\"stylesheet"))
        // The name of the SVG vocabulary is no address that is fetched.
        let addresses = text.replacing("http://www.w3.org/2000/svg", with: "").split(separator: "://")
        let schemes = addresses.dropLast().map { $0.reversed().prefix { $0.isLetter } }.map {
            String($0.reversed())
        }
        #expect(schemes.allSatisfy { $0 == "tg" }, "\(schemes)")
    }
}
