import Foundation
import Glibc
import Operations

/// The right to run the demo in a folder, of which there is one: a second demo would set the game of the first to an
/// address of its own.
///
/// It is a lock on a file that names the address, which the system takes back when the process ends, however it does.
package final class DemoClaim: Sendable {
    private let descriptor: Int32

    /// Claims a folder, which is made where it is missing.
    ///
    /// - Throws: ``OperationError/conflict(_:)`` that says where the demo of the folder runs.
    init(folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = Self.path(in: folder)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw OperationError.invalid("cannot write to '\(folder)': \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            let place = Self.address(in: path).map { "at \($0)" } ?? "and is just starting"
            throw OperationError.conflict(
                "a demo runs in '\(folder)' already, \(place); set HIGHSCORES_DATA to another folder for a second one"
            )
        }
        ftruncate(descriptor, 0)
    }

    deinit { close(descriptor) }

    /// Notes where the demo is to be opened.
    func tell(_ address: String) {
        ftruncate(descriptor, 0)
        _ = Array("\(address)\n".utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// Where the demo of a folder is to be opened; nil where none runs.
    package static func runningAddress(folder: String) -> String? {
        let descriptor = open(path(in: folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // A shared claim fails exactly while somebody has the whole one.
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return address(in: path(in: folder))
    }

    private static func path(in folder: String) -> String { "\(folder)/demo" }

    private static func address(in path: String) -> String? {
        let text = try? String(contentsOfFile: path, encoding: .utf8)
        return text?.split(whereSeparator: \.isNewline).first.map(String.init)
    }
}
