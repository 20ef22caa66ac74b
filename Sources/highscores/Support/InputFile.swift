import CSV
import Glibc
import JSON

/// A file, or standard input, that is read piece by piece.
final class InputFile: Sendable {
    let path: String
    private let descriptor: Int32
    /// How many bytes it has; nil where that is not known.
    let size: Int?

    /// Opens a file.
    ///
    /// - Parameter path: Where it is; `-` is standard input.
    /// - Throws: ``CommandFailure`` when it cannot be opened.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CommandFailure(.notFound, "cannot open '\(path)': \(String(cString: strerror(errno)))")
        }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT != S_IFDIR else {
            throw CommandFailure(.usage, "'\(path)' is a folder")
        }
        size = facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// Reads the next piece.
    ///
    /// - Returns: Some bytes; none at the end.
    /// - Throws: ``CommandFailure`` when it cannot be read, or the task is cancelled, also while waiting for input.
    func read() throws(CommandFailure) -> [UInt8] {
        while true {
            guard !Task.isCancelled else { throw CommandFailure(.interrupted, "interrupted") }
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 200) > 0 else { continue }
            let size = 128 * 1024
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
                count = Glibc.read(descriptor, buffer.baseAddress, size)
                initialized = max(count, 0)
            }
            guard count < 0 else { return bytes }
            guard errno == EINTR || errno == EAGAIN else {
                throw CommandFailure(.failed, "cannot read '\(path)': \(String(cString: strerror(errno)))")
            }
        }
    }
}

/// In which form lines of things are exchanged.
enum LineFormat: String, CaseIterable {
    case csv, ndjson
}

/// One line of a file with its named fields.
struct LineFields {
    let line: Int
    /// Gives the text of a field; nil where there is none.
    let field: (String) -> String?
}

/// Reads named fields from CSV or NDJSON.
struct LineReader {
    private let format: LineFormat?
    private let plainColumns: [String]

    /// Prepares for a file.
    ///
    /// - Parameters:
    ///   - format: Its form; nil finds out by its first byte.
    ///   - plainColumns: The columns of a CSV file without a head, which is one whose first field is a number.
    init(format: LineFormat?, plainColumns: [String]) {
        self.format = format
        self.plainColumns = plainColumns
    }

    /// Reads a file to its end.
    ///
    /// - Parameters:
    ///   - next: Gives the next piece; an empty one ends it.
    ///   - onProblem: Told of lines that cannot be read at all.
    ///   - body: Given the others.
    /// - Throws: What the closures throw.
    func read(
        _ next: () throws -> [UInt8],
        onProblem: (_ line: Int, _ reason: String) -> Void,
        _ body: (LineFields) throws -> Void
    ) throws {
        var first = try next()
        func opening() -> UInt8? { first.first { $0 > 0x20 && ![0xEF, 0xBB, 0xBF].contains($0) } }
        while !first.isEmpty, opening() == nil {
            let more = try next()
            guard !more.isEmpty else { break }
            first += more
        }
        switch format ?? (opening() == UInt8(ascii: "{") ? .ndjson : .csv) {
        case .csv: try readCSV(first, next, onProblem, body)
        case .ndjson: try readJSON(first, next, onProblem, body)
        }
    }

    private func readCSV(
        _ first: [UInt8],
        _ next: () throws -> [UInt8],
        _ onProblem: (Int, String) -> Void,
        _ body: (LineFields) throws -> Void
    ) throws {
        var columns: [String: Int] = [:]
        func take(_ record: borrowing CSVRecord) throws {
            let line = record.line
            if let problem = record.problem { return onProblem(line, problem) }
            let fields = record.fields
            if columns.isEmpty {
                let isHead = Int64(fields[0]) == nil
                let names = isHead ? fields.map { $0.lowercased() } : plainColumns
                for (index, name) in names.enumerated() where columns[name] == nil { columns[name] = index }
                if isHead { return }
            }
            guard fields.count <= columns.count else {
                return onProblem(line, "there are \(fields.count) fields where the head has \(columns.count)")
            }
            try body(
                LineFields(line: line) { name in
                    columns[name].flatMap { $0 < fields.count ? fields[$0] : nil }
                }
            )
        }
        var reader = CSVReader()
        var piece = first
        while !piece.isEmpty {
            try reader.read(piece) { try take($0) }
            piece = try next()
        }
        try reader.finish { try take($0) }
    }

    private func readJSON(
        _ first: [UInt8],
        _ next: () throws -> [UInt8],
        _ onProblem: (Int, String) -> Void,
        _ body: (LineFields) throws -> Void
    ) throws {
        var (piece, rest, line) = (first, [UInt8](), 0)
        func take(_ bytes: some Collection<UInt8>) throws {
            line += 1
            guard bytes.contains(where: { $0 > 0x20 }) else { return }
            let value: JSONValue
            do { value = try JSON.parse(Array(bytes)) } catch { return onProblem(line, "\(error)") }
            guard value.kind == .object else { return onProblem(line, "the line is no JSON object") }
            // A page of Nakama's listing has its records in a list.
            guard let records = value["records"], records.kind == .array else {
                return try body(Self.fields(of: value, line))
            }
            for record in records.elements { try body(Self.fields(of: record, line)) }
        }
        while !piece.isEmpty {
            var start = piece.startIndex
            while let end = piece[start...].firstIndex(of: UInt8(ascii: "\n")) {
                if rest.isEmpty {
                    try take(piece[start..<end])
                } else {
                    try take(rest + piece[start..<end])
                    rest = []
                }
                start = end + 1
            }
            rest += piece[start...]
            piece = try next()
        }
        if !rest.isEmpty { try take(rest) }
    }

    private static func fields(of value: JSONValue, _ line: Int) -> LineFields {
        LineFields(line: line) { name in
            guard let member = value[name], !member.isNull else { return nil }
            switch member.kind {
            case .string, .number: return member.lenientString
            // Lists of words, as in "reasons"; anything else goes on as it is written.
            case .array where member.elements.allSatisfy({ $0.kind == .string }):
                return member.elements.compactMap(\.string).joined(separator: " ")
            default: return String(decoding: member.raw, as: UTF8.self)
            }
        }
    }
}
