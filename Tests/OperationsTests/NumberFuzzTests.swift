import Scoring
import ScoringSupport
import CSV
import JSON
import Leaderboards
import Storage
import TestSupport
import Testing

@testable import Operations

/// Whatever numbers stand in the lines of a file, they become scores or are told of.
@Suite struct NumberFuzzTests {
    private static let game = Game.sample()
    private static let names = ["player", "score", "time", "chat", "started_at", "launched_at", "run"]

    @Test func `lines of any numbers become scores or are told of`() {
        var fuzz = Fuzz(seed: 11_941)
        let now = Instant(seconds: 1_790_000_000)
        var decoder = ImportDecoder(games: [Self.game], isOfEntries: false, now: now)
        decoder.gameOfAll = Self.game
        var taken = 0
        func take(_ line: Int, _ field: (String) -> String?) {
            guard let score = try? decoder.score(line: line, field) else { return }
            taken += 1
            #expect(score.acceptedAt <= now && score.startedAt <= score.acceptedAt)
        }
        for number in 0..<60_000 {
            var reader = CSVReader()
            let line = fuzz.pick(["5,#,#,#,#,#,a\n", "#,7,1772366400,,,,b\n", "5,7,#,,#,#,\"#\"\n"])
            reader.read(fuzz.bytes(line)) { record in
                var fields: [String: String] = [:]
                for (index, name) in Self.names.enumerated() where index < record.count {
                    if !record[index].isEmpty { fields[name] = record[index] }
                }
                take(number) { fields[$0] }
            }
        }
        for number in 0..<60_000 {
            let line = ##"{"player":#,"score":#,"time":"#","started_at":"#","chat":"#"}"##
            guard let json = try? JSON.parse(fuzz.bytes(line)) else { continue }
            take(number) { json[$0]?.lenientString }
        }
        #expect(taken > 1000)
    }
}
