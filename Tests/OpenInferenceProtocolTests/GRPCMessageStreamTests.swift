import LinuxSystem
import Testing

@testable import OpenInferenceProtocol

@Suite struct GRPCMessageStreamTests {
    private func framed(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
        [flag] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: message.count >> $0) } + message
    }

    /// What becomes of pieces: the messages, and the fault that ended them.
    private func read(_ pieces: [[UInt8]], limit: Int = 1000) -> (messages: [[UInt8]], flags: [Bool], fault: String) {
        var stream = GRPCMessageStream(messageByteCountLimit: limit)
        var messages: [[UInt8]] = []
        var flags: [Bool] = []
        do throws(CallStatus) {
            for piece in pieces {
                stream.feed(piece.span)
                while case .message(let range, let isCompressed) = try stream.next() {
                    messages.append(range.map { stream.bytes.bytes[$0] })
                    flags.append(isCompressed)
                    stream.messageTaken()
                }
            }
        } catch {
            return (messages, flags, "\(error.code): \(error.message)")
        }
        return (messages, flags, stream.isInsideMessage ? "inside" : "")
    }

    @Test func `messages come out as they went in, wherever they are cut`() {
        let all = framed([1, 2, 3]) + framed([], flag: 1) + framed([UInt8](repeating: 7, count: 300))
        let whole = read([all])
        #expect(whole.messages == [[1, 2, 3], [], [UInt8](repeating: 7, count: 300)])
        #expect(whole.flags == [false, true, false] && whole.fault == "")
        for cut in 0...all.count {
            let parts = read([Array(all[..<cut]), Array(all[cut...])])
            #expect(parts.messages == whole.messages && parts.fault == "", "cut at \(cut)")
        }
        #expect(read(all.map { [$0] }).messages == whole.messages)
        for length in 1..<all.count where ![8, 13].contains(length) {
            #expect(read([Array(all[..<length])]).fault == "inside", "cut at \(length)")
        }
    }

    @Test func `flags other than 0 and 1, and messages beyond the limit, end the stream`() {
        #expect(read([framed([1]) + framed([1], flag: 2)]).fault.hasPrefix("internalFault: the prefix of a message"))
        #expect(read([framed([UInt8](repeating: 0, count: 1000))]).fault == "")
        #expect(
            read([framed([UInt8](repeating: 0, count: 1001))]).fault
                == "resourceExhausted: Received message larger than max (1001 vs. 1000)")
        // The length alone is enough.
        #expect(read([[0, 0xff, 0xff, 0xff, 0xff]]).fault.contains("(4294967295 vs. 1000)"))
    }

    @Test func `a call with one message has exactly one`() throws {
        func only(_ body: [UInt8], limit: Int = 10) -> String {
            do throws(CallStatus) {
                let (message, isCompressed) = try GRPCMessagePrefix.only(in: body.span, limit: limit)
                return "\(message) \(isCompressed)"
            } catch {
                return "\(error.code): \(error.message)"
            }
        }
        #expect(only(framed([])) == "5..<5 false")
        #expect(only(framed([1, 2], flag: 1)) == "5..<7 true")
        #expect(only([]) == "internalFault: the call has no request message")
        for length in 1..<7 {
            #expect(only(Array(framed([1, 2])[..<length])) == "internalFault: the call ends inside a message")
        }
        #expect(only(framed([1]) + framed([])) == "internalFault: the call has more than one request message")
        #expect(only(framed([UInt8](repeating: 0, count: 11))).hasPrefix("resourceExhausted"))
    }

    @Test func `prefixes are written as they are read`() throws {
        for count in [0, 1, 255, 256, 65_536, 16_777_216, Int(Int32.max)] {
            var buffer = ByteBuffer()
            buffer.appendMessagePrefix(count)
            let prefix = try GRPCMessagePrefix(buffer.bytes, limit: OpenInferenceProtocolLimits.messageByteCount)
            #expect(prefix.messageByteCount == count && !prefix.isCompressed)
        }
    }
}
