import Testing

@testable import JSONSyntax

@Suite struct DecimalTextTests {
    private static func read(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        return DecimalText.double(in: bytes.span, 0..<bytes.count)
    }

    @Test func `every decimal is rounded once`() throws {
        for vector in try JSONNumberTests.Vector.all() {
            #expect(Self.read(vector.text)?.bitPattern == vector.double, "\(vector.text)")
        }
    }

    @Test(arguments: ["inf", "-inf", "Infinity", "1e999"])
    func `infinities are numbers`(text: String) {
        #expect(Self.read(text) == (text.hasPrefix("-") ? -.infinity : .infinity))
    }

    @Test func `NaN is a number`() {
        #expect(Self.read("nan")?.isNaN == true && Self.read("-nan")?.isNaN == true)
    }

    @Test(arguments: ["", "-", "+1", " 1", "1 ", "1,", "0x10", "1e", "1.2.3", "none", "1d5"])
    func `what is not wholly a number is none`(text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test func `bytes around the range do not count`() {
        let bytes = Array("1234567".utf8)
        #expect(DecimalText.double(in: bytes.span, 2..<4) == 34)
    }
}
