import Glibc
import JSON
import Leaderboards
package import Logging
import Scoring
import Synchronization

/// Writes events to standard error, one a line: as JSON objects for machines that collect logs, or as text for people.
package struct LineLogHandler: LogHandler {
    /// Lines of several threads must not run into one another.
    private static let output = Mutex(())

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level = .info
    private let label: String
    private let isJSON: Bool

    package init(label: String, isJSON: Bool) {
        self.label = label
        self.isJSON = isJSON
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let line = line(event, at: .now)
        Self.output.withLock { _ in
            _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }

    /// The event as it is written.
    func line(_ event: LogEvent, at time: Instant) -> [UInt8] {
        var all = metadata.merging(metadataProvider?.get() ?? [:]) { _, new in new }
        if let more = event.metadata { all.merge(more) { _, new in new } }
        // An empty value says nothing.
        let fields = all.map { ($0.key, $0.value.description) }.filter { !$0.1.isEmpty }.sorted {
            $0.0 < $1.0
        }
        return isJSON ? object(event, fields, time) : text(event, fields, time)
    }

    private func object(_ event: LogEvent, _ fields: [(String, String)], _ time: Instant) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("time", time.description)
            writer.member("level", event.level.rawValue)
            writer.member("logger", label)
            writer.member("message", event.message.description)
            for (key, value) in fields {
                writer.key(escaping: key)
                writer.value(value)
            }
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// Time, level and message, then what belongs to it as `key=value`, quoted where a value has a space in it.
    private func text(_ event: LogEvent, _ fields: [(String, String)], _ time: Instant) -> [UInt8] {
        var line = "\(time) \(event.level.rawValue) \(event.message.description.onOneLine)"
        for (key, value) in fields {
            let isPlain = value.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
            line += " \(key.onOneLine)=" + (isPlain ? value : "\"\(value.onOneLine)\"")
        }
        return Array("\(line)\n".utf8)
    }
}

extension String {
    /// The text without what would end a line, drive a terminal or end quotes.
    fileprivate var onOneLine: String {
        guard unicodeScalars.contains(where: { $0.mustBeEscaped }) else { return self }
        return unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar.mustBeEscaped ? scalar.escaped(asASCII: true) : String(scalar)
        }
    }
}

extension Unicode.Scalar {
    fileprivate var mustBeEscaped: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: self == "\"" || self == "\\"
        }
    }
}
