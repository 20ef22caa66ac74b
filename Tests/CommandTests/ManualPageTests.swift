import ArgumentParser
import Testing

@testable import highscores

/// What `highscores manual` writes.
@Suite struct ManualPageTests {
    /// The commands that help shows, by the names of their pages.
    private static func names(of command: any ParsableCommand.Type, under path: [String] = []) -> Set<String>
    {
        let configuration = command.configuration
        guard configuration.shouldDisplay else { return [] }
        let path = path + [configuration.commandName ?? ""]
        let groups =
            configuration.ungroupedSubcommands + configuration.groupedSubcommands.flatMap(\.subcommands)
        return groups.reduce(into: [path.joined(separator: "-") + ".1"]) {
            $0.formUnion(names(of: $1, under: path))
        }
    }

    @Test func `every command has its page, and there are no others`() throws {
        let pages = try ManualPages().pages
        #expect(Set(pages.map(\.name)) == Self.names(of: HighscoresCommand.self))
        #expect(Set(pages.map(\.name)).count == pages.count)
        #expect(pages.count > 70)
        for page in pages {
            #expect(page.text.hasPrefix(".Dd $Mdocdate$\n.Dt HIGHSCORES"), "\(page.name)")
            #expect(page.text.contains("\n.Sh EXAMPLES\n"), "\(page.name)")
        }
    }

    @Test func `a page has its parts`() throws {
        let page = try #require(try ManualPages().pages.first { $0.name == "highscores-board-show.1" }).text
        for part in [
            ".Nm highscores board show", ".Op Fl -chat Ar chat", ".Ar game", ".Sh EXAMPLES",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains("complete "))
    }
}
