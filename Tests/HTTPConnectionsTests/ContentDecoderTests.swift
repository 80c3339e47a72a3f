// Goal: whole gzip and zlib bodies are inflated, everything else is refused, and no body grows beyond its limit.
// Method: vectors made by another implementation's front end, each also cut, continued and damaged at every byte.
import HTTPConnections
import LinuxSystem
import TestSupport
import Testing

@Suite struct ContentDecoderTests {
    private enum Outcome: Equatable {
        case inflated([UInt8])
        case refused(ContentFault)
    }

    private func inflate(_ input: [UInt8], limit: Int = 1 << 20, with decoder: ContentDecoder) -> Outcome {
        var output = ByteBuffer()
        do throws(ContentFault) {
            try decoder.inflate(input.span, limit: limit, into: &output)
        } catch {
            #expect(output.count <= limit + 1, "a bomb is stopped at the limit")
            return .refused(error)
        }
        return .inflated(copied(output))
    }

    @Test func `bodies in every form of both wrappers are inflated`() {
        let decoder = ContentDecoder()
        for vector in CompressedVectors.all {
            let outcome = inflate(CompressedVectors.bytes(vector.hexadecimal), with: decoder)
            #expect(outcome == .inflated(bytes(CompressedVectors.plainText)), "\(vector.name)")
        }
    }

    @Test func `a body is appended to what the output holds`() throws {
        var output = ByteBuffer()
        output.append("before ")
        let input = CompressedVectors.bytes(CompressedVectors.all[0].hexadecimal)
        try ContentDecoder().inflate(input.span, limit: 1_000, into: &output)
        #expect(text(copied(output)) == "before " + CompressedVectors.plainText)
    }

    @Test func `a body cut short is refused at every length`() {
        let decoder = ContentDecoder()
        for vector in CompressedVectors.all {
            let whole = CompressedVectors.bytes(vector.hexadecimal)
            for count in 0..<whole.count {
                #expect(
                    inflate(Array(whole[..<count]), with: decoder) == .refused(.truncated), "\(vector.name) \(count)")
            }
        }
    }

    @Test func `bytes behind a body are refused`() {
        let decoder = ContentDecoder()
        for vector in CompressedVectors.all {
            let whole = CompressedVectors.bytes(vector.hexadecimal)
            #expect(inflate(whole + [0], with: decoder) == .refused(.trailingBytes), "\(vector.name)")
            #expect(inflate(whole + whole, with: decoder) == .refused(.trailingBytes), "\(vector.name)")
        }
    }

    @Test func `a body without a wrapper is refused`() {
        let decoder = ContentDecoder()
        #expect(inflate(bytes("{\"inputs\":[]}"), with: decoder) == .refused(.damaged))
        // The raw deflate stream inside a zlib wrapper.
        let zlib = CompressedVectors.bytes(CompressedVectors.all[6].hexadecimal)
        #expect(inflate(Array(zlib[2..<zlib.count - 4]), with: decoder) == .refused(.damaged))
    }

    @Test func `a wrong checksum is refused`() {
        let decoder = ContentDecoder()
        for vector in CompressedVectors.all {
            var input = CompressedVectors.bytes(vector.hexadecimal)
            input[input.count - 1] ^= 1
            #expect(inflate(input, with: decoder) == .refused(.damaged), "\(vector.name)")
        }
    }

    @Test func `a zlib body that asks for a dictionary is refused`() {
        #expect(inflate([0x78, 0xbb, 0, 0, 0, 1, 3, 0], with: ContentDecoder()) == .refused(.damaged))
    }

    @Test func `a body inflates to its limit and not beyond`() {
        let decoder = ContentDecoder()
        let bomb = CompressedVectors.bytes(CompressedVectors.hundredThousandZeros)
        #expect(inflate(bomb, limit: 100_000, with: decoder) == .inflated([UInt8](repeating: 0, count: 100_000)))
        #expect(inflate(bomb, limit: 99_999, with: decoder) == .refused(.inflatedTooLong))
        #expect(inflate(bomb, limit: 10, with: decoder) == .refused(.inflatedTooLong))
        #expect(inflate(bomb, limit: 0, with: decoder) == .refused(.inflatedTooLong))
    }

    @Test func `damaged bodies are survived and the decoder goes on working`() {
        var generator = SeededGenerator.forTest()
        let decoder = ContentDecoder()
        for _ in 0..<2_000 {
            var input = CompressedVectors.bytes(generator.element(of: CompressedVectors.all).hexadecimal)
            for _ in 0..<generator.int(in: 1...3) {
                input[generator.int(in: 0...input.count - 1)] = UInt8(generator.int(in: 0...255))
            }
            _ = inflate(input, limit: 10_000, with: decoder)
        }
        let good = CompressedVectors.bytes(CompressedVectors.all[0].hexadecimal)
        #expect(inflate(good, with: decoder) == .inflated(bytes(CompressedVectors.plainText)))
    }

    @Test(arguments: ContentFault.allCases) func `every fault has its sentence`(fault: ContentFault) {
        #expect(fault.message.utf8CodeUnitCount > 10)
    }
}
