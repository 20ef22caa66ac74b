import Curl
import JSON
import Leaderboards

/// How many presses of the game button are answered.
struct LaunchMeasuring {
    let stage: Stage

    private static let game = "steady"
    /// The first number of an update; it has nine digits.
    private static let firstUpdate = 100_000_000

    func measure() async throws -> [Figure] {
        let path = "/telegram/\(Crowd.bot)"
        let secret = stage.crowd.keys.webhookSecrets(for: Crowd.bot)[0]
        let updates = Crowd.presses(of: Self.game, message: BenchGames.message(of: Self.game))
        let file = try stage.lines(updates, to: "presses.jsonl")
        try await check(updates[0], path, secret)
        let floor = { seconds in
            try await stage.wrk.load(
                .floor,
                [path, "X-Telegram-Bot-Api-Secret-Token", secret, #"{"update_id":1}"#],
                seconds: seconds
            )
        }
        let presses = { pair, seconds in
            // Far enough apart that no two stretches share a number of an update or a newcomer.
            try await stage.wrk.load(
                .presses,
                [file, path, secret, "\(Self.firstUpdate + pair * 5_000_000)"],
                seconds: seconds
            )
        }
        stage.progress("launches: warming up")
        _ = try await floor(1)
        _ = try await presses(0, stage.warmUp)
        let pairs = try await stage.pairs("launches") {
            try await floor(stage.plan.seconds)
        } load: { pair in
            try await presses(pair + 1, stage.plan.seconds)
        }
        return [
            Figure(
                "launches",
                pairs,
                against: "the same POST, empty update",
                goals: [.ratioAtLeast(0.6)],
                note: "presses over the webhook by 1,000 people in 50 chats, one in a hundred a newcomer"
            )
        ]
    }

    /// Makes sure that presses are answered with a launch, not with a notice.
    private func check(_ update: String, _ path: String, _ secret: String) async throws {
        let body = update.replacing("@U@", with: "\(Self.firstUpdate)").replacing("@Q@", with: "1")
        let answer = try await stage.service.document(
            .post,
            path,
            headers: [
                (name: "X-Telegram-Bot-Api-Secret-Token", value: secret),
                (name: "Content-Type", value: "application/json"),
            ],
            body: body
        )
        guard answer["url"]?.string?.contains("hs=") == true else {
            throw BenchError(.failed, "a press was not answered with a launch")
        }
    }
}
