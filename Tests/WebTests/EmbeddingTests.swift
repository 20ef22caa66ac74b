import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import TestSupport
import Testing

@testable import Web

/// What games do with the script and the page, in a real browser.
@Suite(.serialized, .timeLimit(.minutes(10))) struct EmbeddingTests {
    /// Runs a body while a game's page is served from another origin, isolated as games with shared memory are.
    private static func withGame(_ page: String, _ body: (_ address: String) async throws -> Void)
        async throws
    {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "game") { _ in SwiftLogNoOpLogHandler() }
        let game = Application(
            responder: CallbackResponder { (_: Request, _: BasicRequestContext) in
                var response = Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: page)))
                response.headers[.contentType] = "text/html"
                response.headers[.init("Cross-Origin-Opener-Policy") ?? .server] = "same-origin"
                response.headers[.crossOriginEmbedderPolicy] = "require-corp"
                return response
            },
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: logger
        )
        let group = ServiceGroup(services: [game], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            // By another name of this machine, so that not even the site is the same.
            let address = "http://localhost:\(try #require(await ports.first { _ in true }))/"
            try await body(address)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    @Test func `a game that is isolated for shared memory loads the script and frames the page`() async throws
    {
        try await withServer(TestEdge().services) { port, _ in
            let service = "http://127.0.0.1:\(port)"
            let page = """
                <!doctype html><script src="\(service)/sdk/highscores.js"></script>
                <script>document.title = window.crossOriginIsolated + "/" + typeof window.Highscores;</script>
                <iframe src="\(service)/leaderboard#hs=run"></iframe>
                """
            try await Self.withGame(page) { address in
                try await WebDriver.withBrowser { browser in
                    try await browser.open(address)
                    #expect(try await browser.title() == "true/object")
                    try await browser.insideFrame(try await browser.find("iframe")) {
                        try await browser.waitForText("Zoë", in: "li[data-rank='1']")
                    }
                    let complaints = try await browser.console().map(\.message).filter {
                        $0.contains("Content Security Policy") || $0.contains("ERR_BLOCKED_BY_RESPONSE")
                    }
                    #expect(complaints.isEmpty)
                }
            }
        }
    }

    @Test func `a page of the service runs no script but its own`() async throws {
        let page = TestEdge()
        let answer = try await page.get("/leaderboard")
        let policy = try #require(answer.headers[.contentSecurityPolicy])
        #expect(policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"))
        #expect(policy.contains("script-src 'self' 'sha256-") && !policy.contains("unsafe"))
    }
}
