import JSON
package import Leaderboards
import Postgres
package import Storage

extension AuditRecord {
    /// What differs between what stood before and what stands after, for people: a setting, a run or a ban each.
    ///
    /// - Parameter games: Those that there are, which documents name by their numbers.
    package func differences(among games: [Game]) -> [OperationChange.Setting] {
        let old = before.flatMap { try? JSON.parse($0.bytes) }
        let new = after.flatMap { try? JSON.parse($0.bytes) }
        if let runs = ModerationDocument.runs(new) {
            let earlier = Dictionary((ModerationDocument.runs(old) ?? []).map { ($0.run, $0) }) { $1 }
            return runs.map { run in
                OperationChange.Setting(
                    name: "run \(run.run)" + (run.player.map { " of player \($0)" } ?? ""),
                    before: earlier[run.run].map { .text($0.words) } ?? .none,
                    after: .text(run.words)
                )
            }
        }
        if let bans = ModerationDocument.bans(new ?? old) {
            return bans.map { ban in
                let place = ban.place(among: games)
                let (banned, free) = (
                    FieldValue.text("banned from \(place)"), FieldValue.text("may play \(place)")
                )
                return OperationChange.Setting(
                    name: "player \(ban.player)",
                    before: new == nil ? banned : free,
                    after: new == nil ? free : banned
                )
            }
        }
        // The newer document may know of more settings, the older one of some that are gone.
        let names = [new, old].compactMap(\.self).flatMap { $0.entries.map(\.key) }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }.compactMap { name in
            let (was, became) = (FieldValue(old?[name]), FieldValue(new?[name]))
            return was == became ? nil : OperationChange.Setting(name: name, before: was, after: became)
        }
    }
}

extension ModerationDocument.LoggedRun {
    /// How it counted.
    fileprivate var words: String {
        guard !counts else { return "\(score.value)" }
        let why =
            switch correction {
            case .remove: "removed"
            case .refuse: "refused"
            default: "not counted"
            }
        return "\(why) (\(score.value))"
    }
}

extension Ban {
    fileprivate func place(among games: [Game]) -> String {
        if let game { return games.first { $0.id == game }?.name ?? "a game that is gone" }
        return "all games of \(games.first { $0.bot == bot }?.botUsername ?? bot.description)"
    }
}

extension FieldValue {
    /// A value of a document.
    fileprivate init(_ value: JSONValue?) {
        self =
            switch value?.kind {
            case nil, .null: .none
            case .bool: .flag(value?.bool == true)
            case .number: .amount(value?.numberText ?? "")
            case .string: .text(value?.string ?? "")
            case .array where value?.elements.allSatisfy { $0.kind == .string } == true:
                .list(value?.elements.compactMap(\.string) ?? [])
            default: .json(value.map { String(decoding: $0.raw, as: UTF8.self) } ?? "")
            }
    }
}
