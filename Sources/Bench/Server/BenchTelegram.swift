import Curl
import Leaderboards
import Logging
import Simulator

/// The simulated Telegram in which deliveries end.
struct BenchTelegram {
    /// The address of its Bot API.
    let url: String

    /// Gives a body a Telegram with the crowd, their chats and a message of each game in every chat.
    ///
    /// - Parameter games: Short names; the message of the first has the number 1 in every chat, that of the second 2, and so on.
    /// - Throws: ``BenchError``, what keeps it from starting, and what the body throws.
    static func with<Result>(
        games: [String],
        http: CurlClient,
        _ body: (BenchTelegram) async throws -> Result
    ) async throws -> Result {
        var configuration = SimulatorConfiguration()
        configuration.logger = .silent
        let simulator = try await Simulator.start(configuration, sender: CurlWebhooks.sender(http))
        do {
            try simulator.change { telegram, _ throws(SimulationError) in
                try populate(&telegram, games: games)
            }
            guard let url = simulator.baseURL else {
                throw BenchError(.failed, "the simulated Telegram has no address")
            }
            try await post(games, over: http, url: url)
            let result = try await body(BenchTelegram(url: url))
            try await simulator.stop()
            return result
        } catch {
            try? await simulator.stop()
            throw error
        }
    }

    private static func populate(
        _ telegram: inout SimulatedTelegram,
        games: [String]
    ) throws(SimulationError) {
        let bot = try telegram.addBot(token: Crowd.token, username: Crowd.username, name: "Bench")
        for game in games { try telegram.addGame(SimulatedGame(shortName: game, title: game), to: bot) }
        for number in 1...Crowd.people {
            telegram.addUser(
                SimulatedUser(id: Crowd.person(number).rawValue, firstName: "Player", username: nil)
            )
        }
        for chat in 0..<Crowd.chats {
            let people = (1...Crowd.people).filter { Crowd.chat(ofPerson: $0) == chat }
            try telegram.addChat(
                .supergroup,
                id: Crowd.address(ofChat: chat).rawValue,
                title: "Chat \(chat)",
                users: people.map { Crowd.person($0).rawValue },
                bots: [bot]
            )
        }
    }

    private static func post(_ games: [String], over http: CurlClient, url: String) async throws {
        for chat in 0..<Crowd.chats {
            for game in games {
                let answer = try await http.send(
                    CurlRequest(
                        method: .post,
                        url: "\(url)/bot\(Crowd.token)/sendGame",
                        headers: [(name: "Content-Type", value: "application/json")],
                        body: Array(
                            #"{"chat_id":\#(Crowd.address(ofChat: chat)),"game_short_name":"\#(game)"}"#.utf8
                        )
                    ),
                    timeout: .seconds(10)
                )
                guard answer.status == 200 else {
                    throw BenchError(.failed, "the simulated Telegram refused a game: \(answer.status)")
                }
            }
        }
    }
}
