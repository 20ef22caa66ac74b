import Foundation
import TestSupport

/// What the Bot API's types are made of, to make values of them: right ones, and ones that go wrong in every way.
struct TelegramTypes {
    private struct Field {
        let name: String
        let types: [String]
        let isOptional: Bool
    }

    private enum Shape {
        case fields([Field])
        case choice([String])
    }

    /// How values differ from what the types say.
    enum Deviation {
        /// Fields that nobody knows yet.
        case additions
        /// Those, and nulls, values of other types and nesting without end.
        case everything
    }

    private static let deepest = 6
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fuzz/telegram-types.txt")

    private let shapes: [String: Shape]
    /// All names.
    let names: [String]

    init() throws {
        var shapes: [String: Shape] = [:]
        for line in try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n")
        where !line.hasPrefix("#") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count < 2 || words[1] != "=" else {
                shapes[words[0]] = .choice(Array(words.dropFirst(2)))
                continue
            }
            shapes[words[0]] = .fields(
                words.dropFirst().map { word in
                    let parts = word.split(separator: ":")
                    let isOptional = parts[0].hasSuffix("?")
                    return Field(
                        name: String(isOptional ? parts[0].dropLast() : parts[0]),
                        types: parts[1].split(separator: "|").map(String.init),
                        isOptional: isOptional
                    )
                }
            )
        }
        self.shapes = shapes
        names = shapes.keys.sorted()
    }

    /// The kinds of updates by their names, with their types.
    var kinds: [(name: String, type: String)] {
        guard case .fields(let fields) = shapes["Update"] else { return [] }
        return fields.filter(\.isOptional).map { ($0.name, $0.types[0]) }
    }

    /// A value of a type as JSON.
    func value(_ type: String, _ fuzz: inout Fuzz, _ deviation: Deviation, depth: Int = 0) -> String {
        if deviation == .everything, fuzz.pick(0..<24) == 0 { return oddity(&fuzz) }
        if type.hasSuffix("[]") {
            let element = String(type.dropLast(2))
            let count = depth < Self.deepest ? fuzz.pick(0..<3) : 0
            let elements = (0..<count).map { _ in value(element, &fuzz, deviation, depth: depth + 1) }
            return "[\(elements.joined(separator: ","))]"
        }
        switch type {
        case "Integer": return String(fuzz.number())
        case "Float": return fuzz.pick(["0", "0.5", "-1e-7", "1e300"])
        case "Boolean": return fuzz.pick(["true", "false"])
        case "String":
            return fuzz.pick([
                #""""#, #""maze""#, #""/play@Maze_Bot maze""#, #""\ud83d\u0000\u202e""#, #""-33""#,
            ])
        default: break
        }
        switch shapes[type] {
        case .choice(let types): return value(fuzz.pick(types), &fuzz, deviation, depth: depth)
        case .fields(let fields): return object(fields, &fuzz, deviation, depth)
        case nil: return "{}"
        }
    }

    private func object(_ fields: [Field], _ fuzz: inout Fuzz, _ deviation: Deviation, _ depth: Int) -> String
    {
        guard depth < Self.deepest else { return "{}" }
        var members = fields.filter { !$0.isOptional || fuzz.pick(0..<(6 + 4 * depth)) == 0 }.map { field in
            (field.name, value(fuzz.pick(field.types), &fuzz, deviation, depth: depth + 1))
        }
        if fuzz.pick(0..<3) == 0 {
            members.append(
                ("later_\(fuzz.pick(0..<9))", value(fuzz.pick(names), &fuzz, deviation, depth: depth + 2))
            )
        }
        if deviation == .everything, fuzz.pick(0..<12) == 0, !members.isEmpty {
            let place = fuzz.pick(0..<members.count)
            if fuzz.pick(0..<2) == 0 { members.remove(at: place) } else { members.append(members[place]) }
        }
        return "{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}"
    }

    private func oddity(_ fuzz: inout Fuzz) -> String {
        switch fuzz.pick(0..<5) {
        case 0: return "null"
        case 1: return fuzz.pick(["true", "[]", "{}", "\"\"", "1e999", "-0.0", "[null]"])
        case 2: return String(fuzz.number())
        case 3: return "\"\(fuzz.number())\""
        default:
            let depth = fuzz.pick(1..<700)
            return String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
    }
}
