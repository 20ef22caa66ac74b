import Foundation
import TestSupport
import Testing

/// A running `openssl s_server -www` with a fresh self-signed certificate.
struct OpenSSLServer {
    let port: UInt16
    private let folder: URL
    private let process: pid_t

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
        let openssl = try ProgramSpawn.find("openssl")
        let request = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=test", "-addext", "subjectAltName=\(name)", "-keyout", key, "-out", certificate,
        ]
        try #require(try await ProgramSpawn.run(openssl, request, folder: folder) == 0)
        process = try ProgramSpawn.start(
            openssl,
            ["s_server", "-accept", "127.0.0.1:0", "-www", "-key", key, "-cert", certificate],
            folder: folder
        )
        let output = folder.appendingPathComponent("stdout")
        var port: UInt16?
        while port == nil {
            try await Task.sleep(for: .milliseconds(10))
            let said = try String(contentsOf: output, encoding: .utf8)
            // The last line may be half written.
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
        ProgramSpawn.kill(process)
        try? FileManager.default.removeItem(at: folder)
    }
}
