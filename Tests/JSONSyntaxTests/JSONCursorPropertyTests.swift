import TestSupport
import Testing

@testable import JSONSyntax

// Seeded: generated documents are accepted whole and refused when cut; mutated ones never crash the cursor.
@Suite struct JSONCursorPropertyTests {
    /// A random value; the generator writes JSON by the grammar's productions.
    static func value(_ random: inout SeededGenerator, depth: Int) -> String {
        func space(_ random: inout SeededGenerator) -> String {
            ["", "", "", " ", "\n\t", "\r "][random.int(in: 0...5)]
        }
        func string(_ random: inout SeededGenerator) -> String {
            let pieces = ["a", "é", "€", "😀", "\\n", "\\u0041", "\\ud83d\\ude00", "\\\\", "\\\"", "/", "\u{7f}"]
            return "\"" + (0..<random.int(in: 0...4)).map { _ in pieces[random.int(in: 0...10)] }.joined() + "\""
        }
        switch random.int(in: 0...(depth > 0 ? 8 : 5)) {
        case 0: return ["true", "false", "null"][random.int(in: 0...2)]
        case 1: return string(&random)
        case 2: return "\(random.int(in: -1000...1000))"
        case 3: return "\(Double(random.int(in: -1_000_000...1_000_000)) / 1024)"
        case 4: return "1e\(random.int(in: -30...30))"
        case 5: return "-0.\(random.int(in: 0...99999))E+\(random.int(in: 0...9))"
        case 6, 7:
            let elements = (0..<random.int(in: 0...4)).map { _ in
                space(&random) + value(&random, depth: depth - 1) + space(&random)
            }
            return "[" + (elements.isEmpty ? space(&random) : elements.joined(separator: ",")) + "]"
        default:
            let members = (0..<random.int(in: 0...4)).map { _ in
                space(&random) + string(&random) + space(&random) + ":" + space(&random)
                    + value(&random, depth: depth - 1) + space(&random)
            }
            return "{" + (members.isEmpty ? space(&random) : members.joined(separator: ",")) + "}"
        }
    }

    @Test func `generated documents are accepted, and refused when cut at any byte`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<60 {
            let text = Array(("[" + Self.value(&random, depth: 4) + "]").utf8)
            #expect(JSONText.fault(text) == nil, "\(String(decoding: text, as: UTF8.self))")
            for length in 0..<text.count {
                #expect(JSONText.fault(Array(text[..<length])) != nil)
            }
        }
    }

    @Test func `mutated documents never crash the cursor and faults lie inside the text`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<1500 {
            var text = Array(Self.value(&random, depth: 3).utf8)
            for _ in 0..<random.int(in: 1...3) where !text.isEmpty {
                let index = random.int(in: 0...(text.count - 1))
                switch random.int(in: 0...3) {
                case 0: text[index] = UInt8(random.int(in: 0...255))
                case 1: text.remove(at: index)
                case 2: text.insert(Array("[]{},:\"\\-+.eE0".utf8)[random.int(in: 0...13)], at: index)
                default: text.swapAt(index, random.int(in: 0...(text.count - 1)))
                }
            }
            if let fault = JSONText.fault(text, acceptsNonFinite: random.chance(oneIn: 2)) {
                #expect(fault.offset >= 0 && fault.offset <= text.count)
                #expect(!fault.message.isEmpty)
            }
        }
    }
}
