import Glibc
import Testing

@testable import LocalPostgres

@Suite("Private cluster", .serialized, .timeLimit(.minutes(10)))
struct ClusterTests {
    @Test func `the first command creates a durable cluster and the last to leave stops it`() async throws {
        let scratch = try ClusterScratch(data: nil)
        let cluster = scratch.cluster()
        let lease = try await cluster.open()

        #expect(lease.startedServer)
        #expect(lease.folder == scratch.data)
        #expect(
            try scratch.query("SELECT current_database() || '/' || current_user", lease)
                == "highscores/highscores"
        )
        for setting in ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"] {
            #expect(try scratch.query("SHOW \(setting)", lease) == "on", "\(setting)")
        }
        #expect(try scratch.query("SHOW listen_addresses", lease) == "")
        #expect(try scratch.query("SHOW server_encoding", lease) == "UTF8")
        #expect(try scratch.query("SHOW shared_buffers", lease) == "128MB")

        await cluster.release()
        #expect(scratch.state.processes.isEmpty)
        #expect(scratch.state.note == nil, "the server was not shut down cleanly")
    }

    @Test func `opening twice gives the same lease and releasing twice is harmless`() async throws {
        let scratch = try ClusterScratch()
        let cluster = scratch.cluster()
        let lease = try await cluster.open()
        #expect(try await cluster.open() == lease)
        await cluster.release()
        await cluster.release()
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `a second command joins the running server and does not stop it`() async throws {
        let scratch = try ClusterScratch()
        let (serve, command) = (scratch.cluster(), scratch.cluster())
        let first = try await serve.open()
        let second = try await command.open()

        #expect(!second.startedServer)
        #expect(second.connectionString == first.connectionString)
        await command.release()
        #expect(try scratch.query("SELECT 'alive'", first) == "alive")
        await serve.release()
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `the first to come may leave first`() async throws {
        let scratch = try ClusterScratch()
        let (first, second) = (scratch.cluster(), scratch.cluster())
        _ = try await first.open()
        let lease = try await second.open()
        await first.release()
        #expect(try scratch.query("SELECT 'alive'", lease) == "alive")
        await second.release()
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `another process that uses the cluster keeps it running until it is killed`() async throws {
        let scratch = try ClusterScratch()
        let cluster = scratch.cluster()
        let lease = try await cluster.open()
        let lock = ClusterFolder(path: scratch.data).useLock
        let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
        defer { close(null) }
        let other = try ChildProgram.spawn(["flock", "--shared", lock, "sleep", "600"], output: null)
        try await scratch.eventually {
            // Changing the mode of one's own lock would disturb the test: a third description asks.
            try !FileLock(lock).tryLock(exclusively: true) && Files.text("/proc/\(other)/comm") == "flock\n"
        }
        try await scratch.eventually { !(Files.text("/proc/\(other)/task/\(other)/children") ?? "").isEmpty }

        await cluster.release()
        #expect(try scratch.query("SELECT 'alive'", lease) == "alive")

        kill(-other, SIGKILL)
        try await scratch.eventually { ChildProgram.reap(other) != nil }
        let next = scratch.cluster()
        #expect(try await !next.open().startedServer)
        await next.release()
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `many commands at once share one server`() async throws {
        let scratch = try ClusterScratch(data: nil)
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let cluster = scratch.cluster()
                    let lease = try await cluster.open()
                    let answer = try scratch.query("SELECT \(number)", lease)
                    await cluster.release()
                    return answer
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers == ["0", "1", "2", "3", "4", "5"])
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `a refused row is in the server's log without its values`() async throws {
        let scratch = try ClusterScratch()
        let cluster = scratch.cluster()
        let lease = try await cluster.open()
        _ = try scratch.query(
            "CREATE TABLE people (name text CONSTRAINT people_short CHECK (length(name) < 3))",
            lease
        )
        let refused = try ChildProgram.run(
            scratch.account.command(
                "psql",
                ["-X", "-c", "INSERT INTO people SELECT repeat('Zoë ', 2)", lease.connectionString]
            )
        )
        #expect(refused.status != 0)
        await cluster.release()
        let log = try #require(Files.text(scratch.data + "/postgres.log"))
        #expect(log.contains("people_short"))
        #expect(!log.contains("Failing row") && !log.contains("Zoë Zoë"), "\(log)")
    }

    @Test func `the server has its own session, no inherited files and no inherited environment`()
        async throws
    {
        let scratch = try ClusterScratch()
        let inherited = scratch.root + "/inherited"
        let descriptor = open(inherited, O_CREAT | O_RDWR, 0o600)
        defer { close(descriptor) }
        let cluster = scratch.cluster()
        _ = try await cluster.open()
        let process = try #require(scratch.state.running?.process)

        #expect(getsid(process) == process)
        let files = try ChildProgram.run(["ls", "-l", "/proc/\(process)/fd"]).output
        #expect(files.contains(scratch.data + "/postgres.log"))
        #expect(!files.contains(inherited))
        #expect(!files.contains(".lock"))
        let environment = try #require(Files.text("/proc/\(process)/environ"))
        #expect(!environment.split(separator: "\0").contains { $0.hasPrefix("HOME=") })
        await cluster.release()
    }

    @Test func `a body runs with the cluster and the cluster ends with it`() async throws {
        let scratch = try ClusterScratch()
        struct Failure: Error {}
        await #expect(throws: Failure.self) {
            try await scratch.cluster().use { lease in
                #expect(try scratch.query("SELECT 1", lease) == "1")
                throw Failure()
            }
        }
        #expect(scratch.state.processes.isEmpty)
    }

    @Test func `a lock that is held too long is an error that names it`() async throws {
        let scratch = try ClusterScratch(data: nil)
        try Files.makeFolder(scratch.data, mode: ClusterFolder.mode(for: scratch.account))
        let lock = try FileLock(ClusterFolder(path: scratch.data).startLock)
        #expect(lock.tryLock(exclusively: true))
        let cluster = scratch.cluster(nil, scratch.machine { $0.lockLimit = .milliseconds(50) })
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .busy)
        #expect(error?.message.contains("cluster.start.lock") == true)
        lock.release()
    }
}
