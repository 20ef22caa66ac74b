import Foundation
import Logging

extension SimulatedTelegram {
    /// The state in the file that keeps it over restarts; nil when there is no file.
    static func load(from path: String) throws -> SimulatedTelegram? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// Replaces the file as a whole: a reader finds the old state or the new one.
    ///
    /// It holds tokens, so nobody else may read it.
    func save(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let temporary = path + ".new"
        let isWritten = FileManager.default.createFile(
            atPath: temporary,
            contents: try encoder.encode(self),
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
    func saveChanges(to path: String) async {
        var listener = bell.listen(.anything)
        while await listener.next(within: nil, clock) {
            guard (try? await clock.sleep(Self.savingDelay)) != nil else { return }
            do {
                try read { $0 }.save(to: path)
            } catch {
                configuration.logger.error(
                    "simulator.save_failed",
                    metadata: ["path": "\(path)", "reason": "\(error)"]
                )
            }
        }
    }
}
