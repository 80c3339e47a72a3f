import TestSupport
import Testing

@testable import LinuxSystem

// The buffer against an array that does the same.
@Suite struct ByteBufferPropertyTests {
    private func content(_ buffer: borrowing ByteBuffer) -> [UInt8] {
        buffer.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    @Test func `a buffer holds what an array holds`() {
        var random = SeededGenerator.forTest()
        for _ in 0..<30 {
            var buffer = ByteBuffer(capacity: random.int(in: 0...64))
            var naive: [UInt8] = []
            for _ in 0..<200 {
                switch random.int(in: 0...7) {
                case 0:
                    let byte = UInt8(truncatingIfNeeded: random.next())
                    buffer.append(byte)
                    naive.append(byte)
                case 1, 2:
                    let bytes = random.bytes(count: random.int(in: 0...100))
                    buffer.append(bytes.span)
                    naive += bytes
                case 3:
                    let number = random.int(in: 0...naive.count)
                    buffer.removeFirst(number)
                    naive.removeFirst(number)
                case 4:
                    let number = random.int(in: 0...min(naive.count, 5))
                    buffer.removeLast(number)
                    naive.removeLast(number)
                case 5:
                    let value = Int(truncatingIfNeeded: random.next()) >> random.int(in: 0...63)
                    buffer.appendDecimal(value)
                    naive += Array(String(value).utf8)
                case 6: buffer.reserve(random.int(in: 0...300))
                default:
                    buffer.append("text é")
                    naive += Array("text é".utf8)
                }
                #expect(content(buffer) == naive)
                let isEmpty = buffer.isEmpty
                #expect(isEmpty == naive.isEmpty)
            }
        }
    }

    @Test(arguments: [Int.min, -10, -1, 0, 9, 10, 99, 100, Int.max])
    func `integers are written as the standard library writes them`(_ value: Int) {
        var buffer = ByteBuffer()
        buffer.appendDecimal(value)
        #expect(content(buffer) == Array(String(value).utf8))
    }

    @Test func `what does not fit the space in front moves down without growing`() {
        var buffer = ByteBuffer(capacity: 8)
        buffer.append([1, 2, 3, 4, 5, 6, 7, 8].span)
        buffer.removeFirst(5)
        buffer.append([9, 10, 11, 12, 13].span)
        let capacity = buffer.capacity
        #expect(capacity == 8)
        #expect(content(buffer) == [6, 7, 8, 9, 10, 11, 12, 13])
    }

    @Test func `a writer that wrote nothing leaves nothing`() {
        var buffer = ByteBuffer()
        let written = unsafe buffer.append(limit: 10, writtenBy: { _ in -1 })
        #expect(written == -1)
        #expect(content(buffer) == [])
    }
}
