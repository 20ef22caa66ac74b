import Application
import ArgumentParser
import Foundation
import Logging
import Web

struct DemoCommand: LongRunningCommand {
    static let configuration = CommandConfiguration(
        "demo",
        "Run everything on this machine: database, simulated Telegram, a game and a chat to play it in.",
        "highscores demo",
        "prints the address to open; scores survive a restart",
        "highscores demo --listen 127.0.0.1:9000",
        "on other ports: the service there, the chat on the next",
        more: "One demo runs in a folder (HIGHSCORES_DATA) at a time; a second one says where."
    )

    @Option(
        help: ArgumentHelp("Where the service listens, instead of HIGHSCORES_LISTEN.", valueName: "host:port")
    )
    var listen: HostPort?

    func run() async throws {
        var settings = try Settings.load(from: ProcessInfo.processInfo.environment)
        if let listen {
            settings.listen = listen
            guard DemoProgram.isFree(listen) else {
                throw CommandFailure(
                    .usage,
                    "--listen: something listens at \(listen) or at the next port already; "
                        + "name another, or leave it out to take any that are free"
                )
            }
        }
        // People look at this terminal for the address, not for a log.
        settings.logLevel = settings.logLevel == .info ? .warning : settings.logLevel
        remark("starting the demo; the first start takes a few seconds")
        try await DemoProgram.run(settings: settings, logger: settings.makeServiceLogger()) { address in
            remark("the demo runs until Ctrl-C; open this address:")
            _ = try? StandardOutput.write("\(address)\n")
        }
    }
}
