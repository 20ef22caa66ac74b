import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// Clients that stop halfway, and clients that send without end: neither may cost the service anything that lasts.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct StallingClientTests {
    private static let end = "\r\n\r\n"
    private static let get = "GET /healthz HTTP/1.1\r\nHost: x"
    private static let upgrade = "\r\nConnection: Upgrade\r\nUpgrade: h2c"
    private static let score = "POST /v1/scores HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n"
    /// What a client sends before it stops.
    private static let stalls = [
        "", "GET /healthz HT", score + "Content-Length: 500\(end){",
        "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\(end){",
        score + "Transfer-Encoding: chunked\(end)5\r\n{    \r\n",
        get + end + get + end + score + "Content-Length: 500\(end)", get + upgrade + end,
        // Nobody reads the answers.
        String(repeating: "GET /openapi.json HTTP/1.1\r\nHost: x\(end)", count: 8),
    ]

    @Test func `whatever a client stops at, its connection does not stay`() async throws {
        // Each kind a thousand times, as far as this process and those that it starts may have so many files.
        let descriptors = Descriptors.raise(to: 1200 * Self.stalls.count)
        let count = min(1000, max(10, (descriptors - 600) / Self.stalls.count))
        try await Arena.with { arena in
            let service = try await arena.serve()
            // A request over each kind of connection, so that what is opened once and kept is there.
            _ = try await service.send(.get, "/openapi.json")
            let before = try Descriptors.open(by: service.program.process)
            let sockets = try await Self.onThread {
                try Self.stalls.map { stall in
                    try (0..<count).map { _ in
                        try RawExchange.connect(to: service.port, sending: Array(stall.utf8), within: 1)
                    }
                }
            }
            defer { for socket in sockets.joined() { close(socket) } }
            let ports = sockets.map { Set($0.map(ServerEnds.port(of:))) }
            var left: [Int] = []
            // How long that may be, the limits say (`ConnectionStateTests`); here only what hangs takes longer.
            try await Program.wait(
                for: "connections to be closed",
                else: {
                    zip(Self.stalls, left).filter { $0.1 > 0 }
                        .map { "\($0.1) of \(count) that sent \($0.0.prefix(80).debugDescription)" }
                        .joined(separator: "\n")
                }
            ) {
                let open = try ServerEnds.open(at: service.port)
                left = ports.map { $0.intersection(open).count }
                if left.allSatisfy({ $0 == 0 }) { return () }
                // The list is long, and making it is work for the kernel.
                try await Task.sleep(for: .milliseconds(500))
                return nil
            }
            try await Program.wait(for: "the descriptors to be given back") {
                try Descriptors.open(by: service.program.process) <= before + 4 ? () : nil
            }
            try await service.stop()
        }
    }

    @Test func `what is sent behind an open stream stays with its sender`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let run = try await service.send(
                .post,
                "/v1/runs",
                token: try await arena.launch(Arena.ada, message)
            )
            let board = try #require(run.json["board_token"]?.string)
            let stream = "GET /v1/leaderboard/events?access_token=\(board) HTTP/1.1\r\nHost: x"
            let body = "POST /v1/runs HTTP/1.1\r\nHost: x\r\n"
            let loads: [(head: String, unit: String)] = [
                (stream + Self.end, Self.get + Self.end), (stream + Self.upgrade + Self.end, "x"),
                (stream + Self.upgrade + Self.end, Self.get + Self.upgrade + Self.end),
                (stream + Self.end, "x"), (stream + "\r\nConnection: close" + Self.end, Self.get + Self.end),
                (stream + Self.end + body + "Content-Length: 100000000" + Self.end, "x"),
                (stream + Self.end + body + "Transfer-Encoding: chunked" + Self.end, "1\r\nx\r\n"),
                (stream + Self.end + "GET /", "x"),
                (stream + "\r\nContent-Length: 100000000" + Self.end, "x"),
            ]
            // What the first of each kind takes is kept for those to come.
            for load in loads { _ = try await Self.send(1 << 18, load, to: service) }
            for (index, load) in loads.enumerated() {
                let grown = try await Self.send(64 << 20, load, to: service)
                // An eighth of what is sent; some of it is what the allocator gives to threads that had none before.
                #expect(grown < 8192, "\(grown) KiB more with load \(index)")
            }
            try await service.stop()
        }
    }

    /// Sends so many bytes behind an open stream, or until nobody takes them.
    ///
    /// - Returns: By how many KiB the service has grown meanwhile.
    private static func send(_ count: Int, _ load: (head: String, unit: String), to service: Service)
        async throws -> Int
    {
        let before = try residentSize(of: service)
        let after = try await onThread {
            let socket = try RawExchange.connect(to: service.port, sending: Array(load.head.utf8), within: 60)
            defer { close(socket) }
            try awaitStream(socket, after: load.head)
            push(count, of: load.unit, into: socket)
            return try residentSize(of: service)
        }
        return after - before
    }

    private static func awaitStream(_ socket: Int32, after head: String) throws {
        var (byte, count) = (UInt8(0), 0)
        // A stopped process that goes on finds its calls interrupted where they have a limit (signal(7)).
        repeat { count = recv(socket, &byte, 1, 0) } while count < 0 && errno == EINTR
        guard count != 1 else { return }
        let reason = count == 0 ? "closed" : String(cString: strerror(errno))
        throw ProgramError("no stream, but \(reason), after \(head.debugDescription)")
    }

    /// Does what blocks on a thread of its own.
    private static func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    private static func push(_ count: Int, of unit: String, into socket: Int32) {
        let part = Array(String(repeating: unit, count: (1 << 16) / unit.utf8.count).utf8)
        var left = count
        while left > 0 {
            var wanted = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            // Whoever reads at all reads within that time.
            guard poll(&wanted, 1, 3000) == 1 else { return }
            let sent = Glibc.send(
                socket,
                part,
                part.count,
                Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            )
            guard sent > 0 else { return }
            left -= sent
        }
    }

    /// What a service takes of the machine's memory, in KiB.
    private static func residentSize(of service: Service) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(service.program.process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return try #require(line.flatMap { Int($0.dropFirst(6).filter(\.isNumber)) })
    }
}

/// Open files and connections.
private enum Descriptors {
    /// Lets this process, and those that it starts, have as many as are wanted, or as it may.
    ///
    /// - Returns: How many that are.
    static func raise(to wanted: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        limit.rlim_cur = max(limit.rlim_max, rlim_t(wanted))
        var higher = rlimit(rlim_cur: limit.rlim_cur, rlim_max: limit.rlim_cur)
        if setrlimit(resource, &higher) != 0 {
            limit.rlim_cur = limit.rlim_max
            setrlimit(resource, &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Counts those of another process.
    static func open(by process: pid_t) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
    }
}

/// The server's ends of connections, as the kernel lists them: to find out by reading would be to take answers.
private enum ServerEnds {
    /// Established, being established, and ended by the client only: the server has yet to close these, or even to accept.
    private static let begun: Set<Substring> = ["01", "03", "08"]

    /// The clients' ports of those that the server at a port has not closed.
    static func open(at port: UInt16) throws -> Set<UInt16> {
        let list = try String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)
        return Set(
            list.split(separator: "\n").dropFirst().compactMap { line in
                // Its number, both addresses, the state, five more, and the inode, which is 0 when no process has it.
                let fields = line.split(separator: " ", maxSplits: 10)
                guard fields.count > 9, number(fields[1]) == port else { return nil }
                return fields[9] != "0" || begun.contains(fields[3]) ? number(fields[2]) : nil
            }
        )
    }

    private static func number(_ address: Substring) -> UInt16? {
        address.split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
    }

    /// The port at our end of a connection.
    static func port(of socket: Int32) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(socket, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
