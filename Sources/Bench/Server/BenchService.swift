import Curl
import Foundation
import JSON
import Leaderboards

/// `serve` as a process of its own, under load.
struct BenchService: Sendable {
    let port: Int
    let memory: MemoryWatch
    private let process: ChildProcess
    private let folder: ScratchFolder
    private let http: CurlClient
    private let errors: String

    /// Gives a body a service that is ready, and stops it at the end.
    ///
    /// - Parameters:
    ///   - program: The `highscores` to run.
    ///   - name: Names its log.
    ///   - environment: Configures it, beside what it needs to stand load.
    ///   - folder: Where it writes its log.
    /// - Throws: ``BenchError`` when it does not start or dies, and what the body throws.
    static func with<Result>(
        _ program: String,
        name: String,
        environment: [String: String],
        folder: ScratchFolder,
        http: CurlClient,
        _ body: (BenchService) async throws -> Result
    ) async throws -> Result {
        let settings = [
            "HIGHSCORES_DATA": folder.file("unused"), "HIGHSCORES_UPDATES": "off",
            "HIGHSCORES_LISTEN": "127.0.0.1:0", "HIGHSCORES_PLAYER_RATE": "off",
            // High enough, and still checked and counted.
            "HIGHSCORES_PLAYER_QUOTA": "1000000000 runs 1000GB", "HIGHSCORES_LOG_FORMAT": "json",
        ]
        let errors = "\(name).err"
        let process = try ChildProcess(
            [program, "serve"],
            environment: environment.merging(settings) { $1 },
            output: folder.file("\(name).out"),
            errors: folder.file(errors),
            custodian: folder.custodian
        )
        do {
            let port = try await port(of: process, folder, errors)
            let service = BenchService(
                port: port,
                memory: MemoryWatch(process: process.process),
                process: process,
                folder: folder,
                http: http,
                errors: errors
            )
            try await service.waitUntilReady()
            let result = try await service.memory.watching { try await body(service) }
            guard process.isRunning else { throw died(folder, errors) }
            await process.stop()
            return result
        } catch {
            let hasDied = !process.isRunning
            await process.stop()
            guard hasDied, !(error is CancellationError) else { throw error }
            throw died(folder, errors)
        }
    }

    /// Sends a request and expects an answer of 200.
    ///
    /// - Throws: ``BenchError`` for any other status and for a body that is no JSON.
    func document(
        _ method: CurlRequest.Method,
        _ path: String,
        headers: [(name: String, value: String)],
        body: String? = nil
    ) async throws -> JSONValue {
        let answer = try await http.send(
            CurlRequest(
                method: method,
                url: "http://127.0.0.1:\(port)\(path)",
                headers: headers,
                body: body.map { Array($0.utf8) }
            ),
            timeout: .seconds(20)
        )
        guard answer.status == 200, let document = try? JSON.parse(answer.body) else {
            let text = String(decoding: answer.body.prefix(500), as: UTF8.self)
            throw BenchError(.failed, "\(method) \(path) was answered by \(answer.status): \(text)")
        }
        return document
    }

    /// Sends a request, whatever the answer.
    ///
    /// - Throws: ``BenchError`` for an answer that blames the service, `CurlError` when there is none.
    func provoke(_ request: CurlRequest) async throws {
        let answer = try await http.send(request, timeout: .seconds(20))
        guard answer.status < 500 else {
            throw BenchError(
                .failed,
                "\(request.method) \(request.url.prefix(200)) was answered by \(answer.status)"
            )
        }
    }

    /// How long processors have worked for it so far, in seconds with steps of a hundredth.
    ///
    /// - Throws: ``BenchError`` when the system does not tell.
    func processorTime() throws(BenchError) -> Double {
        let text = (try? String(contentsOfFile: "/proc/\(process.process)/stat", encoding: .utf8)) ?? ""
        // The name of the program, in parentheses, may hold spaces.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw BenchError(.failed, "/proc does not tell of serve's time")
        }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Lines of its log that tell of failures.
    var complaints: [String] {
        folder.text(errors).split(separator: "\n").filter {
            $0.contains(#""level":"error""#) || $0.contains(#""level":"critical""#)
        }.map(String.init)
    }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let answer = try? await http.send(
                CurlRequest(url: "http://127.0.0.1:\(port)/readyz"),
                timeout: .seconds(5)
            )
            if answer?.status == 200 { return }
            guard process.isRunning else { throw Self.died(folder, errors) }
            guard ContinuousClock.now < deadline else {
                throw BenchError(.failed, "serve was not ready within 60 s:\n\(Self.log(folder, errors))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func port(
        of process: ChildProcess,
        _ folder: ScratchFolder,
        _ errors: String
    ) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            for line in folder.text(errors).split(separator: "\n") where line.contains("server.listening") {
                let port = (try? JSON.parse(Array(line.utf8)))?["port"]
                if let port = port?.string.flatMap({ Int($0) }) ?? port?.int64.map(Int.init) { return port }
            }
            guard process.isRunning else { throw died(folder, errors) }
            guard ContinuousClock.now < deadline else {
                throw BenchError(.failed, "serve did not listen within 60 s:\n\(log(folder, errors))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private static func died(_ folder: ScratchFolder, _ errors: String) -> BenchError {
        BenchError(.failed, "serve has ended:\n\(log(folder, errors))")
    }

    private static func log(_ folder: ScratchFolder, _ errors: String) -> Substring {
        folder.text(errors).suffix(2000)
    }
}
