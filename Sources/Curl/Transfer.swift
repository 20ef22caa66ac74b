import CLibCurl

/// One exchange while libcurl works on it: the easy handle, what is left to send, what has come in.
///
/// Lives on the loop's thread only. libcurl's callbacks reach it through an unretained pointer, so the loop keeps
/// it until the handle is out of the multi handle.
@safe
final class Transfer {
    let exchange: Exchange
    let easy: UnsafeMutableRawPointer
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var bytesOffered = 0
    private var response: ResponseAssembly

    /// Makes a handle ready to be added to a multi handle.
    ///
    /// - Returns: `nil` when libcurl has no memory or refuses an option.
    init?(_ exchange: Exchange, configuration: CurlClient.Configuration, share: UnsafeMutableRawPointer) {
        guard let easy = unsafe curl_easy_init() else {
            return nil
        }
        self.exchange = exchange
        unsafe self.easy = easy
        response = ResponseAssembly(maximumBytes: configuration.maximumResponseBytes)
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        var options = unsafe EasyOptions(easy)
        unsafe options.set(CURLOPT_SHARE, share)
        options.setCommon(configuration, origin: exchange.origin)
        options.setTimes(
            connect: configuration.connectTimeout,
            remaining: ContinuousClock.now.duration(to: exchange.deadline)
        )
        unsafe options.setCallbacks(context)
        options.setRequest(exchange.request)
        unsafe headerList = Self.headerList(for: exchange.request)
        unsafe options.setHeaders(headerList)
        options.setIdentifier(exchange.identifier)
        guard options.areAllAccepted, unsafe headerList != nil else {
            return nil
        }
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(headerList)
    }

    /// Turns the end of the transfer into what the waiting task gets.
    func outcome(_ result: CURLcode) -> Exchange.Outcome {
        guard result == CURLE_OK else {
            return .failure(
                CurlError(
                    result: result,
                    exceededLimit: response.isOverLimit,
                    requestMayHaveBeenSent: mayHaveBeenSent,
                    origin: exchange.origin.description,
                    systemError: unsafe clibcurl_get_long(easy, CURLINFO_OS_ERRNO)
                )
            )
        }
        // libcurl takes the end of the connection in the middle of a head for the end of the head.
        guard response.isHeadComplete else {
            return outcome(givenUp: .receiveFailed)
        }
        let version = unsafe clibcurl_get_long(easy, CURLINFO_HTTP_VERSION)
        return .success(
            CurlResponse(
                status: unsafe clibcurl_get_long(easy, CURLINFO_RESPONSE_CODE),
                headers: CurlHeaders(response.fields),
                body: response.body,
                httpVersion: version == CURL_HTTP_VERSION_2_0 ? 2 : 1
            )
        )
    }

    /// Turns the giving up of the transfer into what the waiting task gets.
    func outcome(givenUp code: CurlError.Code) -> Exchange.Outcome {
        .failure(
            CurlError(
                code,
                requestMayHaveBeenSent: mayHaveBeenSent,
                origin: exchange.origin.description
            )
        )
    }

    /// libcurl counts the bytes of the request's head as it writes them; the body never leaves before the head.
    private var mayHaveBeenSent: Bool {
        unsafe clibcurl_get_long(easy, CURLINFO_REQUEST_SIZE) > 0 || bytesOffered > 0
    }

    private static func headerList(for request: CurlRequest) -> UnsafeMutablePointer<curl_slist>? {
        // libcurl would ask for leave to send larger bodies, and would call every body a form.
        var lines = ["Expect:"]
        if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            lines.append("Content-Type:")
        }
        for field in request.headers {
            // "Name:" would remove a header; "Name;" sends it empty.
            lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = unsafe curl_slist_append(list, line) else {
                unsafe curl_slist_free_all(list)
                return nil
            }
            unsafe list = unsafe longer
        }
        return unsafe list
    }
}

// What libcurl's callbacks ask of a transfer.
extension Transfer {
    func receiveHeaderLine(_ line: UnsafeRawBufferPointer) -> Bool {
        unsafe response.append(headerLine: line)
    }

    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        unsafe response.append(body: bytes)
    }

    func sendBody(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let rest = (exchange.request.body ?? []).dropFirst(bytesOffered).prefix(buffer.count)
        unsafe buffer.copyBytes(from: rest)
        bytesOffered += rest.count
        return rest.count
    }

    /// Starts the body over, for a repeat on a fresh connection.
    func rewindBody(to offset: Int) -> Bool {
        guard exchange.request.isRepeatable, (0...(exchange.request.body?.count ?? 0)).contains(offset) else {
            return false
        }
        bytesOffered = offset
        return true
    }
}
