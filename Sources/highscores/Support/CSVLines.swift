import CSV
import Operations

/// Reads the lines of a CSV file, whatever way it lays its values out.
struct CSVLines {
    /// What may stand between values; of those that fit equally well the first is taken.
    private static let delimiters = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
    /// How many lines, such as titles, may stand before the head.
    private static let longestPreamble = 10

    private let vocabulary: ImportVocabulary
    private let delimiter: UInt8
    /// The columns' names as they are written; empty where they have none.
    private let names: [String]
    /// Of each field its columns, the better ones first.
    private let columns: [[Int]]
    /// The last line before the values, or 0 where there is no head.
    private let headLine: Int

    /// Finds out how a file is laid out.
    init(
        of sample: [UInt8],
        isWhole: Bool,
        path: String,
        vocabulary: ImportVocabulary
    ) throws(CommandFailure) {
        var best: (matches: Int, delimiter: UInt8, names: [String], line: Int)?
        var plain: (width: Int, delimiter: UInt8)?
        var unknown: [String] = []
        for delimiter in Self.delimiters {
            let records = Self.records(of: sample, isWhole, delimiter)
            // Behind the first values there is no head any more.
            for (line, fields) in records.prefix(while: { Int64($0.fields[0]) == nil }) {
                let found = Set(fields.compactMap { vocabulary.place(of: $0)?.field })
                guard vocabulary.missing(from: found).isEmpty, found.count > best?.matches ?? 0 else {
                    continue
                }
                best = (found.count, delimiter, fields, line)
            }
            guard let first = records.first?.fields else { continue }
            if first.count > unknown.count { unknown = first }
            if !vocabulary.plainColumns.isEmpty, first.count > plain?.width ?? 0, Int64(first[0]) != nil {
                plain = (first.count, delimiter)
            }
        }
        if let best {
            (delimiter, names, headLine) = (best.delimiter, best.names, best.line)
        } else if let plain {
            (delimiter, names, headLine) = (plain.delimiter, vocabulary.plainColumns, 0)
        } else {
            let found = Set(unknown.compactMap { vocabulary.place(of: $0)?.field })
            let missing = vocabulary.missing(from: found).map { "'\($0[0])'" }.joined(separator: " and no ")
            throw CommandFailure(
                .usage,
                "'\(path)' has no column \(missing); its columns are \(listed(unknown)); "
                    + "expected are \(vocabulary.expectation)"
            )
        }
        columns = try Self.columns(of: names, path, vocabulary)
        self.vocabulary = vocabulary
    }

    /// The first records of a text as one delimiter cuts them.
    private static func records(
        of sample: [UInt8],
        _ isWhole: Bool,
        _ delimiter: UInt8
    ) -> [(line: Int, fields: [String])] {
        var reader = CSVReader(delimiter: delimiter)
        var records: [(line: Int, fields: [String])] = []
        func take(_ record: borrowing CSVRecord) {
            guard records.count <= longestPreamble, record.count > 0 else { return }
            records.append((record.line, record.fields))
        }
        reader.read(sample, take)
        // A record that is cut off is looked at only if there is no other.
        if isWhole || records.isEmpty { reader.finish(take) }
        return records
    }

    private static func columns(
        of names: [String],
        _ path: String,
        _ vocabulary: ImportVocabulary
    ) throws(CommandFailure) -> [[Int]] {
        var ranked = [[(rank: Int, column: Int)]](repeating: [], count: vocabulary.fields.count)
        for (column, name) in names.enumerated() {
            guard let place = vocabulary.place(of: name) else { continue }
            guard !ranked[place.field].contains(where: { $0.rank == place.rank }) else {
                throw CommandFailure(
                    .usage,
                    "'\(path)' has the column '\(listed([name]))' twice; its columns are \(listed(names))"
                )
            }
            ranked[place.field].append((place.rank, column))
        }
        return ranked.map { $0.sorted { $0.rank < $1.rank }.map(\.column) }
    }

    /// Reads the file to its end.
    func read(
        _ next: () throws -> [UInt8],
        _ onProblem: (Int, String) -> Void,
        _ body: (LineFields) throws -> Void
    ) throws -> [String] {
        var reader = CSVReader(delimiter: delimiter)
        func take(_ record: borrowing CSVRecord) throws {
            guard record.line > headLine else { return }
            if let problem = record.problem { return onProblem(record.line, problem) }
            let values = values(record)
            guard !isNoLine(values) else { return }
            guard record.isUTF8 else {
                return onProblem(record.line, "the line is not UTF-8, as which the file is to be saved")
            }
            guard
                values.count <= names.count || values[names.count...].allSatisfy({ $0 == nil })
            else {
                let count = headLine > 0 ? "the head has" : "without a head there are"
                return onProblem(
                    record.line,
                    "there are \(values.count) fields where \(count) \(names.count)"
                )
            }
            try body(
                LineFields(line: record.line) { [columns, vocabulary] name in
                    guard let field = vocabulary.index(of: name) else { return nil }
                    for column in columns[field] where column < values.count {
                        if let value = values[column] { return value }
                    }
                    return nil
                }
            )
        }
        var piece = try next()
        while !piece.isEmpty {
            try reader.read(piece) { try take($0) }
            piece = try next()
        }
        try reader.finish { try take($0) }
        return names
    }

    /// The values of a record; nil where there is none.
    private func values(_ record: borrowing CSVRecord) -> [String?] {
        var values: [String?] = []
        values.reserveCapacity(record.count)
        for index in 0..<record.count {
            let text = record[index]
            values.append(record.isQuoted(index) ? LineReader.value(text) : Self.bare(text))
        }
        return values
    }

    /// A value that was written without quotes.
    private static func bare(_ text: String) -> String? {
        LineReader.value(text).flatMap { CSVText.noValue.contains($0) ? nil : $0 }
    }

    /// Whether a record is nothing but empty fields, a ruled line, or the head again, as in files that were joined.
    private func isNoLine(_ values: [String?]) -> Bool {
        guard let first = values.first(where: { $0 != nil }), let first else { return true }
        if let byte = first.utf8.first, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") {
            return values.allSatisfy {
                $0?.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } ?? true
            }
        }
        guard headLine > 0, vocabulary.place(of: first) != nil else { return false }
        return values.elementsEqual(names.map(LineReader.value)) {
            $0?.lowercased() == $1?.lowercased()
        }
    }
}
