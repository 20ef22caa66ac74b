import Leaderboards
import Testing

/// What was handed out stays good: tokens in open pages, webhooks at Telegram and names on leaderboards outlive the
/// version that made them.
///
/// The expected texts were computed by another program from the construction as documented.
struct TokenFormatTests {
    private let keys = TokenKeys(secrets: ["one secret of thirty-two characters"])

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
            keys.token(for: launch)
                == "Ef__________AAAAAAAAAAH-j9_AShj-________D____________wGAqKiUlWeAxgoB___QlKV0_v___w-mh1klmix29y9udw"
                + "ne46lRpD9dGBfc6WKmBIkN7sEdRg"
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
            keys.token(for: run)
                == "Ev__________AAAAAAAAAAH-j9_AShj-________D____________wGAqKiUlWeAxgoB___QlKV0_v___w8AAAAAAAAAB_____"
                + "_______u-yUoDczBTsIu6_KLaYnHb8k03jptcTnWXOw-GtMXLhImRXi841rA"
        )
    }

    @Test func `a webhook's secret is spelled as ever`() {
        let expected = "f0e78b49849f3ae6aeedb36630cee8a5d8a4cb39e07a9be9b200a84077416fdf"
        #expect(keys.webhookSecrets(for: BotID(rawValue: 7)) == [expected])
    }

    @Test func `a pseudonym is spelled as ever`() {
        let (player, game) = (PlayerID(rawValue: (1 << 52) - 1), GameID(rawValue: 12))
        #expect(keys.pseudonym(of: player, in: game) == "pz6ybBccQzJJsTVcXQds3Q")
        #expect(keys.player(ofPseudonym: "pz6ybBccQzJJsTVcXQds3Q", in: game) == player)
    }
}
