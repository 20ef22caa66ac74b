import JSON
import TestSupport
import Testing

@testable import BotAPI

/// Whatever numbers stand in updates and answers, they are read or passed over.
@Suite struct NumberFuzzTests {
    private static let chat = ##""chat":{"id":#,"type":"supergroup","title":"#"}"##
    private static let updates = [
        ##"{"update_id":#,"callback_query":{"id":"#","from":{"id":#,"first_name":"#"},"message":{"message_id":#,"##
            + ##""date":#,\##(chat)},"chat_instance":"#","game_short_name":"maze"}}"##,
        ##"{"update_id":#,"callback_query":{"id":#,"from":{"id":#},"inline_message_id":"#","chat_instance":"#"}}"##,
        ##"{"update_id":#,"message":{"message_id":#,\##(chat),"text":"/start@b #","is_topic_message":true,"##
            + ##""message_thread_id":#,"entities":[{"type":"bot_command","offset":0,"length":#}]}}"##,
        ##"{"update_id":#,"message":{"message_id":#,\##(chat),"migrate_to_chat_id":#,"migrate_from_chat_id":#}}"##,
        ##"{"update_id":#,"my_chat_member":{"date":#,\##(chat),"new_chat_member":{"status":"left","until_date":#}}}"##,
        ##"{"update_id":#,"inline_query":{"id":"#","from":{"id":#},"query":"#","offset":"#"}}"##,
    ]
    private static let answers = [
        ##"{"ok":false,"error_code":#,"description":"#","parameters":{"retry_after":#}}"##,
        ##"{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":#}}"##,
        ##"{"ok":true,"result":[{"position":#,"user":{"id":#,"first_name":"x"},"score":#}]}"##,
        ##"{"ok":true,"result":{"url":"x","pending_update_count":#,"last_error_date":#,"max_connections":#}}"##,
        ##"{"ok":true,"result":{"message_id":#,"date":#,\##(chat)}}"##,
        ##"{"ok":true,"result":[{"update_id":#,"poll":{}}]}"##,
    ]

    @Test func `updates of any numbers are read or passed over`() {
        var fuzz = Fuzz(seed: 11_911)
        var read = 0
        for _ in 0..<150_000 where Update.decode(fuzz.bytes(fuzz.pick(Self.updates))) != nil { read += 1 }
        // Most are well formed, or the fuzzer would test the parser only.
        #expect(read > 50_000)
    }

    @Test func `answers of any numbers are classified and never wait longer than a day`() {
        var fuzz = Fuzz(seed: 11_912)
        for _ in 0..<120_000 {
            let response = BotHTTPResponse(
                status: fuzz.pick([200, 400, 403, 429, 500, Int(fuzz.number())]),
                retryAfter: fuzz.pick(0..<2) == 0 ? fuzz.numeral() : nil,
                body: fuzz.bytes(fuzz.pick(Self.answers))
            )
            switch BotAnswer(to: SetGameScore.self, response) {
            case .retryAfter(let seconds):
                #expect((1...BotAnswer.maximumRetrySeconds).contains(seconds))
            case .done(let result):
                _ = GetGameHighScores.output(from: result)
                _ = GetWebhookInfo.output(from: result)
                _ = GetUpdates.output(from: result)
                _ = SendGame.output(from: result)
            default: break
            }
        }
    }
}
