import Foundation
import JSON
import TestSupport
import Testing

/// `Deploy/packages` holds a build to the packages that are written down.
struct PackagesTests {
    private static let deploy = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Deploy").standardizedFileURL

    /// Runs the script on copies of what it reads.
    private static func with(
        _ body: (_ run: (String) async throws -> CommandResult, _ folder: URL) async throws -> Void
    ) async throws {
        try await Program.withFolder { folder in
            let copy = folder.appendingPathComponent("Deploy")
            try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
            for name in ["packages", "packages.txt", "lib.sh"] {
                try FileManager.default.copyItem(
                    at: deploy.appendingPathComponent(name),
                    to: copy.appendingPathComponent(name)
                )
            }
            func run(_ verb: String) async throws -> CommandResult {
                let place = folder.appendingPathComponent("output-\(UInt32.random(in: 0...UInt32.max))")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                // Read by bash and not executed: a program just written cannot be while another test starts its own.
                let script = copy.path + "/packages"
                let code = try await ProgramSpawn.run("/bin/bash", [script, verb], folder: place)
                func output(_ name: String) throws -> String {
                    try String(contentsOf: place.appendingPathComponent(name), encoding: .utf8)
                }
                return CommandResult(code: code, output: try output("stdout"), errors: try output("stderr"))
            }
            try await body(run, folder)
        }
    }

    @Test func `another version, one more and one less stop a build with what to do`() async throws {
        try await Self.with { run, folder in
            let missing = try await run("check")
            #expect(missing.code == 1)
            #expect(try await run("pin").code == 0)
            let good = try await run("check")
            #expect(good.code == 0, "\(good)")
            let file = folder.appendingPathComponent("Package.resolved")
            let text = try String(contentsOf: file, encoding: .utf8)
            _ = try JSON.parse(Array(text.utf8))
            for (found, replacement) in [
                ("\"version\" : \"2.", "\"version\" : \"3."),
                ("\"identity\" : \"swift-nio\"", "\"identity\" : \"swift-nil\""),
            ] {
                try #require(text.contains(found))
                try text.replacingOccurrences(of: found, with: replacement)
                    .write(to: file, atomically: true, encoding: .utf8)
                let bad = try await run("check")
                #expect(bad.code == 1)
                #expect(bad.errors.contains("Deploy/packages update"), "\(bad)")
                #expect(bad.errors.contains("\n> "), "\(bad)")
                // The next build is held to what is written down again.
                #expect(try await run("pin").code == 0)
                #expect(try await run("check").code == 0)
            }
        }
    }

    @Test func `the bill of materials names every package and the system's libraries`() async throws {
        try await Self.with { run, folder in
            let printed = try await run("sbom")
            #expect(printed.code == 0, "\(printed)")
            let bill = try JSON.parse(Array(printed.output.utf8))
            #expect(bill["bomFormat"]?.string == "CycloneDX")
            let listed = try String(
                contentsOf: folder.appendingPathComponent("Deploy/packages.txt"),
                encoding: .utf8
            ).split(separator: "\n").filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ") }
            let components = bill["components"]?.elements.map {
                "\($0["name"]?.string ?? "") \($0["version"]?.string ?? "")"
            }
            #expect(components?.dropLast(2) == listed.map { "\($0[0]) \($0[1])" }[...])
            #expect(components?.suffix(2).map { $0.prefix { $0 != " " } } == ["libpq", "libcurl"])
            let nio = bill["components"]?.elements.first { $0["name"]?.string == "swift-nio" }
            #expect(nio?["purl"]?.string?.hasPrefix("pkg:swift/github.com/apple/swift-nio@") == true)
        }
    }
}
