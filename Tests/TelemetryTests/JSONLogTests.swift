import JSON
import Leaderboards
import Logging
import Testing

@testable import Telemetry

/// Lines for machines: each is one JSON object, whatever it says.
@Suite struct JSONLogTests {
    private func line(_ message: String, _ metadata: Logger.Metadata?, _ handler: JSONLogHandler? = nil)
        throws -> JSONValue
    {
        let event = LogEvent(
            level: .warning,
            message: "\(message)",
            metadata: metadata,
            source: nil,
            file: "",
            function: "",
            line: 1
        )
        let bytes = (handler ?? JSONLogHandler(label: "serve")).line(event)
        #expect(bytes.last == UInt8(ascii: "\n") && bytes.count(where: { $0 == UInt8(ascii: "\n") }) == 1)
        return try JSON.parse(Array(bytes.dropLast()))
    }

    @Test func `a line tells when, how grave, by whom and what`() throws {
        let line = try line("database.lost", ["error": "refused"])
        #expect(line["level"]?.string == "warning" && line["logger"]?.string == "serve")
        #expect(line["message"]?.string == "database.lost" && line["error"]?.string == "refused")
        #expect(line["time"]?.string.flatMap { Instant(rfc3339: $0) } != nil)
    }

    @Test func `text from outside can neither end the line nor add a member`() throws {
        let text = "a\n{\"level\":\"info\"}\u{1}\"\\ \u{2028}ü"
        let line = try line(text, ["key\"\n": "\(text)"])
        #expect(line["message"]?.string == text)
        #expect(line["key\"\n"]?.string == text)
        #expect(line["level"]?.string == "warning")
    }

    @Test func `what an event says replaces what its logger always says`() throws {
        var handler = JSONLogHandler(label: "serve")
        handler[metadataKey: "bot"] = "7"
        handler[metadataKey: "port"] = "80"
        let line = try line("m", ["bot": "8"], handler)
        #expect(line["bot"]?.string == "8" && line["port"]?.string == "80")
    }
}
