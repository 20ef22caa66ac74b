import Glibc
import Testing

@testable import LocalPostgres

@Suite("Private cluster after something was killed", .serialized, .timeLimit(.minutes(10)))
struct ClusterRecoveryTests {
    @Test func `a killed server is started again with everything committed`() async throws {
        let scratch = try ClusterScratch()
        let cluster = scratch.cluster()
        let lease = try await cluster.open()
        let watching = Task { await cluster.watch() }
        defer { watching.cancel() }
        _ = try scratch.query("CREATE TABLE kept AS SELECT 42 AS value", lease)
        let killed = try #require(scratch.state.running?.process)

        kill(killed, SIGKILL)
        try await scratch.eventually {
            guard let process = scratch.state.running?.process, process != killed else { return false }
            return scratch.messages.contains { $0.contains("started again") }
        }
        #expect(try scratch.query("SELECT value FROM kept", lease) == "42")
        await cluster.release()
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `a server whose socket was removed is restarted at the same address`() async throws {
        let scratch = try ClusterScratch()
        let cluster = scratch.cluster()
        let lease = try await cluster.open()
        let watching = Task { await cluster.watch() }
        defer { watching.cancel() }
        let first = try #require(scratch.state.running)
        let socket = ClusterFolder.socket(in: try #require(first.socketFolder))

        #expect(unlink(socket) == 0)
        try await scratch.eventually { scratch.messages.contains { $0.contains("started again") } }
        #expect(scratch.state.running?.process != first.process)
        #expect(try scratch.query("SELECT 'alive'", lease) == "alive")
        await cluster.release()
    }

    @Test func `a server whose owner was killed is taken over and stopped by the next command`() async throws
    {
        let scratch = try ClusterScratch()
        let killed = scratch.cluster()
        _ = try await killed.open()
        let process = try #require(scratch.state.running?.process)
        await killed.vanish()

        let next = scratch.cluster()
        let lease = try await next.open()
        #expect(!lease.startedServer)
        #expect(scratch.state.running?.process == process)
        await next.release()
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `the note of a killed server does not hinder the next start`() async throws {
        let scratch = try ClusterScratch()
        try await killEverything(in: scratch)
        #expect(scratch.state.note != nil)
        let next = scratch.cluster()
        let lease = try await next.open()
        #expect(lease.startedServer)
        #expect(try scratch.query("SELECT value FROM kept", lease) == "42")
        await next.release()
    }

    @Test func `a note whose number another process of the server's user now has is not believed`()
        async throws
    {
        let scratch = try ClusterScratch()
        try await killEverything(in: scratch)
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        let stranger = try ChildProgram.spawn(scratch.account.command("sleep", ["600"]), output: null)
        defer {
            kill(stranger, SIGKILL)
            while ChildProgram.reap(stranger) == nil { usleep(1_000) }
        }
        let text = try #require(Files.text(scratch.state.notePath))
        let rest = text.drop(while: { $0 != "\n" })
        let note = open(scratch.state.notePath, O_WRONLY | O_TRUNC | O_CLOEXEC)
        #expect(Files.write(Array("\(stranger)\(rest)".utf8), to: note))
        close(note)
        #expect(scratch.state.note?.process == stranger)
        #expect(scratch.state.running == nil)

        let next = scratch.cluster()
        let lease = try await next.open()
        #expect(lease.startedServer)
        #expect(try scratch.query("SELECT value FROM kept", lease) == "42")
        await next.release()
        #expect(kill(stranger, 0) == 0, "the stranger was killed")
    }

    @Test func `workers that outlive their killed server are ended before the next start`() async throws {
        let scratch = try ClusterScratch()
        let killed = scratch.cluster()
        let lease = try await killed.open()
        let server = try #require(scratch.state.running?.process)
        // A worker that computes does not look whether its server lives.
        let busy = "DO $$ BEGIN FOR i IN 1..2000000000 LOOP PERFORM i; END LOOP; END $$"
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        let client = try ChildProgram.spawn(
            scratch.account.command("psql", ["-Xq", "-c", busy, lease.connectionString]),
            output: null
        )
        defer {
            kill(client, SIGKILL)
            while ChildProgram.reap(client) == nil { usleep(1_000) }
        }
        try await scratch.eventually {
            try scratch.query("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %'", lease) == "1"
        }
        kill(server, SIGKILL)
        await killed.vanish()
        try await scratch.eventually { scratch.state.running == nil }
        #expect(!scratch.state.processes.isEmpty)

        let next = scratch.cluster()
        #expect(try await next.open().startedServer)
        await next.release()
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `what a killed creation has left is cleared away`() async throws {
        let scratch = try ClusterScratch(data: nil)
        try Files.makeFolder(scratch.data + "/postgres.new-1a2b/base", mode: 0o700)
        let cluster = scratch.cluster()
        _ = try await cluster.open()
        #expect(
            Files.names(in: scratch.data).filter { $0.hasPrefix("postgres") }.sorted() == [
                "postgres", "postgres.log",
            ]
        )
        await cluster.release()
    }

    @Test func `a server that does not start is reported with the end of its log`() async throws {
        let scratch = try ClusterScratch()
        let cluster = scratch.cluster()
        _ = try await cluster.open()
        await cluster.release()
        let settings = open(scratch.data + "/postgres/postgresql.conf", O_WRONLY | O_APPEND | O_CLOEXEC)
        #expect(Files.write(Array("shared_buffers = plenty\n".utf8), to: settings))
        close(settings)

        let error = await #expect(throws: ClusterError.self) { try await scratch.cluster().open() }
        #expect(error?.code == .startFailed)
        #expect(error?.details.contains { $0.contains("plenty") } == true)
        #expect(error?.message.contains(scratch.data + "/postgres.log") == true)
    }

    /// Creates a cluster with a committed row, then kills its server and its owner.
    private func killEverything(in scratch: ClusterScratch) async throws {
        let cluster = scratch.cluster()
        let lease = try await cluster.open()
        _ = try scratch.query("CREATE TABLE kept AS SELECT 42 AS value", lease)
        let process = try #require(scratch.state.running?.process)
        kill(process, SIGKILL)
        await cluster.vanish()
        try await scratch.eventually { scratch.state.processes.isEmpty }
    }
}
