package import Curl
import HTTPTypes

/// How long Telegram waits for a webhook's reply.
private let replyTimeout = Duration.seconds(60)

extension CurlClient {
    /// Makes deliveries to webhooks over HTTP, as Telegram does.
    package var webhookSender: WebhookSender {
        { [self] delivery in
            var headers = [(name: "Content-Type", value: "application/json")]
            if let secret = delivery.secret {
                headers.append((name: "X-Telegram-Bot-Api-Secret-Token", value: secret))
            }
            let request = CurlRequest(method: .post, url: delivery.url, headers: headers, body: delivery.body)
            do throws(CurlError) {
                let response = try await send(request, timeout: replyTimeout)
                return .response(
                    status: response.status,
                    reason: Self.reason(response.status),
                    retryAfter: response.headers["Retry-After"].flatMap { Int64($0) },
                    contentType: response.headers["Content-Type"],
                    body: response.body
                )
            } catch {
                return error.code == .timedOut ? .timedOut : .failed("\(error)")
            }
        }
    }

    /// The usual words for a status; libcurl does not hand out those of the response.
    private static func reason(_ code: Int) -> String {
        let known: [HTTPResponse.Status] = [
            .ok, .created, .accepted, .noContent, .movedPermanently, .found, .seeOther, .temporaryRedirect,
            .permanentRedirect, .badRequest, .unauthorized, .forbidden, .notFound, .methodNotAllowed,
            .requestTimeout, .conflict, .gone, .contentTooLarge, .unsupportedMediaType, .unprocessableContent,
            .tooManyRequests, .internalServerError, .notImplemented, .badGateway, .serviceUnavailable,
            .gatewayTimeout,
        ]
        return known.first { $0.code == code }?.reasonPhrase ?? ""
    }
}
