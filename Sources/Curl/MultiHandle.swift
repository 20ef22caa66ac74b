import CLibCurl

/// libcurl's multi handle, which owns the connections, and the share in which TLS sessions outlive transfers.
///
/// Sendable because all but ``wake()`` is called by the loop's thread alone, and `curl_multi_wakeup` is made for
/// calls from elsewhere. ``TransferLoop`` guards it against ``close()`` by its lock.
@safe
final class MultiHandle: @unchecked Sendable {
    private let multi: UnsafeMutableRawPointer
    private let share: UnsafeMutableRawPointer
    private var isClosed = false

    /// Initialises libcurl once for the process; a `static let` runs its initializer exactly once.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init?(_ configuration: CurlClient.Configuration) {
        guard Self.isLibraryReady, let multi = unsafe curl_multi_init() else {
            return nil
        }
        guard let share = unsafe curl_share_init() else {
            unsafe curl_multi_cleanup(multi)
            return nil
        }
        unsafe self.multi = multi
        unsafe self.share = share
        let connections = configuration.maximumConnections
        // No lock functions: one thread uses the share.
        let isShared = unsafe clibcurl_share(share, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK
        let isMultiplexing =
            unsafe clibcurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX)) == CURLM_OK
        let isBounded = unsafe clibcurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections) == CURLM_OK
        guard isShared, isMultiplexing, isBounded else {
            return nil
        }
    }

    deinit {
        close()
    }

    /// Ends the sleep of the loop's thread, or its next one.
    ///
    /// May be called from any thread.
    func wake() {
        unsafe curl_multi_wakeup(multi)
    }

    func makeTransfer(_ exchange: Exchange, _ configuration: CurlClient.Configuration) -> Transfer? {
        unsafe Transfer(exchange, configuration: configuration, share: share)
    }

    func add(_ transfer: Transfer) -> Bool {
        unsafe curl_multi_add_handle(multi, transfer.easy) == CURLM_OK
    }

    func remove(_ transfer: Transfer) {
        unsafe curl_multi_remove_handle(multi, transfer.easy)
    }

    /// Does all that can be done without waiting.
    func perform() -> Bool {
        var running: Int32 = 0
        return unsafe curl_multi_perform(multi, &running) == CURLM_OK
    }

    /// Sleeps until there is something to do.
    func sleep(atMost limit: Duration) -> Bool {
        let milliseconds =
            (limit.components.seconds * 1000) + (limit.components.attoseconds / 1_000_000_000_000_000)
        // One more, so that a deadline is over when its sleep is.
        let timeout = limit > .zero ? Int32(clamping: milliseconds + 1) : 0
        return unsafe curl_multi_poll(multi, nil, 0, timeout, nil) == CURLM_OK
    }

    /// Takes the report of one transfer that ended.
    ///
    /// - Returns: The transfer's number and libcurl's result, or `nil` when there is no further report.
    func nextCompletion() -> (identifier: UInt64, result: CURLcode)? {
        var remaining: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &remaining) {
            if unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle {
                return unsafe (clibcurl_get_identifier(easy), message.pointee.data.result)
            }
        }
        return nil
    }

    /// Closes all connections.
    ///
    /// Nothing may be called afterwards.
    func close() {
        guard !isClosed else {
            return
        }
        isClosed = true
        unsafe curl_multi_cleanup(multi)
        unsafe curl_share_cleanup(share)
    }
}
