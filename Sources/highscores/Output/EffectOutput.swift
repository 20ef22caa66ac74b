import JSON
import Leaderboards
import Storage

/// What a change did to leaderboards, as commands tell it.
struct Effect {
    let report: RebuildReport
    /// The order of the game before the change; nil where it stayed.
    var orderBefore: GameRules.Order?
    /// Values of Telegram's tables that follow; nil where none can.
    let deliveries: Int?

    /// The counts, as a part of a sentence; nil when nothing changed.
    func summary(isDryRun: Bool) -> String? {
        guard !report.isEmpty || (deliveries ?? 0) > 0 else { return nil }
        let boards = report.boardsAdded + report.boardsChanged + report.boardsRemoved
        let entries = report.entriesAdded + report.entriesChanged + report.entriesRemoved
        var text =
            "\(counted(boards, "leaderboard")) (\(report.boardsAdded) new, \(report.boardsRemoved) gone) and "
            + "\(counted(entries, "entry", "entries")) (\(report.entriesAdded) new, \(report.entriesRemoved) gone) "
            + (isDryRun ? "would change" : "changed")
        if let deliveries {
            text +=
                "; \(counted(deliveries, "value")) of Telegram's tables "
                + (isDryRun ? "would follow" : deliveries == 1 ? "follows" : "follow")
        }
        return text
    }

    /// Tells a person what changed.
    ///
    /// - Parameter isSampled: Whether the sample is told, too.
    func tell(isDryRun: Bool, isSampled: Bool) {
        guard let summary = summary(isDryRun: isDryRun) else { return }
        StandardError.write(line: "highscores: \(summary)")
        guard isSampled, !report.sample.isEmpty else { return }
        StandardError.write(line: "highscores: the first of them:\n\(lines.joined(separator: "\n"))")
    }

    /// One line for each difference of the sample.
    var lines: [String] {
        report.sample.map { difference in
            let board = [
                difference.board.chat == nil
                    ? "global" : "chat \(difference.chatInstance?.description ?? "?")",
                difference.board.window.rawValue, difference.board.label,
            ].filter { !$0.isEmpty }.joined(separator: " ")
            let (before, after) = scores(difference)
            return
                "  \(board), player \(difference.player): \(before.map { "\($0)" } ?? "none") to "
                + "\(after.map { "\($0)" } ?? "none")"
        }
    }

    /// The counts alone.
    var record: Record {
        Record([
            ("boards_added", .integer(Int64(report.boardsAdded))),
            ("boards_changed", .integer(Int64(report.boardsChanged))),
            ("boards_removed", .integer(Int64(report.boardsRemoved))),
            ("entries_added", .integer(Int64(report.entriesAdded))),
            ("entries_changed", .integer(Int64(report.entriesChanged))),
            ("entries_removed", .integer(Int64(report.entriesRemoved))),
        ])
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            let counts: [(String, Int)] = [
                ("boards_added", report.boardsAdded), ("boards_changed", report.boardsChanged),
                ("boards_removed", report.boardsRemoved), ("entries_added", report.entriesAdded),
                ("entries_changed", report.entriesChanged), ("entries_removed", report.entriesRemoved),
                ("deliveries", deliveries ?? 0),
            ]
            for (name, count) in counts {
                writer.key(escaping: name)
                writer.value(count)
            }
            writer.key("sample")
            writer.array { writer in
                for difference in report.sample { record(difference).write(to: &writer) }
            }
        }
    }

    private func record(_ difference: RebuildReport.Difference) -> Record {
        let (before, after) = scores(difference)
        return Record([
            ("scope", .text((difference.board.chat == nil ? Scope.global : .chat).rawValue)),
            ("chat", .optional(difference.chatInstance?.description)),
            ("window", .text(difference.board.window.rawValue)), ("label", .text(difference.board.label)),
            ("player", .text(difference.player.description)),
            ("before", before.map { .integer($0) } ?? .none),
            ("before_at", .optional(difference.before?.sortKey.achievedAt.description)),
            ("after", after.map { .integer($0) } ?? .none),
            ("after_at", .optional(difference.after?.sortKey.achievedAt.description)),
        ])
    }

    /// Scores by the order of their time.
    private func scores(_ difference: RebuildReport.Difference) -> (before: Int64?, after: Int64?) {
        let new = GameRules(order: difference.order)
        let old = GameRules(order: orderBefore ?? difference.order)
        return (
            difference.before.map { old.score(ofScoreKey: $0.sortKey.scoreKey) },
            difference.after.map { new.score(ofScoreKey: $0.sortKey.scoreKey) }
        )
    }
}

/// A number with its noun.
func counted(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
}

extension OutputOptions {
    /// Prints settings that changed; as one JSON document, together with what became of the leaderboards.
    ///
    /// - Parameters:
    ///   - columns: The fields that each of them has.
    ///   - effect: What became of the leaderboards.
    /// - Throws: ``CommandFailure`` when a field is unknown or nothing can be written.
    func print(_ records: [Record], columns: [String], with effect: Effect) throws(CommandFailure) {
        guard json else { return try print(records, columns: columns) }
        let names = try names(of: columns)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("schema", documentSchema)
            writer.key("settings")
            writer.array { for record in records { record.selecting(names).write(to: &$0) } }
            writer.key("effect")
            effect.write(to: &writer)
        }
        try StandardOutput.write(writer.text + "\n")
    }
}
