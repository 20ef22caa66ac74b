import Glibc
import Logging
import TestSupport
import Testing

@testable import LocalPostgres

/// A folder for one test's cluster, which goes with everything that runs in it.
final class ClusterScratch: Sendable {
    /// A folder that everybody may enter.
    let root: String
    /// The cluster's own folder, which does not exist yet.
    let data: String
    let account: ServerAccount
    let log = RecordedLog(level: .info)

    /// Makes the folder, with the data of a new cluster at `path` below it; with nil the cluster creates its own.
    init(data path: String? = "/data") throws {
        root = Self.newPath()
        try Files.makeFolder(root, mode: 0o755)
        data = root + "/data"
        account = try ServerAccount.current()
        if let path { try ClusterTemplate.copy(to: root + path) }
    }

    /// A path that nobody else has, where the tests keep what is to be removed.
    static func newPath() -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        return "\(parent)/cluster-\(String(UInt32.random(in: .min ... .max), radix: 36))"
    }

    deinit {
        for folder in [data, root + "/fallback"] { endProcesses(of: folder) }
        _ = try? ChildProgram.run(["rm", "-rf", "--", root])
    }

    /// What was logged, each line after its level.
    var messages: [String] {
        log.lines.map { "\($0.level): \($0.message) \($0.metadata["detail"]?.description ?? "")" }
    }

    var state: ServerState { ServerState(data: data + "/postgres") }

    /// A machine with limits that let a failing test end.
    func machine(_ change: (inout ClusterMachine) -> Void = { _ in }) -> ClusterMachine {
        var machine = ClusterMachine()
        machine.fallbackFolder = root + "/fallback"
        machine.lockLimit = .seconds(300)
        machine.startLimit = .seconds(300)
        machine.stopLimit = .seconds(300)
        machine.checkInterval = .milliseconds(20)
        machine.missingSocketLimit = .milliseconds(200)
        change(&machine)
        return machine
    }

    /// One user of the cluster; two of them exclude each other as two processes do.
    func cluster(_ folder: String? = nil, _ machine: ClusterMachine? = nil) -> PrivateCluster {
        PrivateCluster(dataFolder: folder ?? data, machine: machine ?? self.machine(), logger: log.logger)
    }

    /// The first column of the first row that a statement gives, through a connection of its own.
    func query(_ statement: String, _ lease: ClusterLease) throws -> String {
        let answer = try ChildProgram.run(
            account.command(
                "psql",
                ["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, lease.connectionString]
            )
        )
        try #require(answer.status == 0, "\(answer.output)")
        return answer.lines.first ?? ""
    }

    /// Waits until a condition holds; the limit only ends a failing test.
    func eventually(_ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while try !condition() {
            try #require(ContinuousClock.now < deadline, "did not happen within 300 s")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func endProcesses(of folder: String) {
        let state = ServerState(data: folder + "/postgres")
        guard let process = state.running?.process else { return }
        kill(process, SIGQUIT)
        let deadline = ContinuousClock.now + .seconds(10)
        while !state.processes.isEmpty, ContinuousClock.now < deadline { usleep(5_000) }
    }
}

extension PrivateCluster {
    /// Does what the kernel does when a process is killed: gives its locks back, and nothing else.
    func vanish() { useLock?.release() }
}
