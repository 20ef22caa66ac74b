import Leaderboards
import Scoring
import Testing

/// What an instance remembers of names is what the last press showed.
@Suite(.timeLimit(.minutes(10)))
struct KnownNamesTests {
    private let bot = BotID(rawValue: 6_100_200)
    private let game = GameID(rawValue: 1)

    @Test func `the name of the last press counts, also when it shows none`() {
        let names = KnownNames()
        let player = PlayerID(rawValue: 5)
        for name in ["Ann", "Anna", nil] {
            names.note(name, of: player, bot: bot)
            #expect(names.name(of: player, bot: bot, game: game) == name)
        }
    }

    @Test func `a full memory forgets the oldest half, and none for a name it holds already`() {
        let names = KnownNames(capacity: 4)
        let players = (1...5).map { PlayerID(rawValue: $0) }
        for player in players.prefix(4) { names.note("A", of: player, bot: bot) }
        names.note("B", of: players[0], bot: bot)
        #expect(players.map { names.name(of: $0, bot: bot, game: game) } == ["B", "A", "A", "A", nil])
        names.note("A", of: players[4], bot: bot)
        #expect(players.map { names.name(of: $0, bot: bot, game: game) } == [nil, nil, "A", "A", "A"])
    }

    @Test func `what a key calls somebody shows in its game only, and only while Telegram said nothing`() {
        let names = KnownNames()
        let player = PlayerID(rawValue: 5)
        names.note("A key's", reportedOf: player, bot: bot, game: game)
        #expect(names.name(of: player, bot: bot, game: GameID(rawValue: 2)) == nil)
        #expect(names.name(of: player, bot: bot, game: game) == "A key's")
        names.note("Ann", of: player, bot: bot)
        #expect(names.name(of: player, bot: bot, game: game) == "Ann")
    }
}
