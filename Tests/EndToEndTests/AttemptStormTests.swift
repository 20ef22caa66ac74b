import Curl
import Foundation
import JSON
import Leaderboards
import Postgres
import Storage
import Synchronization
import TestSupport
import Testing
import Tokens

/// Attempts while instances are killed: never more than there are, and none used without an answer.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct AttemptStormTests {
    private static let clients = 64
    private static let people = 12
    private static let attempts = 3

    /// What a client was told in the end.
    private struct Answer: Sendable {
        let person: Int
        let client: Int
        let status: Int
        let code: String?
        let run: String?
        let number: Int64?
        let seed: String?
    }

    /// Two instances of which any may be gone at any time.
    private final class Instances: Sendable {
        let services: Mutex<[Service]>
        let answered = Atomic(0)

        init(_ services: [Service]) { self.services = Mutex(services) }

        subscript(number: Int) -> Service { services.withLock { $0[number % $0.count] } }
    }

    private func launches() async throws -> [String] {
        let games = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.run(.gamesList())
        }
        let game = try #require(games.first { $0.shortName == "tetris" })
        let keys = TokenKeys(secrets: [Arena.secret])
        let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        return (0..<Self.people).map { person in
            var random = SystemRandomNumberGenerator()
            let launch = Launch(
                id: LaunchID(Identifier128(using: &random)),
                bot: BotID(rawValue: Arena.bot),
                game: game.id,
                player: PlayerID(rawValue: Int64(1000 + person)),
                chatInstance: ChatInstance("77"),
                target: .none,
                launchedAt: now,
                lifetime: .seconds(3600)
            )
            return keys.token(for: launch, of: game.tokenID)
        }
    }

    /// Starts a run as a page does that wants to know: the same again, at whatever instance, until it is told.
    private static func start(_ launch: String, _ client: Int, at instances: Instances) async throws
        -> Service.Answer
    {
        var number = client
        while true {
            let answer = try? await instances[number].send(
                .post,
                "/v1/runs",
                token: launch,
                headers: [(name: "Idempotency-Key", value: "client-\(client)")],
                body: Array(#"{"board":"daily"}"#.utf8)
            )
            if let answer, answer.status != 503 { return answer }
            number += 1
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test func `64 clients on two instances with kills get the attempts that there are, each of them once`()
        async throws
    {
        try await Arena.with { arena in
            let line = "board add tetris daily --attempts \(Self.attempts)/all --seed month"
            #expect(try await arena.command(line).code == 0)
            let instances = Instances([
                try await arena.serve(),
                try await arena.serve([], ["HIGHSCORES_UPDATES": "off"], isWebhook: false),
            ])
            let launches = try await launches()
            var answers: [Answer] = []
            try await withThrowingTaskGroup(of: [Answer].self) { tasks in
                for client in 0..<Self.clients {
                    tasks.addTask {
                        var answers: [Answer] = []
                        for (person, launch) in launches.enumerated() {
                            let answer = try await Self.start(launch, client, at: instances)
                            instances.answered.add(1, ordering: .relaxed)
                            answers.append(
                                Answer(
                                    person: person,
                                    client: client,
                                    status: answer.status,
                                    code: answer.code,
                                    run: answer.json["run_id"]?.string,
                                    number: answer.json["attempt"]?["number"]?.int64,
                                    seed: answer.json["seed"]?.string
                                )
                            )
                        }
                        return answers
                    }
                }
                // Each instance is killed while the clients are at it, and comes back.
                tasks.addTask {
                    for (number, progress) in [100, 300, 500].enumerated() {
                        try await Program.wait(for: "\(progress) answers") {
                            instances.answered.load(ordering: .relaxed) >= progress ? () : nil
                        }
                        let service = instances[number]
                        try await service.program.kill9()
                        let next =
                            number % 2 == 0
                            ? try await arena.serve(port: service.port)
                            : try await arena.serve(
                                [],
                                ["HIGHSCORES_UPDATES": "off"],
                                port: service.port,
                                isWebhook: false
                            )
                        instances.services.withLock { $0[number % 2] = next }
                    }
                    return []
                }
                for try await part in tasks { answers += part }
            }
            try await check(answers)
            for number in 0..<2 { try await instances[number].stop() }
        }
    }

    private func check(_ answers: [Answer]) async throws {
        #expect(answers.count == Self.clients * Self.people)
        let rows = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT run_id FROM attempts").decode(RunID.self)
        }
        for person in 0..<Self.people {
            let started = answers.filter { $0.person == person && $0.status == 201 }
            #expect(started.compactMap(\.number).sorted() == [1, 2, 3], "\(started)")
            let others = answers.filter { $0.person == person && $0.status != 201 }
            #expect(others.allSatisfy { $0.status == 409 && $0.code == "attempts_used" }, "\(others)")
        }
        // What is used was told to somebody.
        let told = answers.filter { $0.status == 201 }
        #expect(Set(told.compactMap(\.run)) == Set(rows.map(\.description)))
        #expect(rows.count == Self.people * Self.attempts)
        #expect(Set(told.map(\.seed)).count == 1)
    }
}
