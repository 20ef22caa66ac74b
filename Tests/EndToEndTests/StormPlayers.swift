import Curl
import Foundation
import JSON
import Simulator
import Synchronization
import TestSupport

/// People who play all through a storm, and note what they are told is kept.
struct StormPlayers: Sendable {
    /// A score that was answered with 200.
    struct Acknowledged: Sendable {
        let run: String
        let game: GameName
        let chat: String
        let player: Int64
        let score: Int64
    }

    private struct Seat: Hashable {
        let game: GameName
        let chat: String
        let player: Int64
    }

    private struct State {
        var launches: [Seat: String] = [:]
        var acknowledged: [Acknowledged] = []
        var failures: [String] = []
        var presses = 0
    }

    private final class Shared: Sendable {
        let state = Mutex(State())
    }

    let arena: Arena
    let services: StormServices
    let chats: [StormChat]
    let games: [GameName]
    let originals: [GameName: MessageAddress]
    private let shared = Shared()

    init(
        _ arena: Arena,
        _ services: StormServices,
        chats: [StormChat],
        games: [GameName],
        originals: [GameName: MessageAddress]
    ) {
        self.arena = arena
        self.services = services
        self.chats = chats
        self.games = games
        self.originals = originals
    }

    /// What was answered with 200.
    var acknowledged: [Acknowledged] { shared.state.withLock { $0.acknowledged } }

    /// What no client should ever see.
    var failures: [String] { shared.state.withLock { $0.failures } }

    /// How many presses were answered with a launch.
    var presses: Int { shared.state.withLock { $0.presses } }

    /// Plays until a moment, then ends the play-throughs that were begun.
    ///
    /// - Parameters:
    ///   - end: The moment.
    ///   - seed: Decides what is played.
    func play(until end: ContinuousClock.Instant, seed: UInt64) async {
        await withDiscardingTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    var random = SeededGenerator(seed: seed &* 31 &+ UInt64(number))
                    while ContinuousClock.now < end { await playOnce(until: end, &random) }
                }
            }
        }
    }

    /// Presses each game in each chat once more, so that wherever messages were lost one is known again.
    ///
    /// - Throws: ``ProgramError`` when the presses are not answered.
    func pressEverywhere() async throws {
        for chat in chats {
            for game in games {
                try await Program.wait(for: "a press in \(chat.name)") { () -> Void? in
                    await press(
                        Seat(game: game, chat: chat.name, player: chat.people[0]),
                        chat,
                        isInline: false
                    )
                }
            }
        }
    }

    private func playOnce(until end: ContinuousClock.Instant, _ random: inout SeededGenerator) async {
        let chat = chats[Int.random(in: chats.indices, using: &random)]
        let game = games[Int.random(in: games.indices, using: &random)]
        let player = chat.people[Int.random(in: chat.people.indices, using: &random)]
        let isInline = Int.random(in: 0..<3, using: &random) == 0
        let isFresh = Int.random(in: 0..<15, using: &random) == 0
        // Mostly on the rise, so that there is much to deliver; a few are nothing at all.
        let progress = arena.telegram.calls.count
        let score =
            Int.random(in: 0..<12, using: &random) == 0
            ? 0 : Int.random(in: 1...60, using: &random) + progress / 10
        let pause = Int.random(in: 40...160, using: &random)
        let seat = Seat(game: game, chat: chat.name, player: player)
        if isFresh || shared.state.withLock({ $0.launches[seat] == nil }) {
            await press(seat, chat, isInline: isInline)
        }
        if let launch = shared.state.withLock({ $0.launches[seat] }) {
            await submit(score, seat, launch, &random)
        }
        try? await Task.sleep(for: .milliseconds(pause))
    }

    /// Presses Play; the launch that is answered stays usable for all later runs.
    @discardableResult
    private func press(_ seat: Seat, _ chat: StormChat, isInline: Bool) async -> Void? {
        let message = chat.message(of: seat.game, isInline: isInline, arena, originals: originals)
        guard let message, let answer = try? await arena.telegram.press(user: seat.player, message),
            let token = answer.url?.split(separator: "#hs=", maxSplits: 1).last
        else { return nil }
        shared.state.withLock { state in
            state.launches[seat] = String(token)
            state.presses += 1
        }
        return ()
    }

    /// Plays once, asking again until somebody says that the score is kept.
    private func submit(_ score: Int, _ seat: Seat, _ launch: String, _ random: inout SeededGenerator) async {
        let started = await insist("starting a run", 201, &random) { service in
            try await service.send(.post, "/v1/runs", token: launch, within: .seconds(10))
        }
        guard let run = started?["run"]?.string else { return }
        let answer = await insist("submitting", 200, &random) { service in
            try await service.submit(score, run, within: .seconds(10))
        }
        guard let answer, let id = answer["run_id"]?.string else { return }
        shared.state.withLock { state in
            state.acknowledged.append(
                Acknowledged(
                    run: id,
                    game: seat.game,
                    chat: seat.chat,
                    player: seat.player,
                    score: Int64(score)
                )
            )
        }
    }

    /// Sends a request, now here, now there, until it is answered; only 503 and broken connections are borne.
    private func insist(
        _ what: String,
        _ expected: Int,
        _ random: inout SeededGenerator,
        _ send: (Service) async throws -> Service.Answer
    ) async -> JSONValue? {
        for _ in 0..<600 {
            let answer = try? await send(services.any(using: &random))
            if let answer, answer.status == expected { return answer.json }
            if let answer, answer.status != 503 {
                shared.state.withLock { $0.failures.append("\(what): \(answer)") }
                return nil
            }
            try? await Task.sleep(for: .milliseconds(Int.random(in: 50...300, using: &random)))
        }
        shared.state.withLock { $0.failures.append("\(what): never answered") }
        return nil
    }
}
