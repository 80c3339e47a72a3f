import TestSupport
import Testing

@testable import JSONSyntax

// The loop over eight digits at a time against the cursor with fast_float, on seeded texts.
@Suite struct JSONNumberArrayDifferentialTests {
    /// A number of any shape that clients send, and some that they do not.
    static func number(_ random: inout SeededGenerator) -> String {
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
        }
        var text = random.chance(oneIn: 4) ? "-" : ""
        var whole = digits(random.int(in: 1...random.int(in: 1...20)))
        while whole.count > 1 && whole.hasPrefix("0") { whole.removeFirst() }
        text += whole
        if !random.chance(oneIn: 4) { text += "." + digits(random.int(in: 1...random.int(in: 1...24))) }
        if random.chance(oneIn: 8) {
            text +=
                ["e", "E"][random.int(in: 0...1)] + ["", "+", "-"][random.int(in: 0...2)]
                + digits(random.int(in: 1...3))
        }
        return text
    }

    static let types: [JSONNumberType] = [
        .float32, .float64, .float16, .bfloat16, .signedInteger(bits: 32), .unsignedInteger(bits: 64),
    ]

    @Test func `arrays of numbers read the same either way`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<400 {
            let separator = [",", ", ", " ,\n ", ",\t"][random.int(in: 0...3)]
            let numbers = (0..<random.int(in: 0...20)).map { _ in Self.number(&random) }
            let text = "[" + numbers.joined(separator: separator) + "]"
            for type in [JSONNumberType.float32, .float64] {
                // The fast path may hand over in the middle; what it has read must agree.
                let slow = JSONText.slowNumbers(text, as: type)
                let mixed = Self.mixedNumbers(Array(text.utf8), as: type)
                #expect(mixed?.map(\.bitPattern) == slow?.map(\.bitPattern), "\(text)")
            }
        }
    }

    @Test func `numbers of eight digits are rounded as the C library rounds them`() {
        var random = SeededGenerator.forTest()
        var texts: [String] = []
        for _ in 0..<3000 {
            var digits = String((0..<8).map { _ in "0123456789".randomElement(using: &random) ?? "0" })
            digits.removeFirst(random.int(in: 0...6))
            let point = random.int(in: 1...digits.count)
            let whole = String(Int(digits.prefix(point)) ?? 0)
            let fraction = digits.dropFirst(point)
            texts.append((random.chance(oneIn: 4) ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction))
        }
        let fast = Self.mixedNumbers(Array("[\(texts.joined(separator: ","))]".utf8), as: .float32)
        #expect(fast?.map(\.bitPattern) == texts.map { Float($0)?.bitPattern })
        // Each number is the last one before the end of the text once, where no sixteen bytes follow it.
        for text in texts.prefix(500) {
            let alone = Self.mixedNumbers(Array("[\(text)]".utf8), as: .float32)
            #expect(alone?.map(\.bitPattern) == Float(text).map { [$0.bitPattern] })
        }
    }

    @Test func `doubles are the cursor's, whatever the type`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<400 {
            let numbers = (0..<random.int(in: 1...9)).map { _ in Self.number(&random) }
            let bytes = Array(("[" + numbers.joined(separator: ",") + "]").utf8)
            for type in Self.types {
                var slow: [Double]? = []
                for number in numbers {
                    let text = Array(number.utf8)
                    let value = try? JSONNumber.double(type, in: text.span, 0..<text.count)
                    slow = value.flatMap { value in slow.map { $0 + [value] } }
                }
                let fast = Self.mixedDoubles(bytes, as: type)
                #expect(fast?.map(\.bitPattern) == slow?.map(\.bitPattern), "\(numbers) \(type)")
                if type == .float64 { #expect(slow == numbers.map { Double($0) }) }
            }
        }
    }

    static func mixedDoubles(_ bytes: [UInt8], as type: JSONNumberType) -> [Double]? {
        var cursor = JSONCursor(depthLimit: 100)
        var values = [Double](repeating: 0, count: bytes.count / 2 + 1)
        var index = 0
        guard (try? cursor.next(in: bytes.span)) == .beginArray else { return nil }
        while true {
            var span = values.mutableSpan
            index = JSONNumberArray.read(type, in: bytes.span, at: &cursor, into: &span, from: index, stride: 1)
            guard let token = try? cursor.next(in: bytes.span) else { return nil }
            guard case .number(let range) = token else { return token == .endArray ? Array(values[..<index]) : nil }
            guard let value = try? JSONNumber.double(type, in: bytes.span, range) else { return nil }
            values[index] = value
            index += 1
        }
    }

    @Test func `mutated arrays are judged the same either way`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<1500 {
            var text = Array(
                ("[" + (0..<random.int(in: 1...6)).map { _ in Self.number(&random) }.joined(separator: ",") + "]").utf8)
            let index = random.int(in: 0...(text.count - 1))
            text[index] = Array("0123456789.,-+eE []{}\"xN".utf8)[random.int(in: 0...23)]
            let type = Self.types[random.int(in: 0...(Self.types.count - 1))]
            let slow = JSONText.slowNumbers(String(decoding: text, as: UTF8.self), as: type)
            let mixed = Self.mixedNumbers(text, as: type)
            #expect(
                mixed?.map(\.bitPattern) == slow?.map(\.bitPattern), "\(String(decoding: text, as: UTF8.self)) \(type)")
        }
    }

    @Test func `a float's own digits read back to it`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<3000 {
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            guard value.isFinite else { continue }
            for text in ["[\(value)]", "[\(Double(value))]", "[\(value)                            ]"] {
                #expect(
                    Self.mixedNumbers(Array(text.utf8), as: .float32)?.map(\.bitPattern) == [value.bitPattern],
                    "\(text)")
            }
        }
    }

    @Test func `only every second element is written with a stride of two`() {
        #expect(JSONText.fastNumbers("[1,2.5,-3]", as: .float32, stride: 2) == [1, 2.5, -3])
    }

    /// As the server reads: the fast path as far as it goes, the cursor for one step, and again.
    static func mixedNumbers(_ bytes: [UInt8], as type: JSONNumberType) -> [Float]? {
        var cursor = JSONCursor(depthLimit: 100)
        var values = [Float](repeating: 0, count: bytes.count / 2 + 1)
        var index = 0
        do {
            guard try cursor.next(in: bytes.span) == .beginArray else { return nil }
            while true {
                var span = values.mutableSpan
                index = JSONNumberArray.read(type, in: bytes.span, at: &cursor, into: &span, from: index, stride: 1)
                switch try cursor.next(in: bytes.span) {
                case .number(let range):
                    values[index] = try JSONNumber.float(type, in: bytes.span, range)
                    index += 1
                case .endArray:
                    guard try cursor.next(in: bytes.span) == .end else { return nil }
                    return Array(values[..<index])
                default: return nil
                }
            }
        } catch {
            return nil
        }
    }
}
