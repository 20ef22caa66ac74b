import JSON
import Leaderboards
import Operations
import Storage
import Tokens

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
    func tell(isDryRun: Bool, isSampled: Bool) {
        guard let summary = summary(isDryRun: isDryRun) else { return }
        remark("\(summary)")
        guard isSampled, !report.sample.isEmpty else { return }
        remark("the first of them:\n\(lines.joined(separator: "\n"))")
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
        [
            "boards_added": report.boardsAdded, "boards_changed": report.boardsChanged,
            "boards_removed": report.boardsRemoved, "entries_added": report.entriesAdded,
            "entries_changed": report.entriesChanged, "entries_removed": report.entriesRemoved,
        ]
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            (record + ["deliveries": deliveries ?? 0]).writeFields(to: &writer)
            writer.key("sample")
            writer.array { writer in
                for difference in report.sample { record(difference).write(to: &writer) }
            }
        }
    }

    private func record(_ difference: RebuildReport.Difference) -> Record {
        let (before, after) = scores(difference)
        return Record([
            "scope": (difference.board.chat == nil ? Scope.global : .chat).rawValue,
            "chat": difference.chatInstance, "window": difference.board.window.rawValue,
            "label": difference.board.label, "player": difference.player, "before": before,
            "before_at": difference.before?.sortKey.achievedAt, "after": after,
            "after_at": difference.after?.sortKey.achievedAt,
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

extension Effect {
    init(_ change: OperationChange) {
        self.init(
            report: change.rebuild,
            orderBefore: change.games?.before.rules.order,
            deliveries: change.deliveries
        )
    }
}

extension OutputOptions {
    /// Prints settings that changed; as one JSON document, together with what became of the leaderboards.
    ///
    /// - Parameter told: What was done, or would be, in words.
    func print(settings change: OperationChange, _ options: GuardedChangeOptions, _ told: String) throws {
        let (records, isDryRun, effect) = (
            change.settings.map { Record($0) }, options.isDryRun, Effect(change)
        )
        if json {
            let names = try names(of: Record.settingColumns)
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("schema", documentSchema)
                change.writeTerms(isDryRun: isDryRun, to: &writer)
                writer.key("settings")
                writer.array { for record in records { record.selecting(names).write(to: &$0) } }
                writer.key("effect")
                effect.write(to: &writer)
            }
            try StandardOutput.write(writer.text + "\n")
        } else {
            try print(records, columns: Record.settingColumns)
        }
        remark(told)
        effect.tell(isDryRun: isDryRun, isSampled: isDryRun && !json)
        change.tellWayBack(isDryRun: isDryRun)
    }
}

extension OperationChange {
    /// What is to be known of a change besides what it changes.
    func writeTerms(isDryRun: Bool, to writer: inout JSONWriter) {
        writer.member("dry_run", isDryRun)
        writer.member("rows", rows)
        writer.member("plan", plan.description)
        writer.member("audit", orNull: isDryRun ? nil : audit?.description)
    }

    /// How what was shown is done, or what was done is undone.
    func tellWayBack(isDryRun: Bool) {
        guard !isEmpty else { return }
        if isDryRun {
            remark("\(counted(rows, "row")); '--plan \(plan)' does just this or nothing")
        } else if let audit, erasure == nil, namesHidden == 0 {
            remark("'highscores audit undo \(audit)' takes it back")
        }
    }
}

extension OperationChange.Setting {
    /// Such as `keep: best → latest`.
    var words: String {
        let texts = [before, after].map { $0.plain.isEmpty ? "none" : $0.plain.withVisibleControls }
        return "\(name): \(texts[0]) → \(texts[1])"
    }
}

extension Record {
    static let settingColumns = ["setting", "before", "after"]

    init(_ setting: OperationChange.Setting) {
        self.init(["setting": setting.name, "before": setting.before, "after": setting.after])
    }
}
