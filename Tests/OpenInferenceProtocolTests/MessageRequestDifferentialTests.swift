import TestSupport
import Testing

@testable import OpenInferenceProtocol

// Messages of tritonclient and of protobuf's rules, with the rows that protobuf and numpy make of them: whole, cut and
// mutated.
@Suite struct MessageRequestDifferentialTests {
    struct Case: Sendable {
        let name: String
        let kind: String
        let features: Int
        let message: [UInt8]
        let rowCount: Int
        let rows: [UInt32]

        var model: ModelSignature { RequestReading.model(kind, features: features) }

        static func all() throws -> [Case] {
            try FixtureFile.text("messages.txt").split(separator: "\n").map { line in
                let fields = line.split(separator: " ")
                let rows = MessageBytes.hexadecimal(fields[5])
                return try Case(
                    name: String(fields[0]), kind: String(fields[1]), features: #require(Int(fields[2])),
                    message: MessageBytes.hexadecimal(fields[3]), rowCount: #require(Int(fields[4])),
                    rows: stride(from: 0, to: rows.count, by: 4).map { index in
                        (0..<4).reduce(0) { $0 | UInt32(rows[index + $1]) << UInt32(8 * $1) }
                    })
            }
        }
    }

    @Test func `messages give the rows that protobuf finds in them`() throws {
        let cases = try Case.all()
        #expect(cases.count > 150)
        var request = InferenceRequest()
        for one in cases {
            let outcome = RequestReading.read(one.message, for: one.model, with: &request, isMessage: true)
            #expect(outcome.error == nil, "\(one.name): \(outcome.error?.message ?? "")")
            #expect(outcome.rowCount == one.rowCount, "\(one.name)")
            #expect(outcome.rows == one.rows, "\(one.name)")
        }
    }

    @Test func `messages cut at any byte are refused, or are whole without what was cut off`() throws {
        for one in try Case.all() where one.message.count < 700 {
            for length in 0..<one.message.count {
                let outcome = RequestReading.read(message: Array(one.message[..<length]), for: one.model)
                #expect(outcome.error != nil || outcome.rows == one.rows, "\(one.name) cut at \(length)")
            }
        }
    }

    @Test func `mutated messages never crash, and what was read before changes nothing`() throws {
        var random = SeededGenerator.forTest()
        let cases = try Case.all().filter { $0.message.count < 1500 }
        var request = InferenceRequest()
        for _ in 0..<3000 {
            let one = cases[random.int(in: 0...(cases.count - 1))]
            var message = one.message
            for _ in 0..<random.int(in: 1...3) where !message.isEmpty {
                let index = random.int(in: 0...(message.count - 1))
                switch random.int(in: 0...3) {
                case 0: message[index] = UInt8(random.int(in: 0...255))
                case 1: message.remove(at: index)
                case 2: message.insert(UInt8(random.int(in: 0...255)), at: index)
                default: message.swapAt(index, random.int(in: 0...(message.count - 1)))
                }
            }
            let outcome = RequestReading.read(message, for: one.model, with: &request, isMessage: true)
            #expect(outcome == RequestReading.read(message: message, for: one.model))
        }
    }
}
