import JSON
import Leaderboards
import Operations
import Storage
import Tokens

extension OutputOptions {
    /// Shows what a change did, or would do; in words by verbs for both, and by what was changed.
    func print(
        _ change: OperationChange,
        _ options: GuardedChangeOptions,
        _ would: String,
        _ did: String,
        _ object: String
    ) throws(CommandFailure) {
        let isDryRun = options.isDryRun
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
            return remark("nothing matches, or it is like that already; nothing was changed")
        }
        remark("\(isDryRun ? "dry run: would \(would)" : did) \(object)")
        Effect(change).tell(isDryRun: isDryRun, isSampled: isDryRun && !json)
        change.tellWayBack(isDryRun: isDryRun)
    }
}

extension OperationChange {
    /// What changed, one thing a line, and the fields that each line has.
    fileprivate func records(isDryRun: Bool) -> (records: [Record], columns: [String]) {
        if !settings.isEmpty {
            return (settings.map { Record($0) }, Record.settingColumns)
        }
        if !bans.isEmpty {
            let names = Dictionary(bannedGames.map { ($0.id, $0.name) }) { first, _ in first }
            let records = bans.map { ban in
                Record([
                    "player": ban.player, "bot": ban.bot,
                    "game": ban.game.map { names[$0] ?? $0.description }, "banned": !liftsBans,
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
                "run": after.key.run, "player": after.player, "counted": before.counts,
                "counts": after.counts, "score_before": before.score.value, "score": after.score.value,
            ])
        }
        return (records, ["run", "player", "counted", "counts", "score_before", "score"])
    }

    fileprivate func write(_ records: [Record], isDryRun: Bool, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("schema", documentSchema)
            writeTerms(isDryRun: isDryRun, to: &writer)
            writer.key("changes")
            writer.array { for record in records { record.write(to: &$0) } }
            writer.key("effect")
            Effect(self).write(to: &writer)
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
            "profiles": erasure.profiles, "runs": erasure.runs, "corrections": erasure.corrections,
            "entries": entries, "bans": erasure.bans, "audit_entries": erasure.auditEntries,
            "pending_telegram_tables": erasure.pendingDeliveries, "audit": audit,
        ])
    }
}
