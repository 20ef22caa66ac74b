import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

extension Simulator {
    /// Serves until shutdown: HTTP, deliveries to webhooks, and the state file.
    package func run() async throws {
        state.withLock { $0.telegram.forgetFlights() }
        let application = Application(
            responder: SimulatorResponder(simulator: self),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: nil
            ),
            onServerRunning: { [self] channel in opened(port: channel.localAddress?.port) },
            logger: configuration.logger
        )
        let file = configuration.stateFile
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await self.deliverUpdates() }
                group.addTask { await self.repairFaults() }
                if let file { group.addTask { await self.saveChanges(to: file) } }
                do {
                    try await application.run()
                } catch {
                    bell.close()
                    group.cancelAll()
                    throw error
                }
                bell.close()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            // Long polls and presses are answered now, so that their connections can close.
            self.bell.close()
        }
        if let file { try read { $0 }.save(to: file) }
    }

    private func opened(port: Int?) {
        state.withLock { $0.port = port }
        bell.ringAll()
        if let baseURL { configuration.onListening(baseURL) }
        configuration.logger.info("simulator.listening", metadata: ["port": "\(port ?? 0)"])
    }
}
