import Glibc
import Testing

@testable import LocalPostgres

@Suite("Secret and log of a private cluster", .timeLimit(.minutes(10)))
struct ClusterFilesTests {
    @Test func `a secret is made once, and for its owner only`() throws {
        let scratch = try ClusterScratch(data: nil)
        let secret = try SecretFile.loadOrCreate(folder: scratch.data)
        #expect(secret.utf8.count == 64)
        #expect(secret.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        #expect(try SecretFile.loadOrCreate(folder: scratch.data) == secret)
        #expect(Files.status(scratch.data + "/secret")?.permissions == 0o600)
        #expect(Files.names(in: scratch.data) == ["secret"])
    }

    @Test func `two folders have two secrets`() throws {
        let scratch = try ClusterScratch(data: nil)
        let secrets = try ["/a", "/b"].map { try SecretFile.loadOrCreate(folder: scratch.root + $0) }
        #expect(Set(secrets).count == 2)
    }

    @Test func `all who ask at the same time get the same secret`() async throws {
        let scratch = try ClusterScratch(data: nil)
        let secrets = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try SecretFile.loadOrCreate(folder: scratch.data) } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(secrets.count == 1)
    }

    @Test(arguments: [mode_t(0o644), 0o640, 0o604])
    func `a secret that others can read is refused`(mode: mode_t) throws {
        let scratch = try ClusterScratch(data: nil)
        _ = try SecretFile.loadOrCreate(folder: scratch.data)
        #expect(chmod(scratch.data + "/secret", mode) == 0)
        let error = #expect(throws: ClusterError.self) { try SecretFile.loadOrCreate(folder: scratch.data) }
        #expect(error?.message.contains("chmod 0600") == true)
    }

    @Test func `a secret file without a secret is refused`() throws {
        let scratch = try ClusterScratch(data: nil)
        _ = try SecretFile.loadOrCreate(folder: scratch.data)
        #expect(truncate(scratch.data + "/secret", 10) == 0)
        #expect(throws: ClusterError.self) { try SecretFile.loadOrCreate(folder: scratch.data) }
    }

    @Test func `a long log starts anew and keeps its end beside it`() throws {
        let scratch = try ClusterScratch(data: nil)
        let log = ServerLog(path: scratch.root + "/postgres.log")
        let descriptor = try log.open()
        defer { close(descriptor) }
        let lines = (0..<100).map { "line \($0)" }
        #expect(Files.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: descriptor))

        log.shorten(over: 10_000)
        #expect(log.lines(after: 0, last: 2) == ["line 98", "line 99"])
        log.shorten(over: 80)
        #expect(log.size == 0)
        #expect(Files.text(log.path + ".1")?.hasSuffix("line 98\nline 99\n") == true)
        #expect(Files.text(log.path + ".1")?.utf8.count == 80)

        // The server goes on writing to what it has open.
        #expect(Files.write(Array("next\n".utf8), to: descriptor))
        #expect(Files.text(log.path) == "next\n")
    }
}
