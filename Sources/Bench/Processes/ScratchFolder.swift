import Foundation
import Glibc

/// The folder of one run of the bench, and what it takes to leave nothing behind.
struct ScratchFolder: Sendable {
    let path: String
    let custodian: Custodian

    /// Gives a body a folder, and removes it at the end.
    ///
    /// - Throws: ``BenchError`` when it cannot be made, and what the body throws.
    static func with<Result>(
        in parent: String,
        _ body: (ScratchFolder) async throws -> Result
    ) async throws -> Result {
        // Programs are started elsewhere, and the file system is told by the path.
        let place = realpath(parent, nil)
        defer { free(place) }
        var template = Array(
            "\(place.map { String(cString: $0) } ?? parent)/highscores-bench-XXXXXX".utf8CString
        )
        // The database server of a bench that root runs belongs to another user, who must be able to pass.
        guard mkdtemp(&template) != nil, chmod(template, 0o711) == 0 else {
            throw BenchError(
                .unprepared,
                "no folder can be made in \(parent): \(String(cString: strerror(errno))); TMPDIR names another place"
            )
        }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        let custodian: Custodian
        do {
            custodian = try Custodian(folder: path)
        } catch {
            rmdir(path)
            throw error
        }
        // It must still be there: two that remove the same folder disturb each other.
        defer { withExtendedLifetime(custodian) { try? FileManager.default.removeItem(atPath: path) } }
        return try await body(ScratchFolder(path: path, custodian: custodian))
    }

    /// The path of a file in the folder.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file that only this user can read.
    @discardableResult
    func write(_ text: String, to name: String) throws(BenchError) -> String {
        let isWritten = FileManager.default.createFile(
            atPath: file(name),
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else { throw BenchError(.failed, "\(file(name)) could not be written") }
        return file(name)
    }

    /// The text of a file, empty where there is none.
    func text(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file(name)) ?? Data(), as: UTF8.self)
    }

    /// Runs a program to its end.
    ///
    /// - Returns: What it wrote to standard output.
    /// - Throws: ``BenchError`` with the end of what it wrote when it fails or takes too long, `CancellationError`.
    func run(
        _ command: [String],
        environment: [String: String],
        within limit: Duration
    ) async throws -> String {
        let name = "run-\(UInt64.random(in: 0...UInt64.max))"
        let (output, errors) = (file(name + ".out"), file(name + ".err"))
        defer {
            unlink(output)
            unlink(errors)
        }
        let child = try ChildProcess(
            command,
            environment: environment,
            output: output,
            errors: errors,
            custodian: custodian
        )
        let code: Int32
        do {
            code = try await child.wait(within: limit)
        } catch {
            await child.stop(within: .seconds(1))
            throw error
        }
        let written = text(name + ".out")
        guard code == 0 else {
            try Task.checkCancellation()
            let said = (text(name + ".err") + written).suffix(2000)
            throw BenchError(.failed, "\(command[0]) failed with exit code \(code):\n\(said)")
        }
        return written
    }
}
