import Glibc
import TestSupport
import Testing

@testable import LinuxSystem

/// Shared memory objects that belong to somebody else: read, written, and made smaller meanwhile.
struct SharedMemoryObjectTests {
    /// An object that is removed at the end of the test.
    private final class Owned {
        let name: String
        private let number: Int32

        init(byteCount: Int, test: String = #function) {
            name = "/rowan_unit_\(getpid())_\(UInt(bitPattern: test.hashValue))"
            // The name is terminated by the conversion to a C string.
            number = unsafe shm_open(name, O_RDWR | O_CREAT | O_TRUNC, 0o600)
            precondition(number >= 0 && ftruncate(number, byteCount) == 0, "an object can be made")
        }

        func resize(to byteCount: Int) { precondition(ftruncate(number, byteCount) == 0, "an object has any size") }

        deinit {
            close(number)
            unsafe _ = shm_unlink(name)
        }
    }

    private func bytes(_ object: borrowing SharedMemoryObject, at offset: Int, count: Int) throws -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(UInt8(ascii: "x"))
        let taken = try object.read(at: offset, count: count, into: &buffer)
        let found = buffer.withBytes { all in all.indices.map { all[$0] } }
        #expect(found[0] == UInt8(ascii: "x") && found.count == taken + 1, "what was there stays")
        return Array(found.dropFirst())
    }

    @Test func `what is written is read`() throws {
        let owned = Owned(byteCount: 10)
        let object = try SharedMemoryObject(opening: owned.name)
        let other = try SharedMemoryObject(opening: owned.name)
        let (three, none): ([UInt8], [UInt8]) = ([1, 2, 3], [])
        try object.write(three.span, at: 4)
        try object.write(none.span, at: 10)
        #expect(try bytes(other, at: 0, count: 10) == [0, 0, 0, 0, 1, 2, 3, 0, 0, 0])
        #expect(try bytes(other, at: 5, count: 2) == [2, 3])
        #expect(try bytes(other, at: 5, count: 0) == [])
        #expect(try object.byteCount() == 10)
    }

    @Test func `an object that has become smaller gives fewer bytes`() throws {
        let owned = Owned(byteCount: 8_192)
        let object = try SharedMemoryObject(opening: owned.name)
        owned.resize(to: 5)
        #expect(try bytes(object, at: 0, count: 8_192) == [0, 0, 0, 0, 0])
        #expect(try bytes(object, at: 4_096, count: 4_096) == [])
        #expect(try object.byteCount() == 5)
        owned.resize(to: 0)
        #expect(try bytes(object, at: 0, count: 1) == [])
    }

    @Test func `an object that is not there is a fault`() {
        do throws(FileFault) {
            _ = try SharedMemoryObject(opening: "/rowan_unit_nobody")
            Issue.record("an object that is not there was opened")
        } catch {
            #expect(error == .system(SystemError("shm_open", number: ENOENT)))
        }
    }

    @Test func `a pipe in an object's place is no object`() {
        let name = "rowan_unit_pipe_\(getpid())"
        // The path is terminated by the conversion to a C string.
        let made = unsafe mkfifo("/dev/shm/" + name, 0o600)
        #expect(made == 0)
        defer { unsafe _ = shm_unlink("/" + name) }
        do throws(FileFault) {
            _ = try SharedMemoryObject(opening: "/" + name)
            Issue.record("a pipe was opened")
        } catch {
            #expect(error == .notAFile)
        }
    }
}
