import Logging
import TestSupport
import Testing

@testable import Postgres

/// The listener delivers notifications and says when some may be missing.
@Suite(.scratchDatabase, .timeLimit(.minutes(10)))
struct ListenerTests {
    private let database = ScratchDatabase.current
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withListener(
        _ channels: [String],
        bufferSize: Int = 4096,
        _ body: (inout AsyncStream<PostgresListener.Event>.Iterator) async throws -> Void
    ) async throws {
        var configuration = database.configuration
        configuration.applicationName = "listener under test"
        let (listener, events) = PostgresListener.withStream(
            configuration: configuration,
            channels: channels,
            logger: logger,
            bufferSize: bufferSize
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await listener.run() }
            var iterator = events.makeAsyncIterator()
            try await body(&iterator)
            group.cancelAll()
        }
    }

    private func notify(_ channel: String, _ payload: String) async throws {
        try await database.pool.withSession { session throws(PostgresError) in
            try session.execute("SELECT pg_notify(\(channel), \(payload))")
        }
    }

    private func cutListener() async throws {
        let count = try await database.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = 'listener under test' AND datname = current_database()
                """
            ).count
        }
        #expect(count == 1)
    }

    @Test func `notifications of the channels arrive in order`() async throws {
        try await withListener(["scores", "Odd \"name\""]) { events in
            #expect(await events.next() == .connected)
            try await notify("scores", "1")
            try await notify("ignored", "2")
            try await notify("Odd \"name\"", "ø")
            #expect(await events.next() == .notification(channel: "scores", payload: "1"))
            #expect(await events.next() == .notification(channel: "Odd \"name\"", payload: "ø"))
        }
    }

    @Test func `a lost connection is announced and replaced`() async throws {
        try await withListener(["scores"]) { events in
            #expect(await events.next() == .connected)
            try await cutListener()
            #expect(await events.next()?.isDisconnection == true)
            #expect(await events.next() == .connected)
            try await notify("scores", "again")
            #expect(await events.next() == .notification(channel: "scores", payload: "again"))
        }
    }

    @Test func `an overflow ends in an announcement instead of a gap`() async throws {
        try await withListener(["scores"], bufferSize: 2) { events in
            #expect(await events.next() == .connected)
            try await database.pool.withSession { session throws(PostgresError) in
                try session.execute("SELECT pg_notify('scores', n::text) FROM generate_series(1, 100) AS n")
            }
            var received: [PostgresListener.Event] = []
            while let event = await events.next(), event != .connected { received.append(event) }
            #expect(received.count < 100)
            #expect(received.first == .notification(channel: "scores", payload: "1"))
        }
    }

    @Test(arguments: [.zero, .nanoseconds(1), .milliseconds(500)] as [Duration])
    func `a server that freezes is told of when it has left the next question unanswered`(after: Duration)
        throws
    {
        let longest = PostgresListener.usualInterval + PostgresListener.answerTimeout
        #expect(longest <= .seconds(5))
        let listener = PostgresListener(
            configuration: try PostgresConfiguration(connectionString: "host=/nonexistent/folder"),
            channels: [],
            logger: logger
        ) { #expect($0 == .connected) }
        let server = FreezingServer(after: PostgresListener.usualInterval * 10 + after)
        let error = #expect(throws: PostgresError.self) {
            try listener.subscribe(server)
            try listener.receive(server, until: try WakeSignal(), now: { server.now })
        }
        #expect(error?.code == .connectionLost)
        let next = after == .zero ? .zero : PostgresListener.usualInterval - after
        #expect(server.now - server.frozenAt == next + PostgresListener.answerTimeout)
    }

    @Test func `a listener whose server is away ends when told to`() async throws {
        var configuration = try PostgresConfiguration(connectionString: "host=/nonexistent/folder")
        configuration.minimumReconnectDelay = .seconds(3600)
        configuration.maximumReconnectDelay = .seconds(3600)
        let listener = PostgresListener(configuration: configuration, channels: [], logger: logger) { event in
            #expect(event.isDisconnection)
        }
        let task = Task { try await listener.run() }
        task.cancel()
        try await task.value
    }
}

/// A server that answers at once up to a time and never after it; time passes only where somebody waits.
private final class FreezingServer: ListenerConnection {
    var responseLimit: Duration?
    let frozenAt: ContinuousClock.Instant
    private(set) var now: ContinuousClock.Instant

    init(after time: Duration) {
        now = .now
        frozenAt = now + time
    }

    func listen(_ channels: [String]) {}

    func isReadOnly() throws(PostgresError) -> Bool {
        guard now >= frozenAt else { return false }
        now += responseLimit ?? .seconds(3600)
        throw PostgresError(.connectionLost, "server did not answer in time")
    }

    func takeNotification() -> (channel: String, payload: String)? { nil }

    func waitForNotifications(or signal: WakeSignal, _ limit: Duration) -> Bool {
        now += limit
        return false
    }
}

extension PostgresListener.Event {
    /// Whether the connection was lost, for whatever reason.
    var isDisconnection: Bool { if case .disconnected = self { true } else { false } }
}
