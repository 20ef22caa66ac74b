import ServiceLifecycle
import Synchronization

/// A Bot API server with a Telegram of its own behind it.
///
/// Bots reach it over HTTP under ``baseURL``; tests and the demo act for people through its methods, or over HTTP
/// under `/simulator`. As a `Service` it runs until shutdown; ``start(_:clock:sender:)`` runs one at once.
package final class Simulator: Service, Sendable {
    struct State: Sendable {
        var telegram: SimulatedTelegram
        /// What is planned to go wrong, and by what it is drawn.
        var faults: [Fault] = []
        var faultRandom: Identifiers
        /// The bots whose tokens are refused.
        var revoked: Set<Int64> = []
        /// What a fault broke for a time: a bot's membership of a chat, or without a chat its token.
        var repairs: [(bot: Int64, chat: ChatKey?, due: Int64)] = []
        var log = CallLog()
        var port: Int?
        var failure: (any Error)?
    }

    let configuration: SimulatorConfiguration
    let clock: SimulatorClock
    let sender: WebhookSender
    let bell = Bell()
    let state: Mutex<State>
    private let group = Mutex<(ServiceGroup, Task<Void, any Error>)?>(nil)

    /// Creates a simulator, with the state of its file if there is one.
    ///
    /// - Throws: When the state file cannot be read or is not a state.
    package init(
        _ configuration: SimulatorConfiguration,
        clock: SimulatorClock = .system,
        sender: @escaping WebhookSender
    ) throws {
        self.configuration = configuration
        self.clock = clock
        self.sender = sender
        let saved = try configuration.stateFile.flatMap { try SimulatedTelegram.load(from: $0) }
        let new = SimulatedTelegram(seed: configuration.seed, queryLifetime: configuration.queryLifetime)
        state = Mutex(State(telegram: saved ?? new, faultRandom: Identifiers(seed: configuration.seed)))
    }

    /// The base URL of the Bot API and of the pages; nil until the port is open.
    package var baseURL: String? {
        state.withLock { $0.port }.map { "http://\(configuration.host):\($0)" }
    }

    /// Reads the state.
    package func read<Result: Sendable>(_ body: (SimulatedTelegram) -> Result) -> Result {
        state.withLock { body($0.telegram) }
    }

    /// Changes the state and wakes everybody who waits for a change.
    ///
    /// - Parameter body: Gets the state and the time in milliseconds since 1970.
    /// - Throws: What the body throws; the changes made until then stay.
    @discardableResult
    package func change<Result: Sendable, Failure: Error>(
        _ body: (inout SimulatedTelegram, _ now: Int64) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let now = clock.now()
        defer { bell.ringAll() }
        return try state.withLock { state throws(Failure) in try body(&state.telegram, now) }
    }

    /// The calls of the Bot API so far, oldest first.
    package var calls: [RecordedCall] { state.withLock { $0.log.calls } }

    /// Waits until something is true of the state.
    ///
    /// The condition sees a copy of the state, so it may itself ask the simulator for more.
    ///
    /// - Parameter condition: Gives a value once the wait is over.
    /// - Returns: The value; nil when the time is over.
    package func wait<Result: Sendable>(
        within milliseconds: Int64 = 10_000,
        until condition: (SimulatedTelegram) -> Result?
    ) async -> Result? {
        await wait(on: .anything, within: milliseconds) { condition(read { $0 }) }
    }

    /// Waits until something is true of the calls made so far.
    package func waitForCalls<Result: Sendable>(
        within milliseconds: Int64 = 10_000,
        until condition: ([RecordedCall]) -> Result?
    ) async -> Result? {
        await wait(on: .anything, within: milliseconds) { condition(calls) }
    }

    func wait<Result: Sendable>(
        on topic: Bell.Topic,
        within milliseconds: Int64,
        until condition: () -> Result?
    ) async -> Result? {
        let deadline = clock.now() + milliseconds
        var listener = bell.listen(topic)
        while true {
            if let result = condition() { return result }
            let left = deadline - clock.now()
            guard left > 0, await listener.next(within: left, clock) else { return nil }
        }
    }

    // MARK: - Life

    /// Starts a simulator and waits until its port is open.
    ///
    /// - Throws: When the port cannot be opened or the state cannot be read.
    package static func start(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(),
        clock: SimulatorClock = .system,
        sender: @escaping WebhookSender
    ) async throws -> Simulator {
        let simulator = try Simulator(configuration, clock: clock, sender: sender)
        let group = ServiceGroup(services: [simulator], logger: configuration.logger)
        let task = Task {
            do {
                try await group.run()
            } catch {
                simulator.state.withLock { $0.failure = error }
                simulator.bell.ringAll()
                throw error
            }
        }
        simulator.group.withLock { $0 = (group, task) }
        let opened: Result<Int, any Error>? = await simulator.wait(on: .anything, within: 60_000) {
            simulator.state.withLock { state in
                state.failure.map { .failure($0) } ?? state.port.map { .success($0) }
            }
        }
        _ = try opened?.get()
        return simulator
    }

    /// Stops a simulator that ``start(_:clock:sender:)`` started, and saves its state.
    package func stop() async throws {
        guard let (group, task) = self.group.withLock({ $0 }) else { return }
        await group.triggerGracefulShutdown()
        try await task.value
    }
}
