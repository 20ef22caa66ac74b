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
        if status == .ok {
            writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        }
        writeBytes(date)
        writeLine(request)
        for field in fields {
            writeString(field.name.rawName)
            writeStaticString(": ")
            _ = field.withUnsafeBytesOfValue { writeBytes($0) }
            writeStaticString("\r\n")
        }
        for line in more { writeStaticString(line) }
        writeStaticString("\r\n")
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
