import JSON
package import Leaderboards
package import Storage

/// The form of a backup, which people can read.
///
///     highscores backup 1
///     {"program":"0.1.0", … }
///     COPY bots (bot_id, username, created_at)
///     7	arcade_bot	2026-03-01 12:00:00+00
///     \.
///     …
///     {"rows":{"bots":1, … },"sha256":"…"}
///
/// A line for each row in PostgreSQL's text format, in which no row is the mark `\.`; the checksum is that of all lines
/// before the last.
enum BackupFormat {
    static let version = 1
    static let magic = "highscores backup "
    static let tableStart = "COPY "
    static let tableEnd = Array("\\.\n".utf8)
}

/// What a backup says of itself before its tables.
package struct BackupHead: Hashable, Sendable {
    /// The version of the program that made it.
    package let program: String
    /// The version of PostgreSQL that it was read from.
    package let server: String
    /// What was acknowledged before is in it, what was acknowledged later is not.
    package let takenAt: Instant
    let steps: [SchemaStep]

    package init(program: String, server: String, takenAt: Instant, steps: [SchemaStep]) {
        (self.program, self.server, self.takenAt, self.steps) = (program, server, takenAt, steps)
    }

    var text: String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("program", program)
            writer.member("postgresql", server)
            writer.member("taken_at", "\(takenAt)")
            writer.key("schema")
            writer.array { writer in
                for step in steps {
                    writer.object { writer in
                        writer.member("number", step.number)
                        writer.member("sha256", step.checksum)
                    }
                }
            }
        }
        return writer.text
    }

    init?(_ line: [UInt8]) {
        guard let json = try? JSON.parse(line), let program = json["program"]?.string,
            let server = json["postgresql"]?.string,
            let takenAt = json["taken_at"]?.string.flatMap(Instant.init(rfc3339:))
        else { return nil }
        let steps = json["schema"]?.elements.compactMap { step -> SchemaStep? in
            guard let number = step["number"]?.int64, let checksum = step["sha256"]?.string else {
                return nil
            }
            return SchemaStep(number: Int(number), checksum: checksum)
        }
        self.init(program: program, server: server, takenAt: takenAt, steps: steps ?? [])
    }
}

/// What a backup holds.
package struct BackupSummary: Hashable, Sendable {
    package let head: BackupHead
    /// How many rows each table has.
    package let counts: [String: Int]
    /// The SHA-256 of all but the last line, in hexadecimal digits.
    let checksum: String

    package var rows: Int { counts.values.reduce(0, +) }

    /// The last line of the file.
    static func text(counts: [(name: String, rows: Int)], checksum: String) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("rows")
            writer.object { writer in
                for (name, rows) in counts {
                    writer.key(escaping: name)
                    writer.value(rows)
                }
            }
            writer.member("sha256", checksum)
        }
        return writer.text
    }
}

/// Why a file cannot be restored; follows the file's name.
package enum BackupError: Error, Hashable, CustomStringConvertible {
    case foreign
    case newer(String)
    case damaged(String)

    package var description: String {
        switch self {
        case .foreign: "is no backup of highscores"
        case .newer(let format): "is a backup of format \(format), which a newer program reads"
        case .damaged(let reason): "is damaged: \(reason)"
        }
    }
}
