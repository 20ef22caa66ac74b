import HTTPTypes
import JSON
import Leaderboards
import Scoring
import Testing

@testable import Web

@Suite struct OpenAPITests {
    let edge = TestEdge()

    private func document() async throws -> JSONValue {
        let answer = try await edge.get("/openapi.json")
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "application/json")
        return try JSON.parse(answer.bytes)
    }

    @Test func `the document lists exactly the routes that are served`() async throws {
        let document = try await document()
        var described = Set<String>()
        for (path, item) in try #require(document["paths"]).entries {
            for (method, _) in item.entries { described.insert("\(method.uppercased()) \(path)") }
        }
        let routes = RouteTable.everybody(edge.services, showsInsides: true).routes
        #expect(described == Set(routes.map { "\($0.method.rawValue) \($0.path)" }))
        #expect(described.count == routes.count)
        let paths = try #require(document["paths"]).entries.map(\.key)
        #expect(Set(paths).count == paths.count, "a path with two methods must be written as one item")
    }

    @Test func `every code is in the registry and among the answers of some route`() async throws {
        let document = try await document()
        let registry = document["components"]?["schemas"]?["ProblemCode"]?["enum"]?.elements.compactMap(
            \.string
        )
        #expect(registry == ProblemCode.allCases.map(\.rawValue))
        var answered = Set<String>()
        for (_, item) in try #require(document["paths"]).entries {
            for (_, operation) in item.entries {
                for (status, response) in try #require(operation["responses"]).entries {
                    guard let examples = response["content"]?["application/problem+json"]?["examples"] else {
                        continue
                    }
                    for (code, example) in examples.entries {
                        #expect(example["value"]?["status"]?.numberText == status)
                        answered.insert(code)
                    }
                }
            }
        }
        #expect(answered == Set(ProblemCode.allCases.map(\.rawValue)))
    }

    @Test func `every reference leads somewhere`() async throws {
        let document = try await document()
        func check(_ value: JSONValue) {
            if let reference = value["$ref"]?.string {
                var target: JSONValue? = document
                for part in reference.split(separator: "/").dropFirst() { target = target?[String(part)] }
                #expect(target != nil, "\(reference)")
            }
            for element in value.elements { check(element) }
            for (_, member) in value.entries { check(member) }
        }
        check(document)
        #expect(document["openapi"]?.string == "3.1.0")
    }

    @Test func `parameters of addresses are described and credentials exist`() async throws {
        let document = try await document()
        let schemes = try #require(document["components"]?["securitySchemes"])
        for (path, item) in try #require(document["paths"]).entries {
            for (_, operation) in item.entries {
                let parameters = operation["parameters"].map { Array($0.elements) } ?? []
                let named = parameters.filter { $0["in"]?.string == "path" }.compactMap { $0["name"]?.string }
                let braced = path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                    String($0.dropFirst().dropLast())
                }
                #expect(named == braced)
                guard let security = operation["security"] else { continue }
                for requirement in security.elements {
                    for (scheme, _) in requirement.entries { #expect(schemes[scheme] != nil) }
                }
            }
        }
        let ids = try #require(document["paths"]).entries.flatMap { item in
            item.value.entries.compactMap { $0.value["operationId"]?.string }
        }
        #expect(Set(ids).count == ids.count)
    }

    @Test func `links lead to operations and fill parameters that these have`() async throws {
        let paths = try #require(try await document()["paths"])
        var parameters: [String: Set<String>] = [:]
        var links: [JSONValue] = []
        for (_, item) in paths.entries {
            for (_, operation) in item.entries {
                let id = try #require(operation["operationId"]?.string)
                parameters[id] = Set(
                    operation["parameters"]?.elements.compactMap { $0["name"]?.string } ?? []
                )
                for (_, response) in try #require(operation["responses"]).entries {
                    links += response["links"]?.entries.map(\.value) ?? []
                }
            }
        }
        #expect(!links.isEmpty)
        for link in links {
            let known = try #require(parameters[link["operationId"]?.string ?? ""])
            #expect(known.isSuperset(of: link["parameters"]?.entries.map(\.key) ?? []))
        }
    }

    @Test func `requests that the document calls for are listed with their limits`() async throws {
        let scores = try await document()["paths"]?["/v1/scores"]?["post"]
        let responses = try #require(scores?["responses"])
        #expect(
            Set(responses.entries.map(\.key)) == [
                "200", "400", "401", "403", "404", "405", "408", "409", "413", "415", "422", "429", "431",
                "500", "503",
            ]
        )
        #expect(responses["503"]?["headers"]?["Retry-After"] != nil)
        #expect(responses["405"]?["headers"]?["Allow"] != nil)
    }

    @Test func `values and limits in the document are those of the service`() async throws {
        let document = try await document()
        let text = String(decoding: OpenAPIDocument.bytes, as: UTF8.self)
        let schemas = try #require(document["components"]?["schemas"])
        var lists: [String: Set<[String]>] = [:]
        func gather(_ value: JSONValue, _ name: String) {
            if let list = value["enum"] {
                lists[name, default: []].insert(list.elements.compactMap(\.string))
            }
            if let schema = value["schema"], let name = value["name"]?.string { gather(schema, name) }
            for element in value.elements { gather(element, name) }
            for (name, member) in value.entries { gather(member, name) }
        }
        gather(document, "")
        #expect(lists["scope"] == [Scope.allCases.map(\.rawValue)])
        #expect(lists["window"] == [WindowKind.allCases.map(\.rawValue)])
        #expect(lists["order"] == [GameRules.Order.allCases.map(\.rawValue)])
        #expect(lists["keep"] == [GameRules.Keep.allCases.map(\.rawValue)])
        #expect(lists["outcome"] == [Receipt.Outcome.allCases.map(\.rawValue)])
        #expect(text.contains("At most \(ScoreBody.metadataLimit) bytes, kept as sent."))
        #expect(text.contains("Up to \(Routes.maximumBoards) further leaderboards"))
        let choices = [Scope.allCases.map(\.rawValue), WindowKind.allCases.map(\.rawValue)]
        let board =
            "([a-z][a-z0-9_-]{0,31}:)?"
            + choices.map { "(\($0.joined(separator: "|")))" }.joined(separator: "/")
        #expect(text.contains("\"^(\(board)(,\(board)){0,\(Routes.maximumBoards - 1)})?$\""))
        let limits = LeaderboardRequest.limits
        #expect(
            text.contains("\"minimum\":\(limits.lowerBound),\"maximum\":\(limits.upperBound),\"default\":10")
        )
        let list = schemas["ServerScores"]?["anyOf"]?.elements.first { _ in true }?["properties"]?["scores"]
        #expect(list?["minItems"]?.int64 == Int64(ServerScoresBody.counts.lowerBound))
        #expect(list?["maxItems"]?.int64 == Int64(ServerScoresBody.counts.upperBound))
        #expect(text.contains("a list of up to \(ServerScoresBody.counts.upperBound)."))
    }

    @Test func `problems of operations are codes of the registry`() throws {
        let source = try JSON.parse(PackageResources.openapi_json)
        for (_, item) in try #require(source["paths"]).entries {
            for (_, operation) in item.entries {
                let codes = operation["x-problems"]?.elements.compactMap(\.string) ?? []
                #expect(
                    codes.allSatisfy { ProblemCode(rawValue: $0) != nil } && Set(codes).count == codes.count
                )
            }
        }
    }
}
