import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Web

/// Runs the whole edge on a free port for as long as the body takes.
///
/// - Parameters:
///   - services: What the edge works with.
///   - limits: What a client may take.
///   - operators: Is told the port of operators; nil where they have none of their own.
///   - drain: What the edge waits for after being told to stop.
///   - body: Talks to the edge at the port and may tell it to stop.
/// - Throws: Whatever the body throws, or why the port cannot be bound.
func withServer(
    _ services: WebServices,
    limits: ConnectionLimits = ConnectionLimits(),
    operators: (@Sendable (_ port: Int) -> Void)? = nil,
    drain: @escaping @Sendable () async -> Void = {},
    _ body: (_ port: Int, _ group: ServiceGroup) async throws -> Void
) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let server = WebServer(
        configuration: WebConfiguration(
            address: .init(host: "127.0.0.1", port: 0),
            adminAddress: operators == nil ? nil : .init(host: "127.0.0.1", port: 0),
            limits: limits
        ),
        services: services,
        logger: logger,
        onListening: { listener, bound in
            switch listener {
            case .everybody: port.yield(bound)
            case .operators: operators?(bound)
            }
        },
        drain: drain
    )
    let group = ServiceGroup(services: [server], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let bound = try #require(await ports.first { _ in true })
        try await body(bound, group)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
}

/// A client that sends exactly the bytes it is told to.
enum RawClient {
    /// Sends bytes and reads until the server closes.
    ///
    /// - Parameters:
    ///   - text: What to send.
    ///   - port: The server's port on this machine.
    ///   - thenFinishes: Whether to stop sending afterwards, as a client does that is gone.
    /// - Returns: All that came back.
    /// - Throws: When the connection is reset.
    static func exchange(_ text: String, port: Int, thenFinishes: Bool = false) async throws -> String {
        try await exchange(Array(text.utf8), port: port, thenFinishes: thenFinishes)
    }

    /// Sends bytes and reads until the server closes.
    ///
    /// - Parameters:
    ///   - bytes: What to send.
    ///   - port: The server's port on this machine.
    ///   - thenFinishes: Whether to stop sending afterwards.
    /// - Returns: All that came back.
    /// - Throws: When the connection is reset.
    static func exchange(_ bytes: [UInt8], port: Int, thenFinishes: Bool = false) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: bytes))
            if thenFinishes { outbound.finish() }
            var received = ByteBuffer()
            for try await part in inbound { received.writeImmutableBuffer(part) }
            return String(buffer: received)
        }
    }

    /// Sends bytes and takes nothing of what comes back.
    ///
    /// - Parameters:
    ///   - text: What to send.
    ///   - port: The server's port on this machine.
    /// - Returns: The connection, to be closed by the caller.
    /// - Throws: When there is no connection.
    static func connectWithoutReading(_ text: String, port: Int) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: port).get()
        try await channel.writeAndFlush(ByteBuffer(string: text))
        return channel
    }
}

extension String {
    /// The parts that follow each occurrence of a separator.
    func components(of separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            rest = rest[range.upperBound...]
            parts.append(rest)
        }
        return parts
    }
}
