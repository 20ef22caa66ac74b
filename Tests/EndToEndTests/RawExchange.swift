import Foundation
import TestSupport

/// One exchange over a bare socket, for what no HTTP client would send.
enum RawExchange {
    /// Sends bytes and reads until the other side closes.
    ///
    /// - Parameters:
    ///   - bytes: What is sent at once.
    ///   - port: Where, on the loopback address.
    ///   - thenFinishes: Whether our side closes after it.
    ///   - limit: How long to read.
    /// - Returns: The text that came back.
    /// - Throws: ``ProgramError`` when there is no connection, or it is not closed in time.
    static func send(
        _ bytes: [UInt8],
        to port: UInt16,
        thenFinishes: Bool,
        within limit: Duration = Program.longestWait
    ) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            // Blocking calls need a thread of their own.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result { try exchange(bytes, port, thenFinishes, Int(limit.components.seconds)) }
                )
            }
        }
    }

    private static func exchange(_ bytes: [UInt8], _ port: UInt16, _ thenFinishes: Bool, _ seconds: Int)
        throws -> String
    {
        let socket = try connect(to: port, sending: bytes, within: seconds)
        defer { close(socket) }
        if thenFinishes { shutdown(socket, Int32(SHUT_WR)) }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else {
                guard count == 0 || errno == ECONNRESET else {
                    throw ProgramError("nothing more came in \(seconds) s")
                }
                return String(decoding: answer, as: UTF8.self)
            }
            answer += buffer[0..<count]
        }
    }
    /// Opens a connection and sends bytes.
    ///
    /// - Parameters:
    ///   - port: Where, on the loopback address.
    ///   - bytes: What is sent at once.
    ///   - seconds: How long a read may take from now on.
    /// - Returns: The socket, to be closed by the caller.
    /// - Throws: ``ProgramError`` when there is no connection.
    static func connect(to port: UInt16, sending bytes: [UInt8], within seconds: Int) throws -> Int32 {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw ProgramError("no socket") }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Glibc.connect(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(socket)
            throw ProgramError("no connection")
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        return socket
    }
}
