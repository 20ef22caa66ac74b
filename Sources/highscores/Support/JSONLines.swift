import JSON
import Operations

/// Reads lines of JSON, or JSON of any other layout: objects that stand by themselves, in lists, or in the lists of another
/// object, as the pages of a listing have them.
struct JSONLines {
    /// How many different names of members are remembered.
    private static let mostNames = 256

    private let vocabulary: ImportVocabulary
    private let hasLines: Bool
    private var places: [String: ImportVocabulary.Place?] = [:]
    private var firstNames: [String]?

    init(sample: [UInt8], vocabulary: ImportVocabulary) {
        self.vocabulary = vocabulary
        hasLines = Self.isLined(sample)
    }

    /// Whether a text begins as JSON does, and CSV does not.
    static func begin(_ sample: [UInt8]) -> Bool {
        let start = sample.lazy.filter { $0 > 0x20 }.prefix(2)
        guard start.first == UInt8(ascii: "["), let next = start.dropFirst().first else {
            return start.first == UInt8(ascii: "{")
        }
        return Array("{[]\"-0123456789".utf8).contains(next)
    }

    /// Whether each line of a text is a value: the first one is whole, or the next one begins as a value of its own.
    private static func isLined(_ sample: [UInt8]) -> Bool {
        let lines = sample.split(maxSplits: 8) { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            .filter { $0.contains { $0 > 0x20 } }
        guard let first = lines.first, first.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") else {
            return false
        }
        return (try? JSON.parse(first)) != nil || lines.dropFirst().first?.starts(with: "{\"".utf8) ?? false
    }

    /// Reads the file to its end.
    mutating func read(
        _ next: () throws -> [UInt8],
        _ onProblem: (Int, String) -> Void,
        _ body: (LineFields) throws -> Void
    ) throws -> [String] {
        var reader = JSONRecordReader(hasLines: hasLines)
        var piece = try next()
        while !piece.isEmpty {
            try reader.read(piece) { try take($0, onProblem, body) }
            piece = try next()
        }
        try reader.finish { try take($0, onProblem, body) }
        return firstNames ?? []
    }

    private mutating func take(
        _ record: JSONRecordReader.Record,
        _ onProblem: (Int, String) -> Void,
        _ body: (LineFields) throws -> Void
    ) throws {
        if let problem = record.problem { return onProblem(record.line, problem) }
        let value: JSONValue
        do { value = try JSON.parse(record.bytes) } catch { return onProblem(record.line, "\(error)") }
        var (line, position) = (record.line, value.raw.startIndex)
        for object in objects(of: value) {
            line += value.raw[position..<object.raw.startIndex].count { $0 == UInt8(ascii: "\n") }
            position = object.raw.startIndex
            var values = [String?](repeating: nil, count: vocabulary.fields.count)
            if let problem = fill(&values, from: object) {
                onProblem(line, problem)
                continue
            }
            try body(
                LineFields(line: line) { [vocabulary] name in
                    vocabulary.index(of: name).flatMap { values[$0] }
                }
            )
        }
    }

    /// The objects that are lines: the value itself, or what the lists in it hold.
    private mutating func objects(of value: JSONValue) -> [JSONValue] {
        if value.kind == .array { return value.elements.flatMap { objects(of: $0) } }
        guard value.kind == .object, isCover(value) else { return [value] }
        // The other list of a page of Nakama's, of those that were asked for, says the same again.
        if let records = value["records"], records.kind == .array { return objects(of: records) }
        return value.entries.flatMap { Self.hasObjects($0.value) ? objects(of: $0.value) : [] }
    }

    /// Whether an object is none of the lines, but has lists of them: no field that a line needs is among its members.
    private mutating func isCover(_ object: JSONValue) -> Bool {
        for entry in object.entries {
            guard let place = place(of: entry.key) else { continue }
            if vocabulary.isRequired(place.field) { return false }
        }
        return object.entries.contains { Self.hasObjects($0.value) }
    }

    private static func hasObjects(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .array: value.elements.allSatisfy { $0.kind == .object }
        case .object: value.entries.contains { hasObjects($0.value) }
        default: false
        }
    }

    /// Reads the members of an object.
    private mutating func fill(_ values: inout [String?], from object: JSONValue) -> String? {
        guard object.kind == .object else { return "there is no JSON object" }
        var ranks = [Int](repeating: .max, count: values.count)
        var problem: String?
        func set(_ place: ImportVocabulary.Place, _ value: JSONValue) {
            guard place.rank <= ranks[place.field], let text = Self.text(value) else { return }
            if value.kind == .string, !value.isText { problem = "a text holds half of a character" }
            (ranks[place.field], values[place.field]) = (place.rank, text)
        }
        var names: [String] = []
        for (key, value) in object.entries {
            if firstNames == nil { names.append(key) }
            let value = Self.unwrapped(value)
            // A player may be an object with an id and a name.
            if value.kind == .object, place(of: "\(key)_id") != nil {
                for (inner, value) in value.entries {
                    if let place = place(of: "\(key)_\(inner)") ?? place(of: inner) { set(place, value) }
                }
            } else if let place = place(of: key) {
                set(place, value)
            }
        }
        firstNames = firstNames ?? names
        return problem
    }

    /// Finds out what a member is; quickly for those that were seen before.
    private mutating func place(of name: String) -> ImportVocabulary.Place? {
        if let known = places[name] { return known }
        let place = vocabulary.place(of: name)
        if places.count < Self.mostNames { places[name] = .some(place) }
        return place
    }

    /// The value in what MongoDB writes for types that JSON has not: `{"$numberLong": "5"}`.
    private static func unwrapped(_ value: JSONValue) -> JSONValue {
        var members = value.entries.makeIterator()
        guard let (key, inner) = members.next(), key.utf8.first == UInt8(ascii: "$"), members.next() == nil
        else {
            return value
        }
        return unwrapped(inner)
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value.kind {
        case .null: nil
        case .string, .number: value.lenientString.flatMap(LineReader.value)
        // Lists of words, as in "reasons"; anything else goes on as it is written.
        case .array where value.elements.allSatisfy({ $0.kind == .string }):
            LineReader.value(value.elements.compactMap(\.string).joined(separator: " "))
        default: String(decoding: value.raw, as: UTF8.self)
        }
    }
}
