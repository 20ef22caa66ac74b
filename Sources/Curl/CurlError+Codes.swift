import CLibCurl

extension CurlError {
    /// Makes the error for a transfer that libcurl ended without success.
    init(
        result: CURLcode,
        exceededLimit: Bool,
        requestMayHaveBeenSent: Bool,
        origin: String,
        systemError: Int
    ) {
        self.init(
            exceededLimit ? .tooLarge : Code(result),
            requestMayHaveBeenSent: requestMayHaveBeenSent,
            origin: origin,
            curlCode: result.rawValue,
            reason: unsafe String(cString: curl_easy_strerror(result)),
            systemError: systemError
        )
    }
}

extension CurlError.Code {
    init(_ result: CURLcode) {
        self =
            switch result {
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
                .unsupportedURL
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
                .couldNotResolve
            case CURLE_COULDNT_CONNECT, CURLE_PROXY:
                .couldNotConnect
            case CURLE_OPERATION_TIMEDOUT:
                .timedOut
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
                CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ENGINE_NOTFOUND,
                CURLE_SSL_ENGINE_SETFAILED,
                CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE,
                CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
                CURLE_SSL_CLIENTCERT:
                .tlsFailed
            case CURLE_SEND_ERROR:
                .sendFailed
            case CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_WEIRD_SERVER_REPLY,
                CURLE_HTTP2,
                CURLE_HTTP2_STREAM, CURLE_SEND_FAIL_REWIND:
                // A rewind fails only after a kept-alive connection dropped a request that is not repeatable.
                .receiveFailed
            case CURLE_FILESIZE_EXCEEDED:
                .tooLarge
            default:
                .other
            }
    }
}
