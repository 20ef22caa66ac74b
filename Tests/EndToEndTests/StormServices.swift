import Foundation
import Synchronization
import TestSupport
import Testing

/// The instances of the service in a storm: killed and started again as its plan says.
final class StormServices: Sendable {
    private let arena: Arena
    private let variables: [String: String]
    private let running: Mutex<[Service]>
    private let kills = Mutex(0)

    /// Starts the instances and waits until they are ready.
    ///
    /// - Parameters:
    ///   - arena: Where.
    ///   - variables: The settings of all instances.
    /// - Throws: ``ProgramError`` when one does not get ready.
    init(_ arena: Arena, _ variables: [String: String]) async throws {
        self.arena = arena
        self.variables = variables
        var services: [Service] = []
        for _ in 0..<StormPlan.instances {
            services.append(try await arena.serve([], variables, port: Self.port(), isWebhook: false))
        }
        running = Mutex(services)
    }

    /// A port that no outgoing connection takes while its owner is being started again.
    private static func port() -> UInt16 { UInt16.random(in: 21_000..<32_000) }

    /// One of the instances, running or not.
    func any(using random: inout SeededGenerator) -> Service {
        let services = running.withLock { $0 }
        return services[Int.random(in: services.indices, using: &random)]
    }

    /// How often an instance was killed.
    var killed: Int { kills.withLock { $0 } }

    /// Kills an instance and starts it again, without a wait for anything.
    ///
    /// - Throws: ``ProgramError`` when it cannot be started.
    func kill(_ instance: Int) async throws {
        let service = running.withLock { $0[instance] }
        #expect(service.program.isRunning, "an instance ended: \(service.program.standardError.suffix(3000))")
        try await service.program.kill9()
        let next = try arena.start([], variables, port: service.port, isWebhook: false)
        running.withLock { $0[instance] = next }
        kills.withLock { $0 += 1 }
    }

    /// Waits until all are ready.
    ///
    /// - Throws: ``ProgramError`` when one does not get ready.
    func waitUntilReady() async throws {
        for service in running.withLock({ $0 }) { try await service.waitUntilReady() }
    }

    /// Stops all in good order.
    func stop() async throws {
        for service in running.withLock({ $0 }) { try await service.stop() }
    }
}
