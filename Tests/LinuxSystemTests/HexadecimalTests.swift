import Testing

@testable import LinuxSystem

@Suite struct HexadecimalTests {
    @Test(arguments: [
        (0, "0000000000000000"), (0x0123_4567_89ab_cdef, "0123456789abcdef"), (.max, "ffffffffffffffff"),
    ])
    func `a number has sixteen digits in lower case`(number: UInt64, digits: String) {
        var buffer = ByteBuffer()
        buffer.appendHexadecimal(number)
        #expect(buffer.withBytes { $0.text($0.indices) } == digits)
    }
}
