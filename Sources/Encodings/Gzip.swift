import CZlib

/// Packs bytes as gzip does.
package enum Gzip {
    /// Packs one member.
    package static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        var input = bytes
        let size = Int32(MemoryLayout<z_stream>.size)
        guard
            deflateInit2_(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
                == Z_OK
        else { fatalError("out of memory") }
        defer { deflateEnd(&stream) }
        return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count)))) {
            output,
            count in
            input.withUnsafeMutableBufferPointer { input in
                (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
                guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { fatalError("the bound is too low") }
            }
            count = output.count - Int(stream.avail_out)
        }
    }
}
