import CNghttp2
import LinuxSystem
import Testing

@testable import HTTPConnections

/// The memory that the library is given.
@Suite struct HTTP2LibraryTests {
    @Test func `what the library gives back is kept up to a limit`() {
        let library = HTTP2Library(HTTP2Limits())
        let allocator = unsafe library.allocator
        var blocks: [UnsafeMutableRawPointer?] = unsafe []
        // Each block has 1 KiB with its header, so that twice as many as are kept are in use.
        for _ in 0..<2 * HTTP2Limits.keptLibraryByteCount / 1_024 {
            unsafe blocks.append(allocator.malloc(1_000, allocator.mem_user_data))
        }
        #expect(library.memory.keptByteCount == 0)
        unsafe blocks.forEach { unsafe allocator.free($0, allocator.mem_user_data) }
        #expect(library.memory.keptByteCount == HTTP2Limits.keptLibraryByteCount)
    }

    @Test func `the library's other functions for memory do what C says of them`() {
        let library = HTTP2Library(HTTP2Limits())
        let allocator = unsafe library.allocator
        let pool = unsafe allocator.mem_user_data
        // Blocks of the pool above, each used only while it is in use.
        guard let zeros = unsafe allocator.calloc(3, 100, pool) else { return #expect(Bool(false), "no memory") }
        #expect((0..<300).allSatisfy { unsafe zeros.load(fromByteOffset: $0, as: UInt8.self) == 0 })
        unsafe zeros.storeBytes(of: 7, toByteOffset: 299, as: UInt8.self)
        guard let longer = unsafe allocator.realloc(zeros, 20_000, pool) else {
            return #expect(Bool(false), "no memory")
        }
        #expect(unsafe longer.load(fromByteOffset: 299, as: UInt8.self) == 7)
        let fresh = unsafe allocator.realloc(nil, 10, pool)
        unsafe allocator.free(longer, pool)
        unsafe allocator.free(fresh, pool)
        unsafe allocator.free(nil, pool)
        #expect(library.memory.keptByteCount == 512 + 64)
    }
}
