import BotAPI
import Leaderboards
import Scoring
import Updates

/// What a bot says of itself, and where its updates go.
extension Finding {
    /// Failures of deliveries longer ago than this are over unless updates wait.
    private static let recent = Duration.seconds(600)

    /// Asks Telegram about a bot; returns what it says of itself, if it could be asked.
    static func bot(_ client: BotClient, _ settings: Settings, _ report: (Finding) -> Void) async -> BotUser?
    {
        let id = BotID(rawValue: client.token.botID)
        let subject = "bot \(id)"
        let identity: BotUser
        do { identity = try await client.call(GetMe()) } catch {
            report(failure(subject, error))
            return nil
        }
        report(Finding(.ok, subject, "is @\(identity.username)"))
        do {
            report(webhook(of: id, try await client.call(GetWebhookInfo()), settings, now: .now))
        } catch {
            report(failure("webhook of \(subject)", error))
        }
        return identity
    }

    /// Judges where a bot's updates go.
    static func webhook(of id: BotID, _ info: WebhookInfo, _ settings: Settings, now: Instant) -> Finding {
        let subject = "webhook of bot \(id)"
        let host = hostName(of: info.url)
        switch settings.updates {
        case .off:
            return Finding(.ok, subject, "not used: HIGHSCORES_UPDATES is 'off'")
        case .polling:
            guard info.url.isEmpty else {
                return Finding(
                    .problem,
                    subject,
                    "points to \(host), so polling gets nothing; remove it with 'highscores webhook delete', or have "
                        + "that bot forward presses and set HIGHSCORES_UPDATES=off"
                )
            }
            return Finding(.ok, subject, "none, updates are polled; \(info.pendingUpdateCount) wait")
        case .webhook:
            let ours = settings.publicURL.map { WebhookRegistrar.address(of: id, publicURL: $0) }
            guard !info.url.isEmpty else {
                return Finding(
                    .problem,
                    subject,
                    "is not set; 'highscores serve' or 'highscores webhook set' sets it"
                )
            }
            guard info.url == ours else {
                return Finding(
                    .problem,
                    subject,
                    "points to \(host); take it over with 'highscores webhook set --take-webhook', or have that bot "
                        + "forward presses"
                )
            }
            return delivery(info, now: now, subject)
        }
    }

    private static func delivery(_ info: WebhookInfo, now: Instant, _ subject: String) -> Finding {
        if let date = info.lastErrorDate {
            let failedAt = Instant(seconds: date)
            if info.pendingUpdateCount > 0 || now - failedAt < recent {
                return Finding(
                    .problem,
                    subject,
                    "Telegram could not deliver at \(failedAt): \(info.lastErrorMessage ?? "no reason given"); "
                        + "\(info.pendingUpdateCount) updates wait. Make HIGHSCORES_PUBLIC_URL reachable from outside"
                )
            }
        }
        return Finding(.ok, subject, "points here; \(info.pendingUpdateCount) updates wait")
    }

    private static func failure(_ subject: String, _ error: BotCallError) -> Finding {
        switch error.answer {
        case .unauthorized:
            Finding(
                .problem,
                subject,
                "Telegram refuses its token (\(error.answer)); put the one that @BotFather shows into TELEGRAM_BOT_TOKEN"
            )
        case .temporary, .retryAfter:
            Finding(.temporary, subject, "cannot be asked now: \(error.answer)")
        default:
            Finding(.problem, subject, "\(error)")
        }
    }
}
