// Goal: compressed answers are what their coding promises.
// Method: wrapper bytes and checksums are compared with definitions written out here; the body is inflated again by
// the decoder, which has vectors of its own.
import HTTPConnections
import LinuxSystem
import TestSupport
import Testing

@Suite struct ContentEncoderTests {
    private let answer = bytes(String(repeating: "{\"name\":\"score\",\"data\":[0.125,0.25,0.5]},", count: 60))

    private func compress(_ input: [UInt8], _ coding: ContentCoding, with encoder: ContentEncoder) -> [UInt8]? {
        var output = ByteBuffer()
        output.append("head")
        let isSmaller = encoder.deflate(input.span, as: coding, into: &output)
        #expect(text(copied(output).prefix(4)) == "head")
        #expect(isSmaller || output.count == 4, "nothing is left behind by a vain attempt")
        return isSmaller ? Array(copied(output).dropFirst(4)) : nil
    }

    private func inflated(_ input: [UInt8]) throws -> [UInt8] {
        var output = ByteBuffer()
        try ContentDecoder().inflate(input.span, limit: 1 << 20, into: &output)
        return copied(output)
    }

    @Test func `gzip carries its wrapper, checksum and length`() throws {
        let encoder = ContentEncoder()
        for _ in 0..<3 {
            let compressed = try #require(compress(answer, .gzip, with: encoder))
            #expect(compressed.prefix(3) == [0x1f, 0x8b, 8])
            #expect(try inflated(compressed) == answer)
            let trailer = compressed.suffix(8).map { UInt32($0) }
            let numbers = stride(from: 0, to: 8, by: 4).map { index in
                trailer[index] | trailer[index + 1] << 8 | trailer[index + 2] << 16 | trailer[index + 3] << 24
            }
            #expect(numbers == [crc32(answer), UInt32(answer.count)])
        }
    }

    @Test func `deflate carries the wrapper of RFC 1950`() throws {
        let encoder = ContentEncoder()
        for _ in 0..<3 {
            let compressed = try #require(compress(answer, .deflate, with: encoder))
            #expect(compressed[0] == 0x78)
            #expect((Int(compressed[0]) * 256 + Int(compressed[1])) % 31 == 0)
            #expect(try inflated(compressed) == answer)
            let checksum = compressed.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            #expect(checksum == adler32(answer))
        }
    }

    @Test func `one encoder alternates between codings`() throws {
        let encoder = ContentEncoder()
        for coding in [ContentCoding.gzip, .deflate, .gzip, .deflate] {
            let compressed = try #require(compress(answer, coding, with: encoder))
            #expect(try inflated(compressed) == answer)
        }
    }

    @Test func `bytes without pattern are left as they are`() {
        var generator = SeededGenerator.forTest()
        let encoder = ContentEncoder()
        for count in [0, 1, 2, 100, 5_000] {
            #expect(compress(generator.bytes(count: count), .gzip, with: encoder) == nil)
            #expect(compress(generator.bytes(count: count), .deflate, with: encoder) == nil)
        }
        #expect(compress(answer, .gzip, with: encoder) != nil)
    }

    private func crc32(_ input: [UInt8]) -> UInt32 {
        ~input.reduce(UInt32.max) { state, byte in
            (0..<8).reduce(state ^ UInt32(byte)) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? 0xedb8_8320 : 0) }
        }
    }

    private func adler32(_ input: [UInt8]) -> UInt32 {
        let sums = input.reduce((UInt32(1), UInt32(0))) { state, byte in
            let low = (state.0 + UInt32(byte)) % 65_521
            return (low, (state.1 + low) % 65_521)
        }
        return sums.1 << 16 | sums.0
    }
}
