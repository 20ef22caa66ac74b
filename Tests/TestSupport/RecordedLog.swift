package import Logging

/// What was logged, in order.
package struct RecordedLog: LogHandler {
    /// One line.
    package struct Line: Sendable {
        package let level: Logger.Level
        package let message: String
        package let metadata: Logger.Metadata
    }

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let recorder = Recorder<Line>()

    /// Takes lines of a level or a more severe one.
    package init(level: Logger.Level = .trace) { logLevel = level }

    package var lines: [Line] { recorder.all }

    /// A logger that writes here.
    package var logger: Logger { Logger(label: "test") { _ in self } }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let metadata = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:])
        { $1 }
        recorder.record(Line(level: event.level, message: event.message.description, metadata: metadata))
    }
}
