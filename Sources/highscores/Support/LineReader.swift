import Operations

/// In which form lines of things are exchanged.
enum LineFormat: String, CaseIterable {
    case csv, ndjson
}

/// One line of a file with its named fields.
struct LineFields {
    let line: Int
    /// Gives the text of a field by the name that the vocabulary has for it; nil where there is none, or nothing in it.
    let field: (String) -> String?
}

/// Reads named fields from CSV or JSON of any layout.
struct LineReader {
    /// How much of a text is looked at to find out its form.
    private static let sampleSize = 64 * 1024

    private let path: String
    private let format: LineFormat?
    private let vocabulary: ImportVocabulary

    init(path: String, format: LineFormat?, vocabulary: ImportVocabulary) {
        self.path = path
        self.format = format
        self.vocabulary = vocabulary
    }

    /// Reads a file to its end.
    ///
    /// - Returns: The names that the first lines give to their fields, and whether, should there be no lines, the file is
    ///   an export of nothing.
    @discardableResult
    func read(
        _ next: () throws -> [UInt8],
        onProblem: (_ line: Int, _ reason: String) -> Void,
        _ body: (LineFields) throws -> Void
    ) throws -> (names: [String], mayBeEmpty: Bool) {
        var (text, ahead) = (FileText(path: path), Lookahead())
        let sample = try ahead.peek(Self.sampleSize) { try text.next(next) }
        guard sample.contains(where: { $0 > 0x20 }) else {
            if sample.isEmpty, format == .ndjson { return ([], true) }
            throw CommandFailure(.failed, "'\(path)' is empty")
        }
        func piece() throws -> [UInt8] { try ahead.next { try text.next(next) } }
        guard format ?? (JSONLines.begin(sample) ? .ndjson : .csv) == .csv else {
            var lines = JSONLines(sample: sample, vocabulary: vocabulary)
            let names = try lines.read(piece, onProblem, body)
            return (names, sample.filter { $0 > 0x20 } == Array("[]".utf8))
        }
        let lines = try CSVLines(
            of: sample,
            isWhole: sample.count < Self.sampleSize,
            path: path,
            vocabulary: vocabulary
        )
        let names = try lines.read(piece, onProblem, body)
        return (names, ExportColumns.allCases.contains { $0.names == names })
    }

    /// Takes off what stands around a value but is none of it.
    static func value(_ text: String) -> String? {
        // The common case.
        if let first = text.utf8.first, let last = text.utf8.last, first > 0x20, first < 0x7F, last > 0x20,
            last < 0x7F
        {
            return text
        }
        guard let start = text.firstIndex(where: { !isBlank($0) }),
            let end = text.lastIndex(where: { !isBlank($0) })
        else { return nil }
        return String(text[start...end])
    }

    private static func isBlank(_ character: Character) -> Bool {
        character.isWhitespace || character == "\u{FEFF}" || character == "\0"
    }
}

/// Names as an error lists them.
func listed(_ names: [String]) -> String {
    let most = 12
    let shown = names.prefix(most).map { $0.count > 40 ? $0.prefix(40) + "…" : $0 }.joined(separator: ", ")
    return (names.count > most ? "\(shown), …" : shown).withVisibleControls
}
