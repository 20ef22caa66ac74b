import Foundation
import Glibc
import Postgres
import Storage

/// Where it was measured, without which results say nothing.
package struct Machine: Hashable, Sendable {
    package let processor: String
    package let cores: Int
    /// In bytes.
    package let memory: Int
    package let kernel: String
    /// The file system of a private server's data; nil for a server that was given.
    package let fileSystem: String?
    package let postgres: String
    package let fsync: String
    package let synchronousCommit: String
    package let fullPageWrites: String
    package let sharedBuffers: String

    /// Asks this machine and the server.
    static func inspect(_ database: BenchDatabase, folder: ScratchFolder) async throws -> Machine {
        let settings = try await database.pool.withSession { session throws(PostgresError) in
            try session.run(
                .serverSettingsGet(
                    ["server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers"]
                )
            )
        }
        var system = utsname()
        uname(&system)
        let release = withUnsafeBytes(of: &system.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return Machine(
            processor: field("model name", in: "/proc/cpuinfo") ?? "unknown",
            cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)),
            memory: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)),
            kernel: "Linux \(release)",
            fileSystem: database.isPrivate
                ? fileSystem(of: folder.path, mounts: text("/proc/self/mounts")) : nil,
            postgres: settings[0],
            fsync: settings[1],
            synchronousCommit: settings[2],
            fullPageWrites: settings[3],
            sharedBuffers: settings[4]
        )
    }

    /// The type of the file system that holds a path, such as `ext4`; nil when nothing is mounted above the path.
    ///
    /// - Parameters:
    ///   - path: An absolute path without links.
    ///   - mounts: The table of mounts (proc(5)), later lines covering earlier ones.
    static func fileSystem(of path: String, mounts: String) -> String? {
        let places = mounts.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            .filter { fields in
                fields.count > 2
                    && (fields[1] == "/" || path == fields[1] || path.hasPrefix(fields[1] + "/"))
            }
        let longest = places.map { $0[1].utf8.count }.max()
        return places.last { $0[1].utf8.count == longest }?[2]
    }

    private static func field(_ name: String, in file: String) -> String? {
        let line = text(file).split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split(separator: ":").dropFirst().first.map { $0.drop { $0 == " " } }.map(String.init)
    }

    private static func text(_ file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }
}
