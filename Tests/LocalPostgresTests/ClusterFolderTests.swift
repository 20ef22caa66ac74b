import Glibc
import Testing

@testable import LocalPostgres

@Suite("Folders of a private cluster", .serialized, .timeLimit(.minutes(10)))
struct ClusterFolderTests {
    @Test(arguments: [
        String(repeating: "long-name/", count: 12) + "data", "with space, comma' and $(date)/data",
    ])
    func `a path that no socket can have gets its socket elsewhere`(name: String) async throws {
        let scratch = try ClusterScratch(data: "/" + name)
        let folder = scratch.root + "/" + name
        let cluster = scratch.cluster(folder)
        let lease = try await cluster.open()
        #expect(lease.folder == folder)
        #expect(lease.connectionString.contains("/tmp/highscores-\(scratch.account.uid)-"))
        #expect(try scratch.query("SELECT 1", lease) == "1")
        await cluster.release()
        let socketFolder = ClusterFolder(path: folder).socketFolder(for: scratch.account, temporary: "/tmp")
        #expect(Files.status(socketFolder)?.permissions == 0o700)
        #expect(rmdir(socketFolder) == 0)
    }

    @Test(arguments: [
        (93, true), (94, false),
    ])
    func `a socket's path may have 107 bytes`(length: Int, isUsable: Bool) {
        let folder = "/" + String(repeating: "x", count: length - 1)
        #expect(ClusterFolder.socket(in: folder).utf8.count == length + 14)
        #expect(ClusterFolder.isUsable(socketFolder: folder) == isUsable)
    }

    @Test(arguments: [mode_t(0o755), 0o770, 0o701])
    func `a socket folder that others may enter is refused`(mode: mode_t) throws {
        let scratch = try ClusterScratch(data: nil)
        let (folder, temporary) = try unusableFolder(scratch)
        let path = folder.socketFolder(for: scratch.account, temporary: temporary)
        try Files.makeFolder(path, mode: mode)
        try scratch.account.takeOwnership(of: path)
        let error = #expect(throws: ClusterError.self) {
            try folder.prepareSocketFolder(for: scratch.account, temporary: temporary)
        }
        #expect(error?.code == .folderUnusable)
    }

    @Test(arguments: [mode_t(0o777), 0o1777, 0o775, 0o722])
    func `a data folder that others may write to is refused, for the cluster and for the secret`(mode: mode_t)
        async throws
    {
        let scratch = try ClusterScratch(data: nil)
        try Files.makeFolder(scratch.data, mode: mode)
        for use in [
            { _ = try await scratch.cluster().open() },
            { _ = try SecretFile.loadOrCreate(folder: scratch.data) },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: ClusterError.self) { try await use() }
            #expect(error?.code == .folderUnusable)
            #expect(error?.description.contains("chmod go-w") == true)
        }
        #expect(Files.names(in: scratch.data) == [])
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a data folder of somebody else is refused, for the cluster and for the secret`() async throws {
        let scratch = try ClusterScratch(data: nil)
        try Files.makeFolder(scratch.data, mode: 0o700)
        #expect(lchown(scratch.data, 12_345, 12_345) == 0)
        #expect(throws: ClusterError.self) { try SecretFile.loadOrCreate(folder: scratch.data) }
        await #expect(throws: ClusterError.self) { _ = try await scratch.cluster().open() }
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a socket folder of somebody else is refused`() throws {
        let scratch = try ClusterScratch(data: nil)
        let (folder, temporary) = try unusableFolder(scratch)
        let path = folder.socketFolder(for: scratch.account, temporary: temporary)
        try Files.makeFolder(path, mode: 0o700)
        #expect(lchown(path, 12_345, 12_345) == 0)
        let error = #expect(throws: ClusterError.self) {
            try folder.prepareSocketFolder(for: scratch.account, temporary: temporary)
        }
        #expect(error?.code == .folderUnusable)
    }

    @Test func `a link in place of a socket folder is refused`() throws {
        let scratch = try ClusterScratch(data: nil)
        let (folder, temporary) = try unusableFolder(scratch)
        let target = scratch.root + "/target"
        try Files.makeFolder(target, mode: 0o700)
        try scratch.account.takeOwnership(of: target)
        let path = folder.socketFolder(for: scratch.account, temporary: temporary)
        #expect(symlink(target, path) == 0)
        #expect(throws: ClusterError.self) {
            try folder.prepareSocketFolder(for: scratch.account, temporary: temporary)
        }
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a folder that the server's user cannot reach is replaced, and that is said`() async throws {
        let scratch = try ClusterScratch(data: "/fallback")
        let closed = scratch.root + "/closed"
        try Files.makeFolder(closed, mode: 0o700)
        let cluster = scratch.cluster(closed + "/.highscores")
        let lease = try await cluster.open()
        #expect(lease.folder == scratch.root + "/fallback")
        #expect(
            scratch.messages.contains {
                $0.hasPrefix("notice: ") && $0.contains(closed) && $0.contains(scratch.root + "/fallback")
            }
        )
        let again = scratch.cluster(closed + "/.highscores")
        #expect(try await again.open().connectionString == lease.connectionString)
        await again.release()
        await cluster.release()
        #expect(ServerState(data: lease.folder + "/postgres").processes.isEmpty)
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a database that can no longer be reached is not replaced by an empty one`() async throws {
        let scratch = try ClusterScratch(data: "/parent/data")
        let parent = scratch.root + "/parent"
        let first = scratch.cluster(parent + "/data")
        _ = try await first.open()
        await first.release()
        #expect(chmod(parent, 0o700) == 0)
        let error = await #expect(throws: ClusterError.self) {
            try await scratch.cluster(parent + "/data").open()
        }
        #expect(error?.code == .folderUnusable)
        #expect(error?.message.contains("chmod o+x") == true)
        #expect(!Files.exists(scratch.root + "/fallback"))
    }

    @Test(.enabled(if: geteuid() == 0))
    func `a folder of another user is refused`() async throws {
        let scratch = try ClusterScratch(data: nil)
        try Files.makeFolder(scratch.data, mode: 0o755)
        #expect(lchown(scratch.data, 12_345, 12_345) == 0)
        let error = await #expect(throws: ClusterError.self) { try await scratch.cluster().open() }
        #expect(error?.code == .folderUnusable)
        #expect(error?.message.contains("12345") == true)
    }

    @Test func `only the server's user can enter the data and the socket`() async throws {
        let scratch = try ClusterScratch()
        let cluster = scratch.cluster()
        _ = try await cluster.open()
        for name in ["postgres", "socket"] {
            let status = try #require(Files.status(scratch.data + "/" + name))
            #expect(status.owner == scratch.account.uid)
            #expect(status.permissions == 0o700)
        }
        #expect(Files.status(scratch.data)?.permissions == ClusterFolder.mode(for: scratch.account))
        await cluster.release()
    }

    /// A cluster's folder whose own socket path is too long, and a place for the other one.
    private func unusableFolder(_ scratch: ClusterScratch) throws -> (ClusterFolder, String) {
        (ClusterFolder(path: "/" + String(repeating: "x", count: 120)), scratch.root)
    }
}
