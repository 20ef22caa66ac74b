import Glibc
import Logging

@testable import LocalPostgres

/// The data of a new cluster, made once in this process and copied by the tests that are not about making one.
enum ClusterTemplate {
    /// The folder above the data; it goes when the process ends.
    private static let folder: Result<ClusterFolder, any Error> = Result {
        let folder = ClusterFolder(path: ClusterScratch.newPath())
        try Files.makeFolder(folder.path, mode: 0o755)
        atexit { ClusterTemplate.remove() }
        try ClusterCreation(
            folder: folder,
            account: ServerAccount.current(),
            programs: ServerPrograms.find(on: ClusterMachine(), made: nil, dataFolder: folder.data),
            logger: Logger(label: "template") { _ in SwiftLogNoOpLogHandler() }
        ).run()
        return folder
    }

    /// Puts a copy of the data where a cluster's folder expects it.
    static func copy(to path: String) throws {
        let account = try ServerAccount.current()
        try Files.makeFolder(path, mode: ClusterFolder.mode(for: account))
        let copied = try ChildProgram.run(["cp", "-a", folder.get().data, path + "/"], limit: .seconds(60))
        guard copied.status == 0 else { throw ClusterError(.system, "copying failed", details: copied.lines) }
    }

    private static func remove() {
        guard let path = try? folder.get().path else { return }
        _ = try? ChildProgram.run(["rm", "-rf", "--", path])
    }
}
