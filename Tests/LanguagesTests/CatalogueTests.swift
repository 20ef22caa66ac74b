import Foundation
import Testing

@testable import Languages

/// The catalogues hold what is shown, no more and no less, in every language.
@Suite struct CatalogueTests {
    /// `t("board.place", { rank: …, count: … })` in scripts: a key and, if there are any, its values.
    nonisolated(unsafe) private static let call = /\bt\("([a-z._]+)"(?:, \{([^}]*)\})?\)/
    nonisolated(unsafe) private static let literal =
        /"((?:alert|announce|reply|board|home|problem)\.[a-z._]+)"/
    nonisolated(unsafe) private static let blank =
        /\{\{((?:alert|announce|reply|board|home|problem)\.[a-z._]+)\}\}/

    /// Every source of what players see.
    private static func sources() throws -> [String] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        return try ["Pages", "Web", "Updates"].flatMap { folder in
            let files = FileManager.default.enumerator(
                at: root.appendingPathComponent(folder),
                includingPropertiesForKeys: nil
            )
            return try (files?.compactMap { $0 as? URL } ?? []).filter {
                ["swift", "js", "html"].contains($0.pathExtension)
            }.map { try String(contentsOf: $0, encoding: .utf8) }
        }
    }

    private static func placeholders(_ text: String) -> [String] {
        text.matches(of: /\{(\w+)\}/).map { String($0.1) }.sorted()
    }

    @Test func `every text is shown somewhere, and what is shown is there`() throws {
        var used: Set<String> = []
        for source in try Self.sources() {
            used.formUnion(source.matches(of: Self.literal).map { String($0.1) })
            used.formUnion(source.matches(of: Self.blank).map { String($0.1) })
        }
        let known = Set(Catalogue.texts(in: .en).keys)
        #expect(used.subtracting(known).sorted() == [], "missing")
        #expect(known.subtracting(used).sorted() == [], "unused")
    }

    @Test(arguments: Language.allCases) func `a language has all texts, with the same blanks`(
        language: Language
    ) {
        let english = Catalogue.lines(of: .en)
        let lines = Catalogue.lines(of: language)
        #expect(lines.map(\.key) == english.map(\.key))
        for (line, original) in zip(lines, english) {
            #expect(!line.text.isEmpty, "\(line.key)")
            #expect(Self.placeholders(line.text) == Self.placeholders(original.text), "\(line.key)")
            #expect(language == .en || line.text != original.text || line.text.count < 8, "\(line.key)")
        }
    }

    @Test func `blanks are filled by their names`() throws {
        var filled = 0
        for call in try Self.sources().flatMap({ $0.matches(of: Self.call) }) {
            let values = (call.2 ?? "").split(separator: ",").compactMap { $0.split(separator: ":").first }
                .map {
                    $0.filter { $0 != " " }
                }
            #expect(values.sorted() == Self.placeholders(Language.en.text(String(call.1))), "\(call.1)")
            filled += values.count
        }
        #expect(filled >= 3)
        // Texts that the server sends are sent as they are.
        for (key, text) in Catalogue.texts(in: .en) where !key.hasPrefix("board.") {
            #expect(Self.placeholders(text).isEmpty, "\(key)")
        }
    }

    @Test(arguments: Language.allCases) func `an alert has at most the 200 characters that Telegram shows`(
        language: Language
    ) {
        for (key, text) in Catalogue.texts(in: language) where key.hasPrefix("alert.") {
            #expect(text.utf16.count <= 200, "\(key)")
        }
    }
}
