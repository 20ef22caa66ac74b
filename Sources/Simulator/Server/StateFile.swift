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

/// Saves the state soon after it has changed.
struct StateSaver: Sendable {
    /// How long changes are gathered before they are written, in milliseconds.
    private static let delay: Int64 = 500

    let simulator: Simulator
    let file: StateFile

    func run() async {
        var listener = simulator.bell.listen(.anything)
        while await listener.next(within: nil, simulator.clock) {
            guard (try? await simulator.clock.sleep(Self.delay)) != nil else { return }
            do {
                try save()
            } catch {
                simulator.configuration.logger.error(
                    "The simulator's state could not be saved.",
                    metadata: ["path": "\(file.path)", "error": "\(error)"]
                )
            }
        }
    }

    func save() throws {
        try file.save(simulator.read { $0 })
    }
}
