import CLibCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Sets the options of one easy handle and remembers whether libcurl took them all.
@safe
struct EasyOptions {
    private let easy: UnsafeMutableRawPointer

    private(set) var areAllAccepted = true

    init(_ easy: UnsafeMutableRawPointer) {
        unsafe self.easy = easy
    }

    mutating func set(_ option: CURLoption, _ value: Int) {
        note(unsafe clibcurl_set_long(easy, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: String) {
        note(unsafe clibcurl_set_string(easy, option, value))
    }

    mutating func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) {
        note(unsafe clibcurl_set_pointer(easy, option, value))
    }

    mutating func setIdentifier(_ identifier: UInt64) {
        note(unsafe clibcurl_set_identifier(easy, identifier))
    }

    /// The list stays the caller's and must outlive the transfer.
    mutating func setHeaders(_ list: UnsafeMutablePointer<curl_slist>?) {
        note(unsafe clibcurl_set_headers(easy, list))
    }

    mutating func setCommon(_ configuration: CurlClient.Configuration, origin: Origin) {
        note(unsafe clibcurl_allow_http_only(easy))
        // Signals would interrupt resolving in a process with threads.
        set(CURLOPT_NOSIGNAL, 1)
        // Removing a transfer would otherwise block the loop until getaddrinfo has come back.
        note(unsafe clibcurl_leave_resolver_behind(easy))
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        if let file = configuration.certificateAuthorityFile {
            set(CURLOPT_CAINFO, file)
        }
        if origin.scheme == "https" {
            set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
            // Rather share a connection that is being made than open one each.
            set(CURLOPT_PIPEWAIT, 1)
        } else {
            // Without TLS nothing says before the first answer that a server speaks no HTTP/2, and requests that may
            // wait for a shared connection would wait for that answer: behind a long poll, most of a minute.
            set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        }
        if !configuration.usesProxiesOfEnvironment {
            set(CURLOPT_PROXY, "")
        }
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_MAXAGE_CONN, configuration.maximumIdleTime.wholeSeconds)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 10)
        set(CURLOPT_USERAGENT, configuration.userAgent)
    }

    mutating func setTimes(connect: Duration, remaining: Duration) {
        set(CURLOPT_TIMEOUT_MS, remaining.wholeMilliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, min(connect, remaining).wholeMilliseconds)
    }

    mutating func setRequest(_ request: CurlRequest) {
        set(CURLOPT_URL, request.url)
        // Methods whose bodies are expected say "no body" by a length of zero.
        let expectsBody = [.post, .put, .patch].contains(request.method)
        if let body = request.body ?? (expectsBody ? [] : nil) {
            set(CURLOPT_POST, 1)
            note(unsafe clibcurl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body.count)))
            if body.isEmpty {
                // An empty text, so that libcurl does not ask the read function for a body.
                note(unsafe clibcurl_set_string(easy, CURLOPT_POSTFIELDS, ""))
            }
        } else if request.method == .head {
            set(CURLOPT_NOBODY, 1)
        } else {
            set(CURLOPT_HTTPGET, 1)
        }
        set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
    }

    /// Has libcurl call the functions below with a pointer to the transfer.
    mutating func setCallbacks(_ context: UnsafeMutableRawPointer) {
        note(unsafe clibcurl_set_data_function(easy, CURLOPT_WRITEFUNCTION, receiveBody))
        unsafe set(CURLOPT_WRITEDATA, context)
        note(unsafe clibcurl_set_data_function(easy, CURLOPT_HEADERFUNCTION, receiveHeaderLine))
        unsafe set(CURLOPT_HEADERDATA, context)
        note(unsafe clibcurl_set_data_function(easy, CURLOPT_READFUNCTION, sendBody))
        unsafe set(CURLOPT_READDATA, context)
        note(unsafe clibcurl_set_seek_function(easy, rewindBody))
        unsafe set(CURLOPT_SEEKDATA, context)
        note(unsafe clibcurl_set_socket_function(easy, openSocket))
    }

    private mutating func note(_ result: CURLcode) {
        areAllAccepted = areAllAccepted && result == CURLE_OK
    }
}

extension Duration {
    /// Rounded up, at least 1 since libcurl takes 0 for "no limit", at most what 32 bits hold.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        guard seconds < 1_000_000 else {
            return 1_000_000_000
        }
        return max(1, Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }

    fileprivate var wholeSeconds: Int {
        max(1, Int(clamping: components.seconds))
    }
}

private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    unsafe context.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

/// Less than what was offered tells libcurl to end the transfer.
private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer(context)?.receiveBody(bytes) == true ? bytes.count : 0
}

/// Less than what was offered tells libcurl to end the transfer.
private func receiveHeaderLine(
    _ bytes: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
    return unsafe transfer(context)?.receiveHeaderLine(bytes) == true ? bytes.count : 0
}

private func sendBody(
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: Int,
    _ count: Int,
    _ context: UnsafeMutableRawPointer?
) -> Int {
    let buffer = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
    return unsafe transfer(context)?.sendBody(into: buffer) ?? 0
}

private func rewindBody(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
    guard origin == SEEK_SET, unsafe transfer(context)?.rewindBody(to: Int(offset)) == true else {
        return CURL_SEEKFUNC_FAIL
    }
    return CURL_SEEKFUNC_OK
}

/// Makes the socket close itself in programs this process starts, which libcurl 7 leaves to its users.
private func openSocket(
    _: UnsafeMutableRawPointer?,
    _: curlsocktype,
    _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let address = unsafe address?.pointee else {
        return -1
    }
    return socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
}
