import Glibc
import Synchronization

/// A small shell that outlives the bench and cleans up after it should the bench be killed.
///
/// It is told of every child and reads from a pipe that the kernel closes when the bench ends in whatever way. After
/// an orderly end nothing is left for it to do.
final class Custodian: Sendable {
    private static let script = #"""
        trap '' INT TERM HUP
        running=
        while read -r word; do
            case $word in
                +*) running="$running ${word#+}" ;;
                -*) rest=
                    for process in $running; do
                        [ "$process" = "${word#-}" ] || rest="$rest $process"
                    done
                    running=$rest ;;
            esac
        done
        [ -z "$running" ] || kill -KILL $running
        [ -d "$1" ] || exit 0
        find "$1" -name postmaster.pid | while read -r file; do
            read -r process <"$file" && kill -QUIT "$process"
        done
        rm -rf -- "$1" || { sleep 2; rm -rf -- "$1"; }
        """#

    private let writing: Int32
    private let shell: ChildProcess

    /// Starts the shell.
    ///
    /// - Parameter folder: What is removed after a violent end, with the database servers that keep their data in it.
    init(folder: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw BenchError(.failed, "no pipe could be made") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        writing = ends[1]
        let shell: ChildProcess
        do {
            shell = try ChildProcess(
                ["/bin/sh", "-c", Self.script, "highscores-bench-custodian", folder],
                environment: ["PATH": "/usr/bin:/bin"],
                input: ends[0],
                output: "/dev/null",
                errors: "/dev/null",
                custodian: nil
            )
        } catch {
            close(ends[0])
            close(ends[1])
            throw error
        }
        close(ends[0])
        self.shell = shell
    }

    deinit { close(writing) }

    /// Notes a process that is to end with the bench.
    func add(_ process: pid_t) { tell("+\(process)\n") }

    /// Notes that a process has ended.
    func remove(_ process: pid_t) { tell("-\(process)\n") }

    private func tell(_ line: String) {
        let bytes = Array(line.utf8)
        // A pipe takes so few bytes whole.
        _ = bytes.withUnsafeBytes { write(writing, $0.baseAddress, $0.count) }
    }
}
