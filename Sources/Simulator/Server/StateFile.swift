import Foundation
import Logging

/// The file that keeps a simulation over restarts.
struct StateFile: Sendable {
    let path: String

    /// The state in the file; nil when there is no file.
    func load() throws -> SimulatedTelegram? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try JSONDecoder().decode(SimulatedTelegram.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// Replaces the file as a whole: a reader finds the old state or the new one.
    ///
    /// It holds tokens, so nobody else may read it.
    func save(_ telegram: SimulatedTelegram) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let temporary = path + ".new"
        let isWritten = FileManager.default.createFile(
            atPath: temporary,
            contents: try encoder.encode(telegram),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten, rename(temporary, path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
        }
    }
}

extension Simulator {
    /// How long changes are gathered before they are written, in milliseconds.
    private static let savingDelay: Int64 = 500

    /// Saves the state soon after each change, until waiting is over.
    func saveChanges(to file: StateFile) async {
        var listener = bell.listen(.anything)
        while await listener.next(within: nil, clock) {
            guard (try? await clock.sleep(Self.savingDelay)) != nil else { return }
            do {
                try file.save(read { $0 })
            } catch {
                configuration.logger.error(
                    "The simulator's state could not be saved.",
                    metadata: ["path": "\(file.path)", "error": "\(error)"]
                )
            }
        }
    }
}
