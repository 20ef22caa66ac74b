import Crypto
import Foundation
import JSON
import Pages
import TestSupport
import Testing

/// What `highscores sdk` writes and says.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct SDKTranscriptTests {
    @Test func `the package is written, brought up to date, and never in place of something else`()
        async throws
    {
        try await Arena.with { arena in
            let desk = Transcript(arena)
            let folder = arena.folder.appendingPathComponent("some/where")
            func text(_ name: String) throws -> String {
                try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            }
            let sizes = Dictionary(uniqueKeysWithValues: Script.npmPackage.map { ($0.name, $0.bytes.count) })
            let said = """
                package.json\t\(sizes["package.json"] ?? 0)
                highscores.js\t\(sizes["highscores.js"] ?? 0)
                highscores.mjs\t\(sizes["highscores.mjs"] ?? 0)
                highscores.d.ts\t\(sizes["highscores.d.ts"] ?? 0)
                highscores: version \(Script.version) written to \(folder.path)
                0
                """
            try await desk.expect(["sdk", folder.path, "--fields", "file,bytes"], said)
            for (name, bytes) in Script.npmPackage {
                #expect(try text(name).utf8.elementsEqual(bytes), "\(name)")
            }

            // What stands in the list is what a browser compares.
            let listed = try await arena.run("sdk", folder.path, "--json")
            let items = try #require(try JSON.parse(Array(listed.output.utf8))["items"]).elements
            for item in items {
                let name = try #require(item["file"]?.string)
                let digest = Data(SHA384.hash(data: Data(try text(name).utf8))).base64EncodedString()
                #expect(
                    item["integrity"]?.string == (name.hasSuffix("js") ? "sha384-\(digest)" : nil),
                    "\(name)"
                )
            }

            // An older one is replaced, what else is there is left alone.
            let notes = folder.appendingPathComponent("notes.txt")
            try Data("mine".utf8).write(to: notes)
            let module = folder.appendingPathComponent("highscores.mjs")
            try Data("/*! highscores 0.0.1: the page's side */".utf8).write(to: module)
            try await desk.expect(["sdk", folder.path, "--fields", "file,bytes"], said)
            #expect(try text("highscores.mjs").utf8.elementsEqual(Script.module.bytes))
            #expect(try text("notes.txt") == "mine")

            for (name, mine) in [("package.json", #"{"name": "my-game"}"#), ("highscores.js", "")] {
                let place = folder.appendingPathComponent(name)
                try Data(mine.utf8).write(to: place)
                try FileManager.default.removeItem(at: module)
                try await desk.expect(
                    ["sdk", folder.path],
                    """
                    highscores: '\(place.path)' was not written by this command; name another folder, or move it away
                    5
                    """
                )
                #expect(try text(name) == mine)
                #expect(!FileManager.default.fileExists(atPath: module.path))
                try FileManager.default.removeItem(at: place)
                try await desk.expect(["sdk", folder.path, "--fields", "file,bytes"], said)
            }
            try FileManager.default.removeItem(at: module)
            try FileManager.default.createSymbolicLink(atPath: module.path, withDestinationPath: notes.path)
            try await desk.expect(["sdk", folder.path], ending: "move it away\n5")
            try await desk.expect(["sdk", notes.path], ending: "\n1")
            try await desk.expect(["sdk"], ending: "\n2")
            #expect(try text("notes.txt") == "mine")
        }
    }
}
