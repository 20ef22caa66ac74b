import Glibc
import Testing

@testable import LocalPostgres

@Suite("Server programs", .timeLimit(.minutes(10)))
struct ClusterProgramsTests {
    @Test(arguments: [
        ("postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)\n", 15),
        ("postgres (PostgreSQL) 17beta1", 17),
        ("16\n", 16),
    ])
    func `the major version is read from what programs print`(text: String, major: Int) {
        #expect(ServerPrograms.majorVersion(in: text) == major)
    }

    @Test func `without programs the error names the package`() throws {
        let scratch = try ClusterScratch(data: nil)
        let error = #expect(throws: ClusterError.self) {
            try ServerPrograms.find(on: machine(scratch), made: nil, dataFolder: scratch.data)
        }
        #expect(error?.code == .programsMissing)
        #expect(error?.message.contains("apt-get install postgresql") == true)
    }

    @Test func `the newest version is taken for a new cluster`() throws {
        let scratch = try ClusterScratch(data: nil)
        for major in [9, 14, 16] { try install(major, scratch) }
        let found = try ServerPrograms.find(on: machine(scratch), made: nil, dataFolder: scratch.data)
        #expect(found == ServerPrograms(folder: scratch.root + "/versions/16/bin", major: 16))
    }

    @Test func `data gets the version that made it, also beside a newer one`() throws {
        let scratch = try ClusterScratch(data: nil)
        for major in [14, 16] { try install(major, scratch) }
        let found = try ServerPrograms.find(on: machine(scratch), made: 14, dataFolder: scratch.data)
        #expect(found.major == 14)
    }

    @Test func `a folder without a complete server is passed over`() throws {
        let scratch = try ClusterScratch(data: nil)
        try install(14, scratch)
        try install(16, scratch)
        #expect(unlink(scratch.root + "/versions/16/bin/initdb") == 0)
        let found = try ServerPrograms.find(on: machine(scratch), made: nil, dataFolder: scratch.data)
        #expect(found.major == 14)
    }

    @Test func `data of another major version is refused with both versions and the package`() async throws {
        let scratch = try ClusterScratch(data: nil)
        try install(16, scratch)
        try Files.makeFolder(scratch.data, mode: ClusterFolder.mode(for: scratch.account))
        try Files.makeFolder(scratch.data + "/postgres", mode: 0o700)
        try write("13\n", to: scratch.data + "/postgres/PG_VERSION", mode: 0o600)
        let cluster = scratch.cluster(nil, machine(scratch))
        let error = await #expect(throws: ClusterError.self) { try await cluster.open() }
        #expect(error?.code == .versionMismatch)
        for part in ["PostgreSQL 13", "PostgreSQL 16", "apt-get install postgresql-13"] {
            #expect(error?.message.contains(part) == true, "\(part)")
        }
    }

    private func machine(_ scratch: ClusterScratch) -> ClusterMachine {
        scratch.machine {
            $0.pgConfig = scratch.root + "/pg_config"
            $0.versions = scratch.root + "/versions"
            $0.path = [scratch.root + "/bin"]
        }
    }

    private func install(_ major: Int, _ scratch: ClusterScratch) throws {
        let folder = "\(scratch.root)/versions/\(major)/bin"
        try Files.makeFolder(folder, mode: 0o755)
        for program in ["postgres", "initdb"] {
            try write(
                "#!/bin/sh\necho \"\(program) (PostgreSQL) \(major).1\"\n",
                to: "\(folder)/\(program)",
                mode: 0o755
            )
        }
    }

    private func write(_ text: String, to path: String, mode: mode_t) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode)
        try #require(Files.write(Array(text.utf8), to: descriptor))
        close(descriptor)
    }
}
