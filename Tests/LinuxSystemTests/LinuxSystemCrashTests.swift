import Glibc
import Testing

@testable import LinuxSystem

// Bugs end the process with a sentence instead of going on with wrong memory.
@Suite struct LinuxSystemCrashTests {
    @Test func `an index outside an array`() async {
        await #expect(processExitsWith: .failure) {
            let array = AlignedArray<Int>(count: 3, repeating: 0)
            print(array[3])
        }
    }

    @Test(arguments: [-1..<2, 2..<4]) func `elements outside an array`(range: Range<Int>) async {
        await #expect(processExitsWith: .failure) { [range = range as Range<Int>] in
            let array = AlignedArray<Int>(count: 3, repeating: 0)
            array.withElementsOfOneWriter(range) { $0[0] = 1 }
        }
    }

    @Test func `removing more bytes than are held`() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer()
            buffer.append(1)
            buffer.removeFirst(2)
        }
    }

    @Test func `reporting more bytes than there was room for`() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer()
            _ = unsafe buffer.append(limit: 4, writtenBy: { _ in 5 })
        }
    }

    @Test func `a system call with a descriptor that is not open`() async {
        await #expect(processExitsWith: .failure) { _ = SystemError("read", number: EBADF) }
    }

    @Test func `a system call with a bad address`() async {
        await #expect(processExitsWith: .failure) { _ = SystemError("read", number: EFAULT) }
    }

    @Test func `closing a descriptor twice`() async {
        await #expect(processExitsWith: .failure) {
            let kernel = LinuxKernel()
            let descriptor = try kernel.makeSignal()
            kernel.close(descriptor.number)
        }
    }

    @Test func `joining a thread twice`() async {
        await #expect(processExitsWith: .failure) {
            let thread = try SystemThread(name: "once") {}
            thread.join()
            thread.join()
        }
    }

    @Test func `handing a value over twice`() async {
        await #expect(processExitsWith: .failure) {
            let handover = Handover<Int>()
            handover.give(1)
            handover.give(2)
        }
    }
}
