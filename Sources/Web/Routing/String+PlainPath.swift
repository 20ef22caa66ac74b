/// No route has more.
private let maximumSegments = 8

extension String {
    /// Whether the path of a request's target is spelt as those of routes are, in one way each: at most so many segments of
    /// letters, digits, `-`, `.`, `_` and `~`, none of which is empty or a step within the path.
    ///
    /// What a proxy in front lets pass or holds back by its spelling must not be reached by another one. Judged in one
    /// pass, before anything takes the path apart; the query is left out of account.
    var isPlainPath: Bool {
        var (segments, length, dots) = (0, 0, 0)
        var isRoot = true
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "?"): return isRoot || isSegment(length, dots)
            case UInt8(ascii: "/"):
                guard segments == 0 || isSegment(length, dots), segments < maximumSegments else {
                    return false
                }
                (segments, length, dots) = (segments + 1, 0, 0)
            case UInt8(ascii: "."): (length, dots) = (length + 1, dots + 1)
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                length += 1
            default: return false
            }
            guard segments > 0 else { return false }
            isRoot = segments == 1 && length == 0
        }
        return segments > 0 && (isRoot || isSegment(length, dots))
    }
}

private func isSegment(_ length: Int, _ dots: Int) -> Bool {
    length > 0 && !(length == dots && dots <= 2)
}
