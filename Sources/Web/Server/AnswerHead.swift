import HTTPTypes
import Instruments
import NIOCore

extension ByteBuffer {
    /// Writes the head of an answer (RFC 9112, sections 4 and 5).
    ///
    /// - Parameters:
    ///   - fields: The headers; their type lets nothing pass that would need checking.
    ///   - date: The line with the time, complete.
    ///   - request: What the request is called.
    mutating func writeAnswerHead(
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        date: [UInt8],
        request: RequestName,
        _ more: StaticString...
    ) {
        // Put together elsewhere: a buffer asks at each write whether it is its own.
        var head: [UInt8] = []
        head.reserveCapacity(512)
        if status == .ok {
            head += "HTTP/1.1 200 OK\r\n".utf8
        } else {
            head += "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n".utf8
        }
        head += date
        head.append(lineOf: request)
        for field in fields {
            head += field.name.rawName.utf8
            head += ": ".utf8
            field.withUnsafeBytesOfValue { head += $0 }
            head += "\r\n".utf8
        }
        for line in more { line.withUTF8Buffer { head += $0 } }
        head += "\r\n".utf8
        writeBytes(head)
    }

    /// Writes a part of an answer whose length nobody knows (RFC 9112, section 7.1).
    ///
    /// - Parameter part: The part; an empty one would be taken for the end and is left out.
    mutating func writeChunk(_ part: ByteBuffer) {
        guard part.readableBytes > 0 else { return }
        writeString(String(part.readableBytes, radix: 16))
        writeStaticString("\r\n")
        writeImmutableBuffer(part)
        writeStaticString("\r\n")
    }
}
