import Glibc
import JSON
import Leaderboards
package import Logging
import Scoring
import Synchronization

/// Writes one JSON object a line to standard error, for machines that collect logs.
package struct JSONLogHandler: LogHandler {
    /// Lines of several threads must not run into one another.
    private static let output = Mutex(())

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level = .info
    private let label: String

    package init(label: String) { self.label = label }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = line(event)
        Self.output.withLock { _ in
            _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }

    /// The event as it is written.
    func line(_ event: LogEvent) -> [UInt8] {
        var fields = metadata.merging(metadataProvider?.get() ?? [:]) { _, new in new }
        if let more = event.metadata { fields.merge(more) { _, new in new } }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("time", Instant.now.description)
            writer.member("level", event.level.rawValue)
            writer.member("logger", label)
            writer.member("message", event.message.description)
            for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
                writer.key(escaping: key)
                writer.value(value.description)
            }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}
