import HTTPTypes
import NIOCore

extension Request {
    /// The length that the head declares.
    var declaredLength: Int? { headers[.contentLength].flatMap { Int($0) } }

    /// Refuses a body whose declared length is over the limit, without reading any of it.
    ///
    /// - Parameter limit: The largest length taken, in bytes.
    /// - Throws: ``Problem`` with `body_too_large`.
    func checkDeclaredLength(limit: Int) throws(Problem) {
        if let declaredLength, declaredLength > limit { throw .bodyTooLarge(limit: limit) }
    }

    /// Reads the whole body.
    ///
    /// - Parameter limit: The largest length taken, in bytes.
    /// - Returns: The body; empty where there is none.
    /// - Throws: ``Problem`` with `body_too_large`, or ``RequestCutOff``.
    func readBody(limit: Int) async throws -> [UInt8] {
        let declaredLength = declaredLength
        guard declaredLength ?? 0 <= limit else { throw Problem.bodyTooLarge(limit: limit) }
        guard declaredLength ?? 0 > 0 || headers[.transferEncoding] != nil else { return [] }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declaredLength ?? 0)
        func take(_ part: ByteBuffer) throws(Problem) {
            guard bytes.count + part.readableBytes <= limit else { throw .bodyTooLarge(limit: limit) }
            bytes.append(contentsOf: part.readableBytesView)
        }
        switch body {
        case .whole(let part): try take(part)
        case .arriving(let parts):
            do { for try await part in parts { try take(part) } } catch let problem as Problem {
                throw problem
            } catch {
                throw RequestCutOff()
            }
        }
        // A stream that merely stops looks like one that is complete.
        if let declaredLength, declaredLength != bytes.count { throw RequestCutOff() }
        return bytes
    }
}

extension Problem {
    fileprivate static func bodyTooLarge(limit: Int) -> Problem {
        Problem(.bodyTooLarge, "The body is longer than \(limit) bytes.")
    }
}
