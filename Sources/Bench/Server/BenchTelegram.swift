import Curl
import Leaderboards
import Logging
import Simulator

/// The simulated Telegram in which deliveries end.
enum BenchTelegram {
    /// Gives a body a Bot API and its address, with the people, their chats and a message of each game in every chat.
    ///
    /// - Throws: ``BenchError``, what keeps it from starting, and what the body throws.
    static func with<Result>(
        http: CurlClient,
        _ body: (Simulator, _ url: String) async throws -> Result
    ) async throws -> Result {
        var configuration = SimulatorConfiguration()
        configuration.logger = .silent
        let simulator = try await Simulator.start(configuration, sender: http.webhookSender)
        do {
            try simulator.change { telegram, _ throws(SimulationError) in
                try populate(&telegram)
            }
            guard let url = simulator.baseURL else {
                throw BenchError(.failed, "the simulated Telegram has no address")
            }
            try await post(over: http, url: url)
            let result = try await body(simulator, url)
            try await simulator.stop()
            return result
        } catch {
            try? await simulator.stop()
            throw error
        }
    }

    private static func populate(_ telegram: inout SimulatedTelegram) throws(SimulationError) {
        let bot = try telegram.addBot(token: BenchPeople.token, username: BenchPeople.username, name: "Bench")
        for game in BenchGame.posted {
            try telegram.addGame(SimulatedGame(shortName: game.rawValue, title: game.rawValue), to: bot)
        }
        for number in 1...BenchPeople.count {
            telegram.addUser(
                SimulatedUser(id: BenchPeople.person(number).rawValue, firstName: "Player", username: nil)
            )
        }
        for chat in 0..<BenchPeople.chats {
            let people = (1...BenchPeople.count).filter { BenchPeople.chat(ofPerson: $0) == chat }
            try telegram.addChat(
                .supergroup,
                id: BenchPeople.address(ofChat: chat).rawValue,
                title: "Chat \(chat)",
                users: people.map { BenchPeople.person($0).rawValue },
                bots: [bot]
            )
        }
    }

    private static func post(over http: CurlClient, url: String) async throws {
        for chat in 0..<BenchPeople.chats {
            for game in BenchGame.posted {
                let answer = try await http.send(
                    CurlRequest(
                        method: .post,
                        url: "\(url)/bot\(BenchPeople.token)/sendGame",
                        headers: [(name: "Content-Type", value: "application/json")],
                        body: Array(
                            #"{"chat_id":\#(BenchPeople.address(ofChat: chat)),"game_short_name":"\#(game.rawValue)"}"#
                                .utf8
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
