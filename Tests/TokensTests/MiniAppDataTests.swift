import Leaderboards
import Testing
import Tokens

/// Which data of Mini Apps are believed.
struct MiniAppDataTests {
    private static let key = MiniAppKey(botToken: "123456789:TEST-not-a-real-token-0000000000000")
    /// Made by another implementation, with a signature by another key pair.
    private static let text =
        "user=%7B%22id%22%3A5000000001%2C%22first_name%22%3A%22Zo%C3%AB%22%2C%22last_name%22%3A%22%22%2C%22username%22"
        + "%3A%22test_player%22%2C%22language_code%22%3A%22en%22%2C%22allows_write_to_pm%22%3Atrue%7D"
        + "&chat_instance=-3788475317572404878&chat_type=group&start_param=room_42&auth_date=1760000000"
        + "&signature=Zx9oGFuZeoqv7SE6_n4y6AdoTxGd9DYgWEdlDisuCXevxA35XUr8pSa6iY1RlDXVCJpSTs-M6zFLejiqVGYPAA"
        + "&hash=1e59ce4d79d323873f4cff45b809cec3657c07e0d2801d32d27bfd036263a8a8"

    private static func isAccepted(_ text: String) -> Bool {
        MiniAppData(text).map { key.accepts($0) } ?? false
    }

    @Test func `data that Telegram made for the bot are believed`() throws {
        let data = try #require(MiniAppData(Self.text))
        #expect(Self.key.accepts(data))
        #expect(data["chat_instance"] == "-3788475317572404878")
        #expect(data["user"]?.contains(#""first_name":"Zoë""#) == true)
        #expect(data.authenticatedAt == Instant(milliseconds: 1_760_000_000_000))
    }

    @Test func `the order and the encoding of fields mean nothing`() {
        var pairs = Self.text.split(separator: "&")
        pairs.reverse()
        #expect(Self.isAccepted(pairs.joined(separator: "&")))
        #expect(Self.isAccepted(Self.text.replacing("room_42", with: "%72oom%5F42")))
        #expect(Self.isAccepted(Self.text.replacing("hash=1e59ce4d", with: "hash=1E59CE4D")))
    }

    @Test func `more fields than Telegram ever sends are not looked at`() {
        let fields = (0..<MiniAppData.maximumFields).map { "f\($0)=1" }
        #expect(MiniAppData(fields.joined(separator: "&")) != nil)
        #expect(MiniAppData((fields + ["g=1"]).joined(separator: "&")) == nil)
    }

    @Test func `data without a signature have a code of their own`() {
        let pairs = Self.text.split(separator: "&").filter {
            !$0.hasPrefix("signature=") && !$0.hasPrefix("hash=")
        }
        let text = pairs.joined(separator: "&")
        #expect(
            Self.isAccepted(text + "&hash=9731f4700902b92575e72792e8aa4586ca334044a17300de1676cae023321db0")
        )
        #expect(
            !Self.isAccepted(text + "&hash=1e59ce4d79d323873f4cff45b809cec3657c07e0d2801d32d27bfd036263a8a8")
        )
    }

    @Test(arguments: [
        ("5000000001", "5000000002"), ("room_42", "room_43"), ("1760000000", "1760000001"),
        ("-3788475317572404878", "-3788475317572404879"), ("a8a8", "a8a9"), ("&hash=", "&hash=0"),
        ("hash=1e59", "Hash=1e59"), ("&chat_type=group", ""),
        ("&chat_type=group", "&chat_type=group&extra=1"),
        ("auth_date=", "auth_date=&auth_date="), ("room_42", "room%4"), ("room_42", "room%FF"),
        ("&chat_type", "&&chat_type"),
    ])
    func `data that were changed are not`(before: String, after: String) {
        let changed = Self.text.replacing(before, with: after)
        #expect(changed != Self.text && !Self.isAccepted(changed))
    }

    @Test(arguments: ["%0A", "%0D", "%00", "%0D%0A", "\n"])
    func `a value with a line break is refused, since it could pass for two fields`(end: String) {
        let forged = "auth_date=1760000000&chat_type=group&query_id=a\(end)start_param=room_42"
        #expect(MiniAppData(forged) == nil)
        #expect(MiniAppData(forged.replacing(end, with: "-")) != nil)
        #expect(MiniAppData("a%3Db=c") == nil)
    }

    @Test(arguments: [("sender", false), ("private", true), ("group", true), ("channel", true)])
    func `only a chat that others share is one`(type: String, isShared: Bool) {
        #expect(MiniAppData("chat_type=\(type)&chat_instance=5")?.sharesChat == isShared)
        #expect(MiniAppData("chat_instance=5")?.sharesChat == true)
    }

    @Test func `another bot's data are not`() throws {
        let other = MiniAppKey(botToken: "123456789:TEST-not-a-real-token-0000000000001")
        #expect(!other.accepts(try #require(MiniAppData(Self.text))))
    }

    @Test(arguments: ["", "auth_date=", "auth_date=-1", "auth_date=1e9", "auth_date=99999999999999999999"])
    func `data without a time of their making have none`(text: String) {
        #expect(MiniAppData(text)?.authenticatedAt == nil)
    }
}
