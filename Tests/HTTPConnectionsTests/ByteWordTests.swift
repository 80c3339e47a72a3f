// Goal: looking at eight bytes at once finds the same first byte as looking at each.
// Method: every byte value at every position, in front of and behind every kind of neighbour.
@testable import HTTPConnections
import Testing

@Suite struct ByteWordTests {
    private func expectFirst(
        _ mask: (ByteWord) -> UInt64, equals matches: (UInt8) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for byte in UInt8.min...UInt8.max {
            for neighbour: UInt8 in [0, 1, 0x1f, 0x20, 0x21, 0x2c, 0x2d, 0x40, 0x61, 0x7a, 0x7e, 0x7f, 0x80, 0xff] {
                for position in 0..<8 {
                    var eight = [UInt8](repeating: neighbour, count: 8)
                    eight[position] = byte
                    let found = mask(ByteWord(eight.span, at: 0))
                    let first = found == 0 ? nil : ByteWord.firstIndex(found)
                    if first != eight.firstIndex(where: matches) {
                        Issue.record("\(eight)", sourceLocation: sourceLocation)
                    }
                }
            }
        }
    }

    @Test func `control bytes are found`() {
        expectFirst({ $0.controls }) { $0 < 0x20 || $0 == 0x7f }
    }

    @Test func `the ends of field names are found`() {
        expectFirst({ $0.otherThanLettersAndDashes }) { byte in
            let isLetter = (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            return !isLetter && byte != UInt8(ascii: "-")
        }
    }

    @Test func `bytes outside the visible ones are found`() {
        expectFirst({ $0.below(0x21) | $0.beyondASCII | $0.equal(to: 0x7f) }) { $0 < 0x21 || $0 > 0x7e }
    }

    @Test func `one byte is found`() {
        for sought: UInt8 in [0, 0x23, 0x3f, 0x7f, 0x80, 0xff] {
            expectFirst({ $0.equal(to: sought) }) { $0 == sought }
        }
    }

    @Test func `a word equals its characters`() {
        let name = bytes("Content-")
        #expect(ByteWord(name.span, at: 0) == ByteWord("C", "o", "n", "t", "e", "n", "t", "-"))
        #expect(ByteWord(name.span, at: 0).folded == ByteWord("c", "o", "n", "t", "e", "n", "t", "-"))
        #expect(ByteWord(short: bytes("gzip").span) == ByteWord("g", "z", "i", "p"))
        #expect(ByteWord(short: name.span) == ByteWord(name.span, at: 0))
    }
}
