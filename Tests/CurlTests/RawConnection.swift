import Foundation

/// One request as it came over the wire.
struct ReceivedRequest: Sendable {
    let line: String
    let headers: [String]
    let body: [UInt8]

    func header(_ name: String) -> String? {
        headers.first { $0.lowercased().hasPrefix("\(name.lowercased()):") }.map { field in
            field.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
    }
}

/// One accepted connection.
///
/// All calls block.
struct RawConnection: Sendable {
    let socket: Int32

    /// Reads one request with a body of known length.
    ///
    /// - Returns: `nil` when the other side has closed.
    func readRequest() -> ReceivedRequest? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            guard let byte = read(1)?.first else {
                return nil
            }
            head.append(byte)
        }
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n").filter {
            !$0.isEmpty
        }
        let request = ReceivedRequest(line: lines[0], headers: Array(lines.dropFirst()), body: [])
        var body: [UInt8] = []
        let length = Int(request.header("Content-Length") ?? "0") ?? 0
        while body.count < length {
            guard let bytes = read(length - body.count) else {
                return nil
            }
            body += bytes
        }
        return ReceivedRequest(line: request.line, headers: request.headers, body: body)
    }

    func write(_ text: String) {
        write(Array(text.utf8))
    }

    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else {
                return
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Answers with a body of known length.
    func respond(_ status: String = "200 OK", _ fields: [String] = [], body: String = "") {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + fields
        write(head.map { "\($0)\r\n" }.joined() + "\r\n" + body)
    }

    /// Reads until the other side closes.
    func waitUntilClosed() {
        while read(4096) != nil {}
    }

    private func read(_ limit: Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(socket, &buffer, limit, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }
}
