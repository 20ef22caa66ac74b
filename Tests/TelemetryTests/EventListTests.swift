import Foundation
import Testing

/// What operators are told of the log is what the source writes: both are read here and compared.
@Suite struct EventListTests {
    /// A kind of line.
    private struct Event: Hashable {
        let name: String
        var levels: Set<String>
        var keys: Set<String>
    }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL

    /// The events of the source by their names.
    private static func written() throws -> [String: Event] {
        let files = FileManager.default.enumerator(
            at: root.appendingPathComponent("Sources"),
            includingPropertiesForKeys: nil
        )
        var events: [String: Event] = [:]
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            for call in text.matches(of: /logger\.(trace|debug|info|notice|warning|error|critical|log)\(/) {
                let arguments = String(text[call.range.upperBound...]).untilClosed
                let parts = arguments.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
                let (name, rest) = (String(parts[1]), parts.count > 2 ? parts[2] : "")
                let levels = parts[0].matches(of: /\.(trace|debug|info|notice|warning|error|critical)\b/)
                let event = Event(
                    name: name,
                    levels: call.1 == "log" ? Set(levels.map { String($0.1) }) : [String(call.1)],
                    keys: Set(rest.matches(of: /"([a-z_]+)":/).map { String($0.1) })
                )
                #expect(name.wholeMatch(of: /[a-z_]+\.[a-z_]+/) != nil, "\(name) in \(file.path)")
                events[name, default: event].levels.formUnion(event.levels)
                events[name]?.keys.formUnion(event.keys)
            }
        }
        return events
    }

    /// The events of the operators' manual.
    private static func described() throws -> [Event] {
        let manual = try String(
            contentsOf: root.appendingPathComponent("Deploy/README.md"),
            encoding: .utf8
        )
        return manual.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 4, let name = cells[0].wholeMatch(of: /`([a-z_]+\.[a-z_]+)`/) else {
                return nil
            }
            return Event(
                name: String(name.1),
                levels: Set(cells[1].split(separator: ", ").map(String.init)),
                keys: Set(cells[2].matches(of: /`([a-z_]+)`/).map { String($0.1) })
            )
        }
    }

    @Test func `each event is described with its levels and what belongs to it, and nothing else is`() throws
    {
        let (written, described) = (try Self.written(), try Self.described())
        #expect(written.count > 40)
        for event in described { #expect(written[event.name] == event, "in Deploy/README.md") }
        #expect(Set(written.keys).subtracting(described.map(\.name)) == [], "not in Deploy/README.md")
        #expect(described.map(\.name) == described.map(\.name).sorted())
    }
}

extension String {
    /// What comes before the parenthesis that closes one which stands before the text.
    fileprivate var untilClosed: String {
        var depth = 1
        return String(
            prefix { character in
                if character == "(" { depth += 1 } else if character == ")" { depth -= 1 }
                return depth > 0
            }
        )
    }
}
