import Leaderboards
import TestSupport
import Testing
import Tokens

/// What was handed out stays good: tokens in open pages, webhooks at Telegram and names on leaderboards outlive the
/// version that made them.
///
/// The expected texts were computed by another program from the construction as documented.
struct TokenFormatTests {
    private let keys = TokenKeys(secrets: ["one secret of thirty-two characters"])

    private let game = GameTokenID(rawValue: -0x0123_4567_89AB_CDEF)

    private let launch = Launch(
        id: LaunchID(Identifier128(high: .max, low: 1)),
        bot: BotID(rawValue: 9_999_999_999),
        game: GameID(rawValue: 12),
        player: PlayerID(rawValue: (1 << 52) - 1),
        chatInstance: ChatInstance(rawValue: .min),
        target: .message(chat: TelegramChatID(rawValue: -1_997_852_516_352), id: Int64(Int32.max)),
        launchedAt: Instant(milliseconds: 1_772_366_400_000),
        lifetime: .seconds(86_400)
    )

    @Test func `a launch token is spelled as ever`() {
        #expect(
            keys.token(for: launch, of: game)
                == "IedVVeICvsWbS1eGOEg7pK08AxuWB8fbr79RbvbxSH5ip5hdvcQqzl2d8Y0mwW4L-8Wk_yDalnCkKY2JAV0fpvu7Ese37qpr"
                + "Br7Mfn_4dJE"
        )
    }

    @Test func `a run token is spelled as ever`() {
        let run = Run(
            id: RunID(Identifier128(high: 7, low: .max)),
            launch: launch,
            startedAt: launch.launchedAt + .milliseconds(86_399_999),
            lifetime: .seconds(21_600)
        )
        #expect(
            keys.token(for: run, of: game)
                == "It1tCn7X4KxYL_1huLTr6vl_0__bLqLgd8-tW_rq1utif5J0diANze-1KRf-kGjkcYMpAjzRxuRr4-3cLb0BFht58RlDkee5"
                + "DphLy9H5zwt_G5JfRdFWSGvy41bzeuPzC5ocPRDlrdU"
        )
    }

    @Test func `a webhook's secret is spelled as ever`() {
        let expected = "f0e78b49849f3ae6aeedb36630cee8a5d8a4cb39e07a9be9b200a84077416fdf"
        #expect(keys.webhookSecrets(for: BotID(rawValue: 7)) == [expected])
    }

    @Test func `a pseudonym is spelled as ever`() {
        let player = PlayerID(rawValue: (1 << 52) - 1)
        #expect(keys.pseudonym(of: player, in: game) == "nWZeNcBzdTNbEA8lokKOCA")
        #expect(keys.player(ofPseudonym: "nWZeNcBzdTNbEA8lokKOCA", in: game) == player)
    }
}
