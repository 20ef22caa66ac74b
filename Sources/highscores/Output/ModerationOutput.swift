import JSON
import Leaderboards
import Operations
import Storage

extension OutputOptions {
    /// Shows what a change did, or would do.
    ///
    /// - Parameter remark: The same in words; nil tells that nothing was to be changed.
    /// - Throws: ``CommandFailure`` when a field is unknown or nothing can be written.
    func print(_ change: ModerationChange, isDryRun: Bool, _ remark: String) throws(CommandFailure) {
        let (records, columns) = change.records(isDryRun: isDryRun)
        if json {
            let names = try names(of: columns)
            var writer = JSONWriter()
            change.write(records.map { $0.selecting(names) }, isDryRun: isDryRun, to: &writer)
            try StandardOutput.write(writer.text + "\n")
        } else {
            try print(
                Array(records.prefix(isDryRun ? RebuildReport.sampleLimit : records.count)),
                columns: columns
            )
        }
        guard !change.isEmpty else {
            return StandardError.write(
                line: "highscores: nothing matches, or it is like that already; nothing was changed"
            )
        }
        StandardError.write(line: "highscores: \(isDryRun ? "dry run: would " : "")\(remark)")
        Effect(report: change.rebuild, deliveries: change.deliveries)
            .tell(isDryRun: isDryRun, isSampled: isDryRun && !json)
        if isDryRun {
            StandardError.write(
                line:
                    "highscores: \(counted(change.rows, "row")); '--plan \(change.plan)' does just this or nothing"
            )
        } else if let audit = change.audit, change.erasure == nil, change.namesHidden == 0 {
            StandardError.write(line: "highscores: 'highscores audit undo \(audit)' takes it back")
        }
    }
}

extension ModerationChange {
    /// What changed, one thing a line, and the fields that each line has.
    fileprivate func records(isDryRun: Bool) -> (records: [Record], columns: [String]) {
        if !settings.isEmpty {
            let records = settings.map { setting in
                Record([
                    ("setting", .text(setting.name)), ("before", .init(setting.before)),
                    ("after", .init(setting.after)),
                ])
            }
            return (records, ["setting", "before", "after"])
        }
        if !bans.isEmpty {
            let names = Dictionary(bannedGames.map { ($0.id, $0.name) }) { first, _ in first }
            let records = bans.map { ban in
                Record([
                    ("player", .text(ban.player.description)), ("bot", .text(ban.bot.description)),
                    ("game", .optional(ban.game.map { names[$0] ?? $0.description })),
                    ("banned", .flag(!liftsBans)),
                ])
            }
            return (records, ["player", "bot", "game", "banned"])
        }
        if let erasure {
            // The entry of a rehearsal is never written.
            let record = Record(erasure, entries: rebuild.entriesRemoved, audit: isDryRun ? nil : audit)
            return ([record], Record.erasureColumns)
        }
        let records = runs.map { before, after in
            Record([
                ("run", .text(after.key.run.description)), ("player", .text(after.player.description)),
                ("counted", .flag(before.counts)), ("counts", .flag(after.counts)),
                ("score_before", .integer(Int64(before.score.value))),
                ("score", .integer(Int64(after.score.value))),
            ])
        }
        return (records, ["run", "player", "counted", "counts", "score_before", "score"])
    }

    fileprivate func write(_ records: [Record], isDryRun: Bool, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("schema", documentSchema)
            writer.member("dry_run", isDryRun)
            writer.member("rows", rows)
            writer.member("plan", plan.description)
            writer.member("audit", orNull: isDryRun ? nil : audit?.description)
            writer.key("changes")
            writer.array { for record in records { record.write(to: &$0) } }
            writer.key("effect")
            Effect(report: rebuild, deliveries: deliveries).write(to: &writer)
        }
    }
}

extension Record {
    fileprivate static let erasureColumns = [
        "profiles", "runs", "corrections", "entries", "bans", "audit_entries", "pending_telegram_tables",
        "audit",
    ]

    fileprivate init(_ erasure: ErasureCount, entries: Int, audit: AuditID?) {
        self.init([
            ("profiles", .integer(Int64(erasure.profiles))), ("runs", .integer(Int64(erasure.runs))),
            ("corrections", .integer(Int64(erasure.corrections))), ("entries", .integer(Int64(entries))),
            ("bans", .integer(Int64(erasure.bans))), ("audit_entries", .integer(Int64(erasure.auditEntries))),
            ("pending_telegram_tables", .integer(Int64(erasure.pendingDeliveries))),
            ("audit", .optional(audit?.description)),
        ])
    }
}
