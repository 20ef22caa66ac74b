import CZlib

/// Unpacks gzip (RFC 1952) piece by piece in constant memory: any number of members, one after another.
package final class GzipReader {
    /// The first bytes of every member.
    package static let magic: [UInt8] = [0x1F, 0x8B]
    /// How much is unpacked at once, however well it was packed.
    private static let pieceSize = 128 * 1024

    /// zlib keeps the address of its state, so it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var input: [UInt8] = []
    private var position = 0
    private var isWithinMember = true

    /// A reader at the start of a file.
    package init() {
        stream.initialize(to: z_stream())
        guard czlib_gunzip_init(stream) == Z_OK else { fatalError("out of memory") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Unpacks the next piece of what a closure gives, which gives nothing at the end; nothing at the end.
    package func read(_ next: () throws -> [UInt8]) throws -> [UInt8] {
        while true {
            if position == input.count {
                (input, position) = (try next(), 0)
                guard !input.isEmpty else {
                    guard !isWithinMember else { throw GzipError.truncated }
                    return []
                }
            }
            if !isWithinMember {
                // Tapes and some disks fill their last block with zeros.
                guard let start = input[position...].firstIndex(where: { $0 != 0 }) else {
                    position = input.count
                    continue
                }
                position = start
                inflateReset(stream)
                isWithinMember = true
            }
            let output = try unpack()
            guard output.isEmpty else { return output }
        }
    }

    private func unpack() throws(GzipError) -> [UInt8] {
        var result = Z_OK
        let output = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.pointee.next_in = input.baseAddress.map { $0 + position }
                stream.pointee.avail_in = UInt32(input.count - position)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                result = inflate(stream, Z_NO_FLUSH)
                position = input.count - Int(stream.pointee.avail_in)
                count = output.count - Int(stream.pointee.avail_out)
            }
        }
        switch result {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isWithinMember = false
        default: throw GzipError.damaged
        }
        return output
    }
}

/// Why a file cannot be unpacked.
package enum GzipError: Error, Hashable, CustomStringConvertible {
    case truncated, damaged

    package var description: String {
        switch self {
        case .truncated: "it is packed by gzip and ends too early: it was not copied whole"
        case .damaged: "it is packed by gzip and damaged"
        }
    }
}
