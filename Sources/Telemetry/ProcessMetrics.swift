import Glibc

extension [Metric] {
    /// What can be read of this process, by the names that Prometheus' client libraries give it.
    package static var ofProcess: [Metric] {
        let fields = statusFields
        func field(_ number: Int) -> Double {
            fields.indices.contains(number - 3) ? Double(fields[number - 3]) ?? 0 : 0
        }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // The numbers of the fields are those of proc_pid_stat(5).
        return [
            Metric(
                "process_cpu_seconds_total",
                .counter,
                "User and system CPU time.",
                (field(14) + field(15)) / ticksPerSecond
            ),
            Metric("process_threads", .gauge, "Threads.", field(20)),
            Metric(
                "process_start_time_seconds",
                .gauge,
                "When the process began, in Unix time.",
                bootTime + field(22) / ticksPerSecond
            ),
            Metric("process_virtual_memory_bytes", .gauge, "Virtual memory.", field(23)),
            Metric(
                "process_resident_memory_bytes",
                .gauge,
                "Resident memory.",
                field(24) * Double(sysconf(Int32(_SC_PAGESIZE)))
            ),
            Metric("process_open_fds", .gauge, "Open files and connections.", Double(openDescriptors)),
            Metric("process_max_fds", .gauge, "How many may be open.", Double(limit.rlim_cur)),
        ]
    }

    private static var ticksPerSecond: Double { Double(sysconf(Int32(_SC_CLK_TCK))) }

    /// The fields behind the program's name, which may hold anything; the first one is the third.
    private static var statusFields: [Substring] {
        let line = firstLine(of: "/proc/self/stat") { _ in true } ?? ""
        guard let end = line.lastIndex(of: ")") else { return [] }
        return line[end...].dropFirst().split(separator: " ")
    }

    /// When the machine began, in Unix time.
    private static let bootTime: Double = {
        let line = firstLine(of: "/proc/stat") { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst(6)) } ?? 0
    }()

    private static var openDescriptors: Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Not "." and "..", nor the folder itself.
        return Swift.max(count - 3, 0)
    }

    private static func firstLine(of path: String, where isWanted: (String) -> Bool) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [CChar](repeating: 0, count: 4096)
        while fgets(&bytes, Int32(bytes.count), file) != nil {
            let line = String(
                decoding: bytes.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
            if isWanted(line) { return line }
        }
        return nil
    }
}
