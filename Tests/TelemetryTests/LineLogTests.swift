import JSON
import Leaderboards
import Logging
import Testing

@testable import Telemetry

/// Lines for machines are one JSON object each, whatever they say; lines for people begin with what happened.
@Suite struct LineLogTests {
    private func line(_ message: String, _ metadata: Logger.Metadata?, _ handler: LineLogHandler? = nil)
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
        let handler = handler ?? LineLogHandler(label: "serve", isJSON: true)
        let bytes = handler.line(event, at: Instant(milliseconds: 0))
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
        var handler = LineLogHandler(label: "serve", isJSON: true)
        handler[metadataKey: "bot"] = "7"
        handler[metadataKey: "port"] = "80"
        let line = try line("m", ["bot": "8"], handler)
        #expect(line["bot"]?.string == "8" && line["port"]?.string == "80")
    }

    @Test func `a line for people has the event first, then what belongs to it, and no more than one line`()
        throws
    {
        var handler = LineLogHandler(label: "serve", isJSON: false)
        handler[metadataKey: "bot"] = "7"
        let event = LogEvent(
            level: .warning,
            message: "database.lost",
            metadata: ["reason": "no \"answer\"\nfrom \u{1B}[31mdb", "empty": "", "port": "80"],
            source: nil,
            file: "",
            function: "",
            line: 1
        )
        let time = try #require(Instant(rfc3339: "2026-03-01T12:30:00.125Z"))
        #expect(
            String(decoding: handler.line(event, at: time), as: UTF8.self)
                == "\(time) warning database.lost bot=7 port=80 "
                + #"reason="no \"answer\"\nfrom \u{1B}[31mdb""# + "\n"
        )
    }

    @Test func `an empty value is left out`() throws {
        let line = try line("m", ["reason": "", "bot": "8"])
        #expect(line["reason"] == nil && line["bot"]?.string == "8")
    }
}
