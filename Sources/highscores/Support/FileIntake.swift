import Scoring
import Synchronization

/// A file on its way into the database: what was read, what could not be taken, and how far it is.
final class FileIntake: Sendable {
    private struct State {
        var lines = 0
        var bytes = 0
        var rejected = 0
        var isRead = false
    }

    private let file: InputFile
    private let reader: LineReader
    let progress: Progress
    private let state = Mutex(State())

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - options: Which.
    ///   - columns: The columns of a CSV file without a head.
    ///   - activity: What is being done with it.
    /// - Throws: ``CommandFailure`` when it cannot be opened.
    init(_ options: ImportFileOptions, columns: [String], activity: String) throws(CommandFailure) {
        file = try InputFile(options.file)
        reader = LineReader(format: options.format, plainColumns: columns)
        progress = Progress(activity, of: nil, "lines")
    }

    /// How many lines could not be taken.
    var rejected: Int { state.withLock { $0.rejected } }

    /// Tells of a line that cannot be taken.
    ///
    /// - Parameters:
    ///   - line: Its number.
    ///   - reason: Why.
    func reject(_ line: Int, _ reason: String) {
        state.withLock { $0.rejected += 1 }
        StandardError.write(line: "\(file.path):\(line): \(reason.withVisibleControls)")
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
    /// - Parameters:
    ///   - decode: Makes something of a line; nil where it was rejected.
    ///   - take: Given what was made.
    /// - Throws: ``CommandFailure`` when it cannot be read, and what the closures throw.
    func read<Line>(_ decode: (LineFields) throws -> Line?, take: (Line) throws -> Void) throws {
        let isAgain = state.withLock { state in
            defer { state.isRead = true }
            return state.isRead
        }
        guard !isAgain else {
            throw CommandFailure(.temporary, "the schema changed while the file was read; import it again")
        }
        try reader.read(
            {
                let piece = try file.read()
                state.withLock { $0.bytes += piece.count }
                return piece
            },
            onProblem: { reject($0, $1) },
            { fields in
                if let line = try decode(fields) { try take(line) }
                note()
            }
        )
    }

    /// Ends the command.
    ///
    /// - Throws: ``CommandFailure`` with ``ExitStatus/partly`` when lines could not be taken.
    func finish() throws(CommandFailure) {
        let rejected = rejected
        guard rejected > 0 else { return }
        throw CommandFailure(.partly, "\(counted(rejected, "line")) could not be taken, as told above")
    }

    /// Counts a line, and shows how far the file is by the bytes that were read.
    private func note() {
        let (lines, bytes) = state.withLock { state in
            state.lines += 1
            return (state.lines, state.bytes)
        }
        guard lines.isMultiple(of: 1000) else { return }
        let share = file.size.map { Double(bytes) / Double(max($0, 1)) }
        progress.show(lines, of: share.map { Int(Double(lines) / max($0, 1e-9)) })
    }
}
