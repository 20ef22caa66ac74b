import Foundation
import Testing

@testable import Simulator

@Suite struct PersistenceTests {
    /// Runs a body with the path of a file that is gone afterwards.
    private func withFile(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "simulator-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appending(path: "state.json").path)
    }

    @Test func `a state survives being written and read`() async throws {
        try await withFile { path in
            var scene = try Scene()
            scene.score("10")
            _ = try scene.telegram.forward(
                user: Scene.ada,
                scene.inSupergroup,
                to: Scene.group,
                now: scene.now
            )
            _ = try scene.telegram.press(user: Scene.ada, scene.inSupergroup, now: scene.now)
            scene.call("setWebhook", ["url": "http://127.0.0.1:9/", "secret_token": "x"])
            try scene.telegram.save(to: path)
            var loaded = try #require(try SimulatedTelegram.load(from: path))
            #expect(loaded.view == scene.telegram.view)
            #expect(loaded.bots[Scene.bot]?.webhook == scene.telegram.bots[Scene.bot]?.webhook)
            #expect(
                loaded.takeDeliveries(now: scene.now).map(\.body)
                    == scene.telegram.takeDeliveries(now: scene.now).map(\.body)
            )
            // The next identifiers are the ones that would have come without the break.
            #expect(loaded.identifiers.query() == scene.telegram.identifiers.query())
        }
    }

    @Test func `a restarted simulator goes on where it stopped`() async throws {
        try await withFile { path in
            try await LiveScene.with(stateFile: path) { scene in
                _ = try await scene.call(
                    "setGameScore",
                    #"{"user_id":5000000001,"score":8,"chat_id":-1001234567890,"message_id":1}"#
                )
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            try await LiveScene.with(stateFile: path, isPopulated: false) { scene in
                #expect(
                    scene.simulator.scoreboard(of: Scene.tetris, in: Scene.supergroup).map(\.score) == [8]
                )
                #expect(
                    scene.simulator.text(of: MessageAddress(chat: Scene.supergroup, message: 1))
                        == "1. Ada – 8"
                )
            }
        }
    }

    @Test func `what was in flight is delivered again`() async throws {
        var scene = try Scene()
        scene.call("setWebhook", ["url": "http://127.0.0.1:9/"])
        _ = try scene.telegram.press(user: Scene.ada, scene.inSupergroup, now: scene.now)
        #expect(scene.telegram.takeDeliveries(now: scene.now).count == 1)
        scene.telegram.forgetFlights()
        #expect(scene.telegram.takeDeliveries(now: scene.now).count == 1)
    }

    @Test func `the demo's people are put in once`() throws {
        var telegram = SimulatedTelegram()
        try DemoPopulation.populate(&telegram, now: 1)
        let first = telegram.chats.mapValues(\.messages.count)
        try DemoPopulation.populate(&telegram, now: 2)
        #expect(telegram.chats.mapValues(\.messages.count) == first)
        #expect(telegram.users.count == 3)
    }
}
