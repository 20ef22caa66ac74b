package import BotAPI
package import Curl

extension CurlClient {
    /// Carries Bot API calls over this client.
    package var botTransport: BotTransport {
        { [self] request throws(TransportError) in
            let exchange = CurlRequest(
                method: .post,
                url: request.url.revealed,
                headers: [("Content-Type", "application/json")],
                body: request.body
            )
            do throws(CurlError) {
                let response = try await send(exchange, timeout: request.timeout)
                return BotHTTPResponse(
                    status: response.status,
                    retryAfter: response.headers["Retry-After"],
                    body: response.body
                )
            } catch {
                throw TransportError(mayHaveBeenSent: error.requestMayHaveBeenSent, detail: error.description)
            }
        }
    }
}
