import Foundation
import Testing

@testable import highscores

/// `Deploy/man` is what `highscores manual Deploy/man` writes.
@Suite struct ManualPageTests {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Deploy/man")

    @Test func `every command has its page, as it is now, and there are no others`() throws {
        let pages = try ManualPages().pages
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(
            Set(found) == Set(pages.map(\.name)),
            "run 'highscores manual Deploy/man'; old pages are to be removed"
        )
        for page in pages {
            let text = FileManager.default.contents(
                atPath: Self.folder.appendingPathComponent(page.name).path
            )
            #expect(
                text.map { String(decoding: $0, as: UTF8.self) } == page.text,
                "\(page.name): run 'highscores manual Deploy/man'"
            )
        }
    }

    @Test func `a page has its parts`() throws {
        let page = try #require(try ManualPages().pages.first { $0.name == "highscores-board-show.1" }).text
        for part in [
            ".Nm highscores board show", ".Op Fl -chat Ar chat-instance", ".Ar game", ".Sh EXAMPLES",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains("complete "))
    }
}
