import Testing

@testable import Simulator

@Suite struct ParameterTests {
    @Test func `JSON values become their text, null included`() {
        var parameters = CallParameters()
        parameters.add(
            json: Array(#"{"a":null,"b":true,"c":-12,"d":1e3,"e":"x\u00e9","f":{"g":[1]},"h":""}"#.utf8)
        )
        #expect(
            parameters.texts == [
                "a": "null", "b": "true", "c": "-12", "d": "1e3", "e": "xé", "f": #"{"g":[1]}"#, "h": "",
            ]
        )
        #expect(parameters.bool("b"))
    }

    @Test(arguments: ["", "{", "[1]", "7", "{\"a\":1} x"])
    func `a JSON body that is no object has no parameters`(body: String) {
        var parameters = CallParameters()
        parameters.add(json: Array(body.utf8))
        #expect(parameters.texts.isEmpty)
    }

    @Test func `forms are decoded, and the body adds to the query`() {
        var parameters = CallParameters()
        parameters.add(form: "a=1+2&b=%C3%A9%21&c&d=x%3Dy=z&e=%zz")
        parameters.add(json: Array(#"{"a":3}"#.utf8))
        #expect(parameters.texts == ["a": "3", "b": "é!", "c": "", "d": "x=y=z", "e": "%zz"])
    }

    @Test(
        arguments: [
            ("9223372036854775807", Int64.max), ("9223372036854775808", Int64.min),
            ("-9223372036854775808", Int64.min),
            ("12x", 12), ("--1", 0), ("", 0),
        ] as [(String, Int64)]
    )
    func `64-bit integers wrap too`(text: String, value: Int64) {
        var parameters = CallParameters()
        parameters.add(form: "user_id=\(text)")
        #expect(parameters.int64("user_id") == value)
    }
}
