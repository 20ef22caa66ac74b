import Curl
import JSON
import Leaderboards
import Tokens

/// The first number of an update; it has nine digits.
private let firstUpdate = 100_000_000

extension Stage {
    /// How many presses of the game button are answered.
    func measureLaunches() async throws -> [BenchResult] {
        let path = "/telegram/\(BenchPeople.bot)"
        let secret = people.keys.webhookSecrets(for: BenchPeople.bot)[0]
        let updates = BenchPeople.presses(of: .steady)
        let file = try lines(updates, to: "presses.jsonl")
        try await checkPress(updates[0], path, secret)
        let floor = { seconds in
            try await wrk.load(
                .floor,
                [path, "X-Telegram-Bot-Api-Secret-Token", secret, #"{"update_id":1}"#],
                seconds: seconds
            )
        }
        let presses = { pair, seconds in
            // Far enough apart that no two runs share a number of an update or a newcomer.
            try await wrk.load(
                .presses,
                [file, path, secret, "\(firstUpdate + pair * 5_000_000)"],
                seconds: seconds
            )
        }
        progress("launches: warming up")
        _ = try await floor(1)
        _ = try await presses(0, warmUp)
        let pairs = try await pairs("launches") {
            try await floor(plan.seconds)
        } load: { pair in
            try await presses(pair + 1, plan.seconds)
        }
        return [
            BenchResult(
                "launches",
                pairs,
                against: "the same POST, empty update",
                goals: [.ratioAtLeast(0.6)],
                note: "presses over the webhook by 1,000 people in 50 chats, one in a hundred a newcomer"
            )
        ]
    }

    /// Makes sure that presses are answered with a launch, not with a notice.
    private func checkPress(_ update: String, _ path: String, _ secret: String) async throws {
        let body = update.replacing("@U@", with: "\(firstUpdate)").replacing("@Q@", with: "1")
        let answer = try await service.document(
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
