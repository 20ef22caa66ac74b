import Curl
import Foundation
import TestSupport

/// Files of a studio on an origin of their own, as a browser loads them beside the service.
struct PageHost: Sendable {
    let folder: URL
    /// By another name of this machine, so that not even the site is the service's.
    let base: String
    private let program: Program

    /// Serves files until the body ends.
    ///
    /// - Parameters:
    ///   - files: Their texts by name.
    ///   - arena: Whose folder and connections it takes.
    ///   - body: The test.
    /// - Throws: What the body throws, and what keeps it from starting.
    static func with(_ files: [String: String], _ arena: Arena, _ body: (PageHost) async throws -> Void)
        async throws
    {
        let folder = arena.folder.appendingPathComponent("pages-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
        let port = try Program.freePort()
        let program = try Program(
            ["-m", "http.server", "--bind", "127.0.0.1", "--directory", folder.path, "\(port)"],
            environment: ["PYTHONUNBUFFERED": "1"],
            folder: folder,
            at: ProgramSpawn.find("python3")
        )
        let host = PageHost(folder: folder, base: "http://localhost:\(port)", program: program)
        try await Program.wait(for: "the studio's pages", else: { program.standardError }) { () -> Void? in
            (try? await arena.http.send(
                .init(method: .get, url: "http://127.0.0.1:\(port)/"),
                timeout: .seconds(5)
            ))
            .map { _ in }
        }
        try await body(host)
        program.send(SIGTERM)
        try await program.exitCode()
    }

    /// The addresses that were asked for, without those that browsers ask for by themselves.
    var asked: [String] {
        program.standardError.split(separator: "\n").compactMap { line in
            line.split(separator: "\"").dropFirst().first?.split(separator: " ").dropFirst().first.map(
                String.init
            )
        }.filter { $0 != "/favicon.ico" && $0 != "/" }
    }
}
