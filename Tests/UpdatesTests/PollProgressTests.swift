@testable import BotAPI
import Testing

@testable import Updates

@Suite struct PollProgressTests {
    private func updates(_ ids: Int64...) -> [Update] {
        ids.map { Update(updateID: $0, event: .other) }
    }

    @Test func `a handled batch is confirmed as a whole`() {
        var progress = PollProgress()
        #expect(progress.offset == nil)
        progress.handled(updates(5, 6, 9), except: [])
        #expect(progress.offset == 10)
        progress.handled([], except: [])
        #expect(progress.offset == 10)
    }

    @Test func `a postponed update comes again and those handled behind it do not`() {
        var progress = PollProgress()
        progress.handled(updates(5, 6, 7, 8, 9), except: [6, 8])
        #expect(progress.offset == 6)
        #expect(progress.unhandled(updates(6, 7, 8, 9, 10)).map(\.updateID) == [6, 8, 10])
        progress.handled(updates(6, 7, 8, 9, 10), except: [8])
        #expect(progress.offset == 8)
        #expect(progress.unhandled(updates(8, 9, 10)).map(\.updateID) == [8])
        progress.handled(updates(8, 9, 10), except: [])
        #expect(
            progress
                == {
                    var fresh = PollProgress()
                    fresh.handled(updates(10), except: [])
                    return fresh
                }()
        )
    }

    @Test func `what no offset confirms is handled once and holds nothing up`() {
        var progress = PollProgress()
        progress.handled(updates(5, .max, -3, .min), except: [])
        #expect(progress.offset == 6)
        #expect(progress.unhandled(updates(6, .max, -3, .min)).map(\.updateID) == [6])
        progress.handled(updates(6, 7, .max, -3), except: [7, -3])
        #expect(progress.offset == 7)
        #expect(progress.unhandled(updates(7, .max, -3)).map(\.updateID) == [7, -3])
        progress.handled(updates(.max), except: [])
        #expect(progress.offset == 7)
    }

    @Test func `the offset is dropped after a long rest only`() {
        var progress = PollProgress()
        progress.handled(updates(5), except: [])
        progress.rested(for: .seconds(60), lifetime: .seconds(100))
        #expect(progress.offset == 6)
        progress.handled(updates(6), except: [])
        progress.rested(for: .seconds(60), lifetime: .seconds(100))
        #expect(progress.offset == 7)
        progress.rested(for: .seconds(40), lifetime: .seconds(100))
        #expect(progress.offset == nil)
    }

    @Test func `updates of one person or chat keep their order`() {
        let person = User(id: 5, firstName: "")
        let chat = Chat(id: 5, kind: .private)
        let press = CallbackQuery(
            id: "1",
            from: person,
            target: nil,
            chatInstance: nil,
            gameShortName: nil
        )
        let nobody = CallbackQuery(id: "1", from: nil, target: nil, chatInstance: nil, gameShortName: nil)
        let updates = [
            Update(updateID: 1, event: .callbackQuery(press)),
            Update(updateID: 2, event: .message(IncomingMessage(chat: chat, messageID: 1, from: person))),
            Update(updateID: 3, event: .inlineQuery(InlineQuery(id: "1", from: person, query: ""))),
            Update(updateID: 4, event: .other),
            Update(updateID: 5, event: .callbackQuery(nobody)),
            Update(updateID: 6, event: .myChatMember(ChatMemberUpdated(chat: chat, date: 1, canWrite: nil))),
            Update(updateID: 7, event: .callbackQuery(press)),
            Update(
                updateID: 8,
                event: .chosenInlineResult(
                    ChosenInlineResult(resultID: "", from: User(id: 6, firstName: ""), inlineMessageID: nil)
                )
            ),
        ]
        let queues = updates.queues.map { $0.map(\.updateID) }
        #expect(queues == [[1, 3, 7], [2, 6], [4], [5], [8]])
    }
}
