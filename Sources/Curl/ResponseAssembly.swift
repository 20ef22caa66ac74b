/// A response as it comes in, piece by piece, within its limits.
struct ResponseAssembly {
    /// More than any honest server sends, and the reason why one cannot fill the memory by headers.
    static let maximumHeaderBytes = 256 << 10

    private let maximumBytes: Int
    private var headerBytes = 0

    /// Whether the empty line after the final head was seen.
    private(set) var isHeadComplete = false

    private(set) var fields: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []

    /// Whether a piece was refused.
    private(set) var isOverLimit = false

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// Takes one line of a head, its line break included.
    ///
    /// An interim response (1xx) comes first with a head of its own, so each status line starts over; lines after
    /// the final head are trailers and dropped.
    ///
    /// - Returns: Whether they were within the limit.
    mutating func append(headerLine line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.maximumHeaderBytes else {
            isOverLimit = true
            return false
        }
        // Bytes that are not UTF-8 become U+FFFD.
        let text = unsafe String(decoding: line, as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            fields = []
            isHeadComplete = false
        } else if text.utf8.elementsEqual("\r\n".utf8) || text.utf8.elementsEqual("\n".utf8) {
            isHeadComplete = true
        } else if !isHeadComplete, let colon = text.firstIndex(of: ":") {
            let value = text[text.index(after: colon)...]
            fields.append((String(text[..<colon]), value.trimmingASCIISpace()))
        }
        return true
    }

    /// Takes a piece of the body.
    ///
    /// - Returns: Whether they were within the limit.
    mutating func append(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= maximumBytes - body.count else {
            isOverLimit = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }
}

extension Substring {
    fileprivate func trimmingASCIISpace() -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        let head = utf8.drop(while: isSpace)
        let end = head.lastIndex { !isSpace($0) }.map(head.index(after:)) ?? head.startIndex
        return String(self[head.startIndex..<end])
    }
}
