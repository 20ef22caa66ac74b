import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// A real nginx with `Deploy/nginx.conf` in front of the service.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ProxyTests {
    private static let host = "scores.example.com"

    /// A running nginx with the shipped file, in which ports, files and instances are this test's.
    private struct Proxy {
        let nginx: Program
        let (plain, secure): (UInt16, UInt16)
        let folder: URL

        init(for service: Service, in folder: URL) async throws {
            self.folder = folder
            (plain, secure) = (try Program.freePort(), try Program.freePort())
            let certificate = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2",
                "-subj", "/CN=test", "-addext", "subjectAltName=DNS:\(host)", "-keyout",
                "\(folder.path)/key.pem",
                "-out", "\(folder.path)/certificate.pem",
            ]
            let made = try await ProgramSpawn.run(ProgramSpawn.find("openssl"), certificate, folder: folder)
            try #require(made == 0)
            let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../Deploy/nginx.conf")
            var text = try String(contentsOf: shipped, encoding: .utf8)
            for (line, replacement) in [
                ("listen 80;", "listen 127.0.0.1:\(plain);"), ("    listen [::]:80;\n", ""),
                ("listen 443 ssl http2;", "listen 127.0.0.1:\(secure) ssl http2;"),
                ("    listen [::]:443 ssl http2;\n", ""), ("127.0.0.1:8080", "127.0.0.1:\(service.port)"),
                ("/etc/letsencrypt/live/\(host)/fullchain.pem", "\(folder.path)/certificate.pem"),
                ("/etc/letsencrypt/live/\(host)/privkey.pem", "\(folder.path)/key.pem"),
                ("/var/log/nginx/", "\(folder.path)/"),
            ] {
                try #require(text.contains(line), "\(line)")
                text = text.replacingOccurrences(of: line, with: replacement)
            }
            try text.write(
                to: folder.appendingPathComponent("highscores.conf"),
                atomically: true,
                encoding: .utf8
            )
            let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: " ")
            let user = geteuid() == 0 ? "user root;" : ""
            try """
            \(user) daemon off; worker_processes 1; pid \(folder.path)/pid; error_log \(folder.path)/errors;
            events { worker_connections 512; }
            http { \(places) include \(folder.path)/highscores.conf; }
            """.write(to: folder.appendingPathComponent("nginx.conf"), atomically: true, encoding: .utf8)
            nginx = try Program(
                ["-p", folder.path, "-e", "\(folder.path)/errors", "-c", "\(folder.path)/nginx.conf"],
                environment: [:],
                folder: folder,
                at: try Self.find()
            )
            let secure = secure
            try await Program.wait(for: "nginx") { () -> Void? in
                (try? RawExchange.connect(to: secure, sending: [], within: 1)).map { _ = close($0) }
            }
        }

        /// Debian keeps it where only root looks for programs.
        private static func find() throws -> String {
            let usual = "/usr/sbin/nginx"
            return FileManager.default.isExecutableFile(atPath: usual)
                ? usual : try ProgramSpawn.find("nginx")
        }

        /// Asks by curl, which sends an address as it is written.
        func ask(_ address: String, _ options: [String] = []) async throws -> (status: String, text: String) {
            let place = folder.appendingPathComponent("curl-\(UInt32.random(in: 0...UInt32.max))")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let arguments = [
                "--silent", "--show-error", "--include", "--path-as-is", "--cacert",
                "\(folder.path)/certificate.pem",
                "--resolve", "\(host):\(secure):127.0.0.1", "--resolve", "\(host):\(plain):127.0.0.1",
            ]
            let status = try await ProgramSpawn.run(
                ProgramSpawn.find("curl"),
                arguments + options + [
                    address.hasPrefix("http") ? address : "https://\(host):\(secure)\(address)"
                ],
                folder: place
            )
            let text = try String(contentsOf: place.appendingPathComponent("stdout"), encoding: .isoLatin1)
            try #require(status == 0, "\(address): \(status)")
            let first = text.prefix { !$0.isNewline }.split(separator: " ")
            return (first.count > 1 ? String(first[1]) : "", text.lowercased())
        }
    }

    private static func with(
        _ variables: [String: String] = [:],
        _ body: (Arena, Service, Proxy) async throws -> Void
    ) async throws {
        try await Arena.with { arena in
            let service = try await arena.serve([], variables)
            try await Program.withFolder { folder in
                let proxy = try await Proxy(for: service, in: folder)
                try await body(arena, service, proxy)
                proxy.nginx.send(SIGTERM)
                try await proxy.nginx.exitCode()
            }
        }
    }

    /// Ways to write the address of what is for operators, so that a proxy that compares texts lets them pass.
    private static let spellings = [
        "/metrics", "/metrics/", "//metrics", "/metrics//", "/./metrics", "/metrics/.", "/v1/../metrics",
        "/v1/..%2fmetrics", "/%6detrics", "/%6Detrics/", "/metric%73", "/metrics?x=1", "/metrics%3Fx",
        "/metrics%00",
        "/METRICS", "/metrics;x=1", "/sdk/../metrics", "/sdk/%2e%2e/metrics", "/telegram/..//metrics",
        "/v1/runs/../../metrics",
        "/%2fmetrics", "/v1/%2e%2e%2f%2e%2e%2fmetrics", "/problems/..%5cmetrics",
        "/v1/games/..;/../../metrics",
        "/%256detrics", "/leaderboard/../metrics", "/metrics#x",
    ]

    @Test func `no spelling of the operators' routes passes, and everybody's do`() async throws {
        try await Self.with { arena, service, proxy in
            // They are there.
            let metrics = try await service.send(.get, "/metrics")
            #expect(metrics.status == 200 && metrics.text.contains("highscores_ready"))
            for spelling in Self.spellings {
                let answer = try await proxy.ask(spelling)
                #expect(["400", "404"].contains(answer.status), "\(spelling): \(answer)")
                #expect(!answer.text.contains("highscores_ready"), "\(spelling)")
            }
            let absolute = try await proxy.ask("/", ["--request-target", "https://\(Self.host)/metrics"])
            #expect(["400", "404"].contains(absolute.status), "\(absolute)")
            for address in [
                "/healthz", "/readyz", "/openapi.json", "/leaderboard", "/sdk/highscores.js",
                "/problems/not_found",
            ] {
                let answer = try await proxy.ask(address)
                #expect(answer.status == "200", "\(address): \(answer)")
                #expect(answer.text.contains("strict-transport-security: max-age="), "\(address)")
            }
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.launch(Arena.ada, message)
            let run = try await proxy.ask(
                "/v1/runs",
                ["-X", "POST", "-H", "Authorization: Bearer \(launch)"]
            )
            #expect(run.status == "201", "\(run)")
            #expect(run.text.components(separatedBy: "access-control-allow-origin:").count == 2)
            #expect(try await proxy.ask("/telegram/\(Arena.bot)", ["-d", "{}"]).status == "401")
        }
    }

    @Test func `its own answers are problems that pages can read`() async throws {
        try await Self.with { _, service, proxy in
            func expect(_ answer: (status: String, text: String), _ status: String, _ code: String) {
                #expect(answer.status == status, "\(answer)")
                #expect(answer.text.contains("\"code\":\"\(code)\""), "\(answer)")
                #expect(answer.text.contains("\"status\":\(status)"), "\(answer)")
                #expect(answer.text.contains("content-type: application/problem+json"), "\(answer)")
                #expect(answer.text.contains("access-control-allow-origin: *"), "\(answer)")
                #expect(answer.text.contains("strict-transport-security: max-age="), "\(answer)")
            }
            expect(try await proxy.ask("/nothing"), "404", "not_found")
            let body = proxy.folder.appendingPathComponent("body")
            try Data(repeating: 0x20, count: 40_000).write(to: body)
            expect(
                try await proxy.ask("/v1/scores", ["--data-binary", "@\(body.path)"]),
                "413",
                "body_too_large"
            )
            // So many that a machine that answers fewer than the limit lets pass would take minutes over it.
            let many = try await proxy.ask("/v1/none?[1-3000]", ["-Z", "--parallel-max", "50"])
            let limited = try #require(many.text.range(of: "http/2 429"))
            #expect(many.text[limited.lowerBound...].contains("retry-after: 1"))
            #expect(many.text[limited.lowerBound...].contains("\"code\":\"rate_limited\""))
            try await service.stop()
            let down = try await proxy.ask("/leaderboard")
            expect(down, "503", "overloaded")
            #expect(down.text.contains("retry-after: 2"))
        }
    }

    @Test func `who shows no key is limited at games' addresses, too`() async throws {
        try await Self.with { _, _, proxy in
            let keyless = try await proxy.ask("/v1/games/none?[1-3000]", ["-Z", "--parallel-max", "50"])
            #expect(keyless.text.contains("http/2 404") && keyless.text.contains("http/2 429"))
            // More than the others' burst and what a quick machine gets beside it.
            let studio = try await proxy.ask(
                "/v1/games/none?[1-1000]",
                [
                    "-Z", "--parallel-max", "50", "-H",
                    "Authorization: Bearer hsk_\(String(repeating: "A", count: 43))",
                ]
            )
            #expect(studio.text.contains("http/2 404") && !studio.text.contains("http/2 429"))
        }
    }

    @Test func `plain requests are sent to this host, whatever they name`() async throws {
        try await Self.with { _, _, proxy in
            let answer = try await proxy.ask(
                "http://\(Self.host):\(proxy.plain)/leaderboard?x=1",
                ["-H", "Host: evil.example"]
            )
            #expect(answer.status == "301")
            #expect(answer.text.contains("location: https://\(Self.host)/leaderboard?x=1\r\n"), "\(answer)")
        }
    }

    @Test func `without an address of their own operators' reasons name nothing`() async throws {
        let hidden = ["db.internal", "127.0.0.1:1", "5432", "secret_role", "secret_database"]
        let url = "postgresql://secret_role@127.0.0.1:1/secret_database"
        try await Arena.with { arena in
            let service = try await arena.serve([], ["DATABASE_URL": url], until: 503)
            try await service.waitUntil("unready", "database_unavailable")
            let answer = try await service.send(.get, "/readyz")
            for word in hidden { #expect(!answer.text.contains(word), "\(answer)") }
            // The log tells them.
            #expect(service.program.standardError.contains("127.0.0.1"))
            try await service.stop()
        }
        try await Arena.with { arena in
            let port = try Program.freePort()
            let service = try await arena.serve(
                [],
                ["DATABASE_URL": url, "HIGHSCORES_ADMIN_LISTEN": "127.0.0.1:\(port)"],
                until: 503
            )
            let answer = try await RawExchange.send(
                Array("GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8),
                to: port,
                thenFinishes: false
            )
            #expect(answer.contains("127.0.0.1"), "\(answer)")
            #expect(try await service.send(.get, "/readyz").text == #"{"status":"unready"}"#)
            try await service.stop()
        }
    }
}
