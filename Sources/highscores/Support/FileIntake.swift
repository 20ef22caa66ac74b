import Operations
import Synchronization

/// A file on its way into the database: what was read, what could not be taken, and how far it is.
final class FileIntake: Sendable {
    private struct State {
        var lines = 0
        var bytes = 0
        var complaints = LineComplaints()
        var isRead = false
        /// The names that the file has for its fields.
        var names: [String] = []
        /// Whether a file of this kind without lines is one of ours.
        var mayBeEmpty = false
    }

    private let path: String
    private let size: Int?
    private let next: @Sendable () throws -> [UInt8]
    private let tell: @Sendable (String) -> Void
    private let reader: LineReader
    private let vocabulary: ImportVocabulary
    let progress: Progress
    private let state = Mutex(State())

    static func open(
        _ options: ImportFileOptions,
        _ vocabulary: ImportVocabulary,
        activity: String
    ) throws(CommandFailure) -> FileIntake {
        let file = try InputFile(options.file)
        return FileIntake(
            path: options.file,
            size: file.size,
            reader: LineReader(path: options.file, format: options.format, vocabulary: vocabulary),
            vocabulary,
            progress: Progress(activity, of: nil, "lines"),
            tell: { StandardError.write(line: $0) },
            next: { try file.read() }
        )
    }

    /// Prepares for what is a file, or stands for one.
    init(
        path: String,
        size: Int?,
        reader: LineReader,
        _ vocabulary: ImportVocabulary,
        progress: Progress,
        tell: @escaping @Sendable (String) -> Void,
        next: @escaping @Sendable () throws -> [UInt8]
    ) {
        (self.path, self.size, self.reader) = (path, size, reader)
        (self.vocabulary, self.progress) = (vocabulary, progress)
        (self.tell, self.next) = (tell, next)
    }

    /// Whether there are any lines.
    var hasLines: Bool { state.withLock { $0.lines > 0 } }

    /// How many lines could not be taken.
    var rejected: Int { state.withLock { $0.complaints.count } }

    /// Tells of a line that cannot be taken.
    func reject(_ line: Int, _ reason: String) {
        if let text = state.withLock({ $0.complaints.add(line, reason) }) {
            tell("\(path):\(text.withVisibleControls)")
        }
    }

    /// Shows what is being done once the file is read.
    func show(_ step: ImportStep) {
        let lines = state.withLock { $0.lines }
        switch step {
        case .merging: progress.show(lines, of: lines, note: "putting them into the log")
        case .rebuilding(let done, let all):
            progress.show(lines, of: lines, note: "leaderboards, step \(done) of \(all)")
        }
    }

    /// Reads the file to its end; once only.
    ///
    /// - Parameter decode: Makes something of a line; what it throws is told, and the line passed over.
    func read<Line>(
        _ decode: (LineFields) throws(OperationError) -> Line,
        take: (Line) throws -> Void
    ) throws {
        let isAgain = state.withLock { state in
            defer { state.isRead = true }
            return state.isRead
        }
        guard !isAgain else {
            throw CommandFailure(.temporary, "the schema changed while the file was read; import it again")
        }
        let (names, mayBeEmpty) = try reader.read(
            {
                let piece = try next()
                state.withLock { $0.bytes += piece.count }
                return piece
            },
            onProblem: { line, reason in
                reject(line, reason)
                note()
            },
            { fields in
                let line: Line?
                do throws(OperationError) { line = try decode(fields) } catch {
                    reject(fields.line, error.description)
                    line = nil
                }
                if let line { try take(line) }
                note()
            }
        )
        state.withLock { ($0.names, $0.mayBeEmpty) = (names, mayBeEmpty) }
    }

    /// Ends the command.
    ///
    /// - Throws: ``CommandFailure`` with ``ExitStatus/partly`` when lines could not be taken, with ``ExitStatus/failed``
    ///   when there were none that could, unless the file is an export of nothing.
    func finish() throws(CommandFailure) {
        let (lines, complaints, names) = state.withLock { ($0.lines, $0.complaints, $0.names) }
        if lines == 0, state.withLock({ $0.mayBeEmpty }) {
            return tell("highscores: '\(path)' has no lines".withVisibleControls)
        }
        guard lines == 0 || complaints.count > 0 else { return }
        guard lines == complaints.count else { throw CommandFailure(.partly, complaints.summary) }
        let fields =
            (names.isEmpty ? "; " : "; its fields are \(listed(names)), ")
            + "expected are \(vocabulary.expectation)"
        let reason = lines == 0 ? "it has no lines" : complaints.summary
        throw CommandFailure(.failed, "nothing of '\(path)' could be taken: \(reason)\(fields)")
    }

    /// Counts a line, and shows how far the file is by the bytes that were read.
    private func note() {
        let (lines, bytes) = state.withLock { state in
            state.lines += 1
            return (state.lines, state.bytes)
        }
        guard lines.isMultiple(of: 1000) else { return }
        let share = size.map { Double(bytes) / Double(max($0, 1)) }
        progress.show(lines, of: share.map { Int(Double(lines) / max($0, 1e-9)) })
    }
}
