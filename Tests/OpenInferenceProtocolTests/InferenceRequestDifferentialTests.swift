import TestSupport
import Testing

@testable import OpenInferenceProtocol

// Bodies that tritonclient and Python build, with the rows that numpy makes of them: whole, cut, mutated, and by the
// slow path alone.
@Suite struct InferenceRequestDifferentialTests {
    struct Case: Sendable {
        let name: String
        let kind: String
        let features: Int
        let headerLength: Int?
        let body: [UInt8]
        let rowCount: Int
        let rows: [UInt32]

        var model: ModelSignature { RequestReading.model(kind, features: features) }

        static func all() throws -> [Case] {
            func bytes(_ text: Substring) -> [UInt8] {
                var result: [UInt8] = []
                var high: UInt8?
                for digit in text.utf8 where digit != UInt8(ascii: "-") {
                    let value = digit <= UInt8(ascii: "9") ? digit - UInt8(ascii: "0") : digit - UInt8(ascii: "a") + 10
                    if let first = high {
                        result.append(first << 4 | value)
                        high = nil
                    } else {
                        high = value
                    }
                }
                return result
            }
            return try FixtureFile.text("requests.txt").split(separator: "\n").map { line in
                let fields = line.split(separator: " ")
                let header = try #require(Int(fields[3]))
                let rows = bytes(fields[6])
                return try Case(
                    name: String(fields[0]), kind: String(fields[1]), features: #require(Int(fields[2])),
                    headerLength: header < 0 ? nil : header, body: bytes(fields[4]), rowCount: #require(Int(fields[5])),
                    rows: stride(from: 0, to: rows.count, by: 4).map { index in
                        (0..<4).reduce(0) { $0 | UInt32(rows[index + $1]) << UInt32(8 * $1) }
                    })
            }
        }
    }

    /// Bits with every NaN the same.
    func canonical(_ rows: [UInt32]) -> [UInt32] { rows.map { Float(bitPattern: $0).isNaN ? 0x7fc0_0000 : $0 } }

    @Test func `requests of real clients give numpy's rows, by both paths`() throws {
        let cases = try Case.all()
        #expect(cases.count > 40)
        for one in cases {
            for usesFastPath in [true, false] {
                let outcome = RequestReading.read(
                    one.body, headerLength: one.headerLength, for: one.model, usesFastPath: usesFastPath)
                #expect(outcome.error == nil, "\(one.name): \(outcome.error?.message ?? "")")
                #expect(outcome.rowCount == one.rowCount, "\(one.name)")
                #expect(canonical(outcome.rows) == canonical(one.rows), "\(one.name)")
            }
        }
    }

    @Test func `requests cut at any byte are refused`() throws {
        for one in try Case.all() where one.body.count < 700 {
            for length in 0..<one.body.count {
                let header = one.headerLength.map { min($0, length) }
                if header == 0 { continue }
                let outcome = RequestReading.read(Array(one.body[..<length]), headerLength: header, for: one.model)
                #expect(outcome.error != nil, "\(one.name) cut at \(length)")
            }
        }
    }

    @Test func `mutated requests are judged alike by both paths and never crash`() throws {
        var random = SeededGenerator.forTest()
        let cases = try Case.all().filter { $0.body.count < 1500 }
        var fast = InferenceRequest()
        var slow = InferenceRequest()
        slow.usesFastPath = false
        for _ in 0..<1200 {
            let one = cases[random.int(in: 0...(cases.count - 1))]
            var body = one.body
            for _ in 0..<random.int(in: 1...3) {
                let index = random.int(in: 0...(body.count - 1))
                switch random.int(in: 0...3) {
                case 0: body[index] = UInt8(random.int(in: 0...255))
                case 1: body.remove(at: index)
                case 2: body.insert(Array("[]{},:\"0123456789.-eNI ".utf8)[random.int(in: 0...22)], at: index)
                default: body.swapAt(index, random.int(in: 0...(body.count - 1)))
                }
            }
            let header = one.headerLength.map { min(max($0 + random.int(in: -1...1), 1), body.count) }
            let first = RequestReading.read(body, headerLength: header, for: one.model, with: &fast)
            let second = RequestReading.read(body, headerLength: header, for: one.model, with: &slow)
            #expect(first == second, "\(String(decoding: body, as: UTF8.self))")
        }
    }
}
