import Foundation
import TestSupport
import Testing

/// A running `openssl s_server -www` with a fresh self-signed certificate.
struct OpenSSLServer {
    let port: UInt16
    private let folder: URL
    private let process: Process

    /// Makes a certificate and starts the server.
    ///
    /// - Parameter name: The subject's alternative name in openssl's notation.
    /// - Throws: When openssl does not start.
    init(name: String) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "highscores-tls-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = folder.appendingPathComponent("key.pem").path
        let certificate = folder.appendingPathComponent("certificate.pem").path
        let maker = try Self.makeProcess([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
        ])
        try maker.run()
        maker.waitUntilExit()
        try #require(maker.terminationStatus == 0)

        let output = Pipe()
        process = try Self.makeProcess([
            "s_server", "-accept", "127.0.0.1:0", "-www", "-key", key, "-cert", certificate,
        ])
        process.standardOutput = output
        // Kept open: the server ends with its input.
        process.standardInput = Pipe()
        try process.run()
        var said = ""
        var port: UInt16?
        while port == nil {
            let piece = output.fileHandleForReading.availableData
            try #require(!piece.isEmpty, "openssl ended early")
            said += String(decoding: piece, as: UTF8.self)
            port = said.split(separator: "\n").dropLast(said.hasSuffix("\n") ? 0 : 1)
                .first { $0.hasPrefix("ACCEPT 127.0.0.1:") }
                .flatMap { UInt16($0.dropFirst("ACCEPT 127.0.0.1:".count)) }
        }
        self.port = try #require(port)
    }

    var certificateFile: String {
        folder.appendingPathComponent("certificate.pem").path
    }

    func stop() {
        // A process started from a task inherits the blocked signals of its thread; only this one always ends it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func makeProcess(_ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try ProgramSpawn.find("openssl"))
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
