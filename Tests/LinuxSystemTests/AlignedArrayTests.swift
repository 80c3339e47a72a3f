import Testing

@testable import LinuxSystem

@Suite struct AlignedArrayTests {
    @Test(arguments: [0, 1, 15, 16, 1000])
    func `elements start on a cache line and are all initialised`(_ count: Int) {
        let array = AlignedArray<Float>(count: count, repeating: 2.5)
        let address = unsafe array.withUnsafeAddress { UInt(bitPattern: $0) }
        #expect(address % 64 == 0)
        #expect(array.count == count)
        let sum = array.withSpan { elements in
            var sum: Float = 0
            for index in elements.indices { sum += elements[index] }
            return sum
        }
        #expect(sum == 2.5 * Float(count))
    }

    @Test func `sixty-four zero bytes follow the last element`() {
        let array = AlignedArray<UInt8>(count: 3, repeating: 0xFF)
        let behind = unsafe array.withUnsafeAddress { base in (3..<67).map { unsafe base[$0] } }
        #expect(behind == [UInt8](repeating: 0, count: 64))
    }

    @Test func `a copy holds the elements of its source`() {
        let source: [Int32] = [4, 5, 6]
        var array = AlignedArray(copying: source.span, filler: 0)
        array.withMutableSpan { $0[1] = 50 }
        array[2] = 60
        #expect([array[0], array[1], array[2]] == [4, 50, 60])
    }

    @Test func `some elements are lent, and others stay as they are`() {
        let array = AlignedArray<Int32>(count: 4, repeating: 7)
        let sum = array.withElementsOfOneWriter(1..<3) { elements in
            for index in elements.indices { elements[index] = Int32(index) }
            return elements.count
        }
        #expect(sum == 2)
        #expect([array[0], array[1], array[2], array[3]] == [7, 0, 1, 7])
        #expect(array.withElementsOfOneWriter(4..<4) { $0.count } == 0)
    }
}
